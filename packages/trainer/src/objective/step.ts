// One training step, forward, backward and Adam, as a pure function of tensors: run as it is, or traced.
import * as tf from '@tensorflow/tfjs-core'
// Registers every kernel's gradient, which tfjs-core alone leaves out.
import '@tensorflow/tfjs-layers'
import { TrainError } from '../error.js'
import { tensor } from '../network/layers.js'
import type { Network, Tensors } from '../network/types.js'
import { adam, type AdamInputs, type AdamState } from './adam.js'
import { elboTerms, type ElboInputs } from './elbo.js'

/** What the loss takes beside the parameters. */
export interface LossInputs extends ElboInputs {
  /** Weight of the KL term. */
  readonly beta: tf.Scalar
}

/** What a step takes beside the state. */
export interface StepInputs extends LossInputs, AdamInputs {}

/** The state after a step, and the batch's means before it, nats per image. */
export interface StepOutputs extends AdamState {
  readonly reconstruction: tf.Scalar
  readonly kl: tf.Scalar
  /** reconstruction + beta * kl */
  readonly loss: tf.Scalar
}

/** One step of Adam down the gradient of the batch's mean loss. */
export function trainStep(network: Network, state: AdamState, inputs: StepInputs): StepOutputs {
  const { gradients, ...losses } = lossAndGradients(network, state.parameters, inputs)
  return { ...adam(state, gradients, inputs), ...losses }
}

/** The batch's mean losses, and the gradient of `loss` by each parameter. */
export function lossAndGradients(network: Network, parameters: Tensors, inputs: LossInputs) {
  const names = network.parameters.map((spec) => spec.name)
  // Kept past the scope that valueAndGrads closes; cloned into the caller's scope below.
  const kept: { reconstruction?: tf.Scalar; kl?: tf.Scalar } = {}
  const { value, grads } = tf.valueAndGrads((...values: tf.Tensor[]) => {
    const current = Object.fromEntries(names.map((name, i) => [name, values[i] as tf.Tensor]))
    const terms = elboTerms(network, current, inputs)
    const reconstruction: tf.Scalar = tf.mean(terms.reconstruction)
    const kl: tf.Scalar = tf.mean(terms.kl)
    kept.reconstruction = tf.keep(reconstruction)
    kept.kl = tf.keep(kl)
    return tf.add<tf.Scalar>(reconstruction, tf.mul(kl, inputs.beta))
  })(names.map((name) => tensor(parameters, name)))
  return {
    gradients: Object.fromEntries(names.map((name, i) => [name, grads[i] as tf.Tensor])),
    reconstruction: released(kept.reconstruction),
    kl: released(kept.kl),
    loss: value,
  }
}

function released(kept: tf.Scalar | undefined): tf.Scalar {
  if (kept === undefined) {
    throw new TrainError('loss: not computed, got no terms, expected reconstruction and KL')
  }
  const copy = tf.clone(kept)
  kept.dispose()
  return copy
}

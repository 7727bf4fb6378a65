// Adam as a pure function of tensors, so that it can be traced with its learning rate as an input.
import * as tf from '@tensorflow/tfjs-core'
import { tensor } from '../network/layers.js'
import type { Tensors } from '../network/types.js'

const BETA_1 = 0.9
const BETA_2 = 0.999
const EPSILON = 1e-8

/**
 * Parameters and Adam's moments, all by parameter name. A moment is kept as the decayed sum of gradients
 * (or of their squares), which is the running mean divided by 1 - b: two multiplications fewer a value.
 */
export interface AdamState {
  readonly parameters: Tensors
  readonly firstMoments: Tensors
  readonly secondMoments: Tensors
}

/** The two scalars of one step, bias corrections included. See {@link adamScalars}. */
export interface AdamInputs {
  readonly stepSize: tf.Scalar
  readonly epsilon: tf.Scalar
}

/**
 * Adam's bias corrections of step t (Kingma and Ba 2015, end of section 2), folded into two numbers in
 * float64. With c = sqrt((1 - b2^t) / (1 - b2)), what a sum of squares is divided by for its root to be
 * that of a mean: stepSize = rate * c * (1 - b1) / (1 - b1^t) and epsilon = eps * c.
 *
 * @param t 1 for the first step
 */
export function adamScalars(
  t: number,
  learningRate: number,
  epsilon = EPSILON,
): { stepSize: number; epsilon: number } {
  const correction = Math.sqrt((1 - BETA_2 ** t) / (1 - BETA_2))
  return {
    stepSize: (learningRate * correction * (1 - BETA_1)) / (1 - BETA_1 ** t),
    epsilon: epsilon * correction,
  }
}

type Updated = [parameter: tf.Tensor, firstMoment: tf.Tensor, secondMoment: tf.Tensor]

/** One step of Adam (Kingma and Ba 2015) with b1 = 0.9 and b2 = 0.999. */
export function adam(state: AdamState, gradients: Tensors, inputs: AdamInputs): AdamState {
  const parameters: Record<string, tf.Tensor> = {}
  const firstMoments: Record<string, tf.Tensor> = {}
  const secondMoments: Record<string, tf.Tensor> = {}
  for (const [name, gradient] of Object.entries(gradients)) {
    const [parameter, first, second] = tf.tidy<Updated>(`adam/${name}`, () => {
      const v = added(tensor(state.secondMoments, name), tf.square(gradient), BETA_2)
      const m = added(tensor(state.firstMoments, name), gradient, BETA_1)
      const step = tf.mul(tf.div(m, tf.add(tf.sqrt(v), inputs.epsilon)), inputs.stepSize)
      return [tf.sub(tensor(state.parameters, name), step), m, v]
    })
    parameters[name] = parameter
    firstMoments[name] = first
    secondMoments[name] = second
  }
  return { parameters, firstMoments, secondMoments }
}

/** beta * sum + value */
function added(sum: tf.Tensor, value: tf.Tensor, beta: number): tf.Tensor {
  return tf.add(tf.mul(sum, beta), value)
}

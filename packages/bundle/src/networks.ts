// A trained network as tensors of TensorFlow.js: what its graphs and its test vectors come from.
import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-backend-cpu'
import type { Network, ParameterValues, Tensors } from '@anyvae/trainer'

/** Values of a tensor with its shape. */
export interface Array32 {
  readonly dims: readonly number[]
  readonly values: Float32Array
}

/** Tensors by the names that they have in ONNX. */
export type Named = Readonly<Record<string, tf.Tensor>>

/** The encoder with ONNX's names: image in, mean and log_variance out. */
export function encoderOutputs(network: Network, parameters: Tensors, image: tf.Tensor): Named {
  const { mean, logVariance } = network.encode(parameters, image as tf.Tensor4D)
  return { mean, log_variance: logVariance }
}

/** The decoder with ONNX's names: latent in, image and the likelihood's own parameters out. */
export function decoderOutputs(network: Network, parameters: Tensors, latent: tf.Tensor): Named {
  const { image, logits, logScale } = network.decode(parameters, latent as tf.Tensor2D)
  return {
    image,
    ...(logits === undefined ? {} : { logits }),
    ...(logScale === undefined ? {} : { log_scale: logScale }),
  }
}

/** The names of the decoder's outputs. */
export function decoderOutputNames(network: Network): string[] {
  return network.config.likelihood === 'bernoulli' ? ['image', 'logits'] : ['image', 'log_scale']
}

/** Computes a function of the parameters in TensorFlow.js's cpu backend, the reference. */
export async function computeReference(
  network: Network,
  parameters: ParameterValues,
  compute: (parameters: Tensors) => Named,
): Promise<Record<string, Array32>> {
  const previous = tf.engine().backendName
  await tf.setBackend('cpu')
  try {
    quietFirstUse()
    tf.engine().startScope('reference')
    return valuesOf(compute(parameterTensors(network, parameters)))
  } finally {
    tf.engine().endScope()
    if (previous && tf.engine().registryFactory[previous]) {
      await tf.setBackend(previous)
    }
  }
}

/**
 * The cpu backend advertises tfjs-node on its first use, where IS_NODE is set. The first use is this
 * one, without it; real warnings are left alone.
 */
function quietFirstUse(): void {
  const isNode = tf.env().getBool('IS_NODE')
  tf.env().set('IS_NODE', false)
  tf.scalar(0).dispose()
  tf.env().set('IS_NODE', isNode)
}

function parameterTensors(network: Network, parameters: ParameterValues): Tensors {
  return Object.fromEntries(
    network.parameters.map(({ name, shape }) => {
      const values = Float32Array.from(parameters[name] ?? [])
      return [name, tf.tensor(values, [...shape], 'float32')] as const
    }),
  )
}

function valuesOf(tensors: Named): Record<string, Array32> {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => [
      name,
      { dims: tensor.shape, values: tensor.dataSync<'float32'>() },
    ]),
  )
}

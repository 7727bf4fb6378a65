// Layers applied to each element of a sequence as one call on all elements, in place of a call for each.
import * as tf from '@tensorflow/tfjs-core'
import { childrenOf, type LayerLike } from './layer-like.js'

/** What a tf.layers TimeDistributed is to the exporter. */
export interface TimeDistributedLike extends LayerLike {
  readonly layer: LayerLike
}

/** Whether a layer applies another to each element, and elements may as well be examples of one batch. */
export function isTimeDistributed(layer: LayerLike): layer is TimeDistributedLike {
  return (
    classOf(layer) === 'TimeDistributed' &&
    childrenOf(layer).length === 1 &&
    keepsExamplesApart(layer)
  )
}

type Options = Readonly<Record<string, unknown>>

/**
 * What the layer's own `call` gives: elements become examples of one larger batch, and back. Undefined
 * where a mask tells elements apart.
 */
export function timeDistributedCall(
  { layer }: TimeDistributedLike,
  inputs: tf.Tensor | tf.Tensor[],
  options: Options = {},
): tf.Tensor | undefined {
  const [x] = [inputs].flat()
  if (x === undefined || (options['mask'] ?? null) !== null) return undefined
  const [batch = 1, time = 1, ...rest] = x.shape
  const [result] = [layer.call(tf.reshape(x, [batch * time, ...rest]), options)].flat()
  return result && tf.reshape(result, [batch, time, ...result.shape.slice(1)])
}

function keepsExamplesApart(layer: LayerLike): boolean {
  const axes: unknown[] = [Reflect.get(layer, 'axis') ?? -1].flat()
  return (
    APART.has(classOf(layer)) &&
    axes.every((axis) => axis === -1 || Number(axis) > 0) &&
    childrenOf(layer).every(keepsExamplesApart)
  )
}

function classOf(layer: LayerLike): string {
  return layer.getClassName?.() ?? ''
}

/** Layers that give of each example what it alone decides; what else there is may look at all of them. */
const APART: ReadonlySet<string> = new Set([
  ...['TimeDistributed', 'Sequential', 'Model', 'Functional', 'InputLayer'],
  ...['Dense', 'Embedding', 'Activation', 'ReLU', 'LeakyReLU', 'PReLU', 'ELU', 'ThresholdedReLU'],
  ...['Softmax', 'Dropout', 'SpatialDropout1D', 'GaussianNoise', 'GaussianDropout', 'AlphaDropout'],
  ...['Conv1D', 'Conv2D', 'Conv3D', 'Conv2DTranspose', 'Conv3DTranspose', 'SeparableConv2D'],
  ...['DepthwiseConv2D', 'MaxPooling1D', 'MaxPooling2D', 'MaxPooling3D', 'AveragePooling1D'],
  ...['AveragePooling2D', 'AveragePooling3D', 'GlobalAveragePooling1D', 'GlobalAveragePooling2D'],
  ...['GlobalMaxPooling1D', 'GlobalMaxPooling2D', 'BatchNormalization', 'LayerNormalization'],
  ...['Flatten', 'Reshape', 'Permute', 'RepeatVector', 'Rescaling', 'UpSampling2D'],
  ...['ZeroPadding2D', 'Cropping2D', 'Add', 'Multiply', 'Average', 'Maximum', 'Minimum'],
  'Concatenate',
])

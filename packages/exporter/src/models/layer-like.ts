// What a layer of a tf.LayersModel is to the exporter, and the layers within it.
import type * as tf from '@tensorflow/tfjs-core'

/** What a layer, or several outputs of a model, give. */
export type Results = tf.Tensor | tf.Tensor[]

/** What a layer is to the exporter. */
export interface LayerLike {
  readonly name: string
  getClassName?(): string
  call(inputs: tf.Tensor | tf.Tensor[], options?: Readonly<Record<string, unknown>>): Results
  /** Calls the layer on tensors, or connects it to symbolic ones. */
  apply?(inputs: unknown, options?: Record<string, unknown>): unknown
}

/** The layers that a model or a wrapper has itself. */
export function childrenOf(layer: LayerLike): LayerLike[] {
  return CHILDREN.flatMap((key) => [Reflect.get(layer, key) as unknown].flat()).filter(isLayer)
}

/** The layers of a model, those within models and wrappers too. */
export function layersOf(layer: LayerLike): LayerLike[] {
  return childrenOf(layer).flatMap((each) => [each, ...layersOf(each)])
}

const CHILDREN = ['layers', 'layer', 'forwardLayer', 'backwardLayer'] as const

function isLayer(value: unknown): value is LayerLike {
  return typeof value === 'object' && value !== null && 'call' in value && 'name' in value
}

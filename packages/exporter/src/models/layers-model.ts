// A tf.LayersModel as a function of tensors, its layers as scopes. The model brings its own code.
import * as tf from '@tensorflow/tfjs-core'
import { TraceError } from '../error.js'
import { within } from '../explain.js'
import type { Tensors } from '../record.js'
import { remembered, withOwnStates } from './given-states.js'
import { childrenOf, type LayerLike, layersOf } from './layer-like.js'
import { isRecurrent, recurrentCall, statefulError } from './recurrent.js'
import { isTimeDistributed, timeDistributedCall } from './time-distributed.js'
import { type Asked, modelIo, type Traceable, type Weight } from './traceable.js'

interface SymbolicLike {
  readonly name: string
  readonly shape: readonly (number | null)[]
  readonly dtype: tf.DataType
  readonly sourceLayer: { readonly name: string }
  readonly outputTensorIndex?: number
}

interface WeightLike {
  readonly name: string
  readonly originalName: string
  read(): tf.Tensor
}

/** What a tf.LayersModel is to the exporter, so that it need not import tfjs-layers. */
export interface LayersModelLike extends LayerLike {
  readonly inputs: readonly SymbolicLike[]
  readonly outputs: readonly SymbolicLike[]
  readonly layers: readonly LayerLike[]
  readonly weights: readonly WeightLike[]
}

export function isLayersModel(target: object): target is LayersModelLike {
  return 'layers' in target && 'call' in target && 'weights' in target
}

/** A LayersModel in inference mode: dropout does nothing, batches are normalised by what was learned. */
export function layersModel(model: LayersModelLike, asked: Asked): Traceable {
  const { name, inputs: own = [], outputs: results = [] } = model
  if (own.length === 0) {
    throw new TraceError(
      `${name}: the model has no inputs yet, got layers without a shape, expected an inputShape at the first layer`,
    )
  }
  refuseState(model, asked.unroll)
  const { inputs, outputs, ownNames } = modelIo(
    {
      name,
      inputs: own.map(({ shape, dtype, sourceLayer }) => ({
        name: sourceLayer.name,
        shape,
        dtype,
      })),
      outputs: results.map(outputName),
    },
    asked,
  )
  return {
    name,
    inputs,
    outputs,
    ownNames,
    weights: weightsOf(model),
    around: (run) => withLayerScopes(model, run, asked.unroll),
    fn: (tensors) => {
      const list = Object.keys(inputs).flatMap((input) => tensors[input] ?? [])
      // As predict calls it: one record of options for all layers would hand states from one to the next.
      return namedResults([model.call(list)].flat(), results, outputs)
    },
  }
}

/** The layer's name, and behind it which of the layer's tensors it is, where that is not the first. */
function outputName({ sourceLayer, outputTensorIndex = 0 }: SymbolicLike): string {
  return outputTensorIndex === 0 ? sourceLayer.name : `${sourceLayer.name}:${outputTensorIndex}`
}

/** Results by name; TensorFlow.js gives what a model lists twice only in its first place. */
function namedResults(
  list: readonly tf.Tensor[],
  symbols: readonly SymbolicLike[],
  names: readonly string[],
): Tensors {
  const own = symbols.map(({ name }) => name)
  const entries = names.flatMap((name, i) => {
    const result = list[i] ?? list[own.indexOf(own[i] ?? '')]
    return result ? [[name, result] as const] : []
  })
  return Object.fromEntries(entries)
}

function weightsOf({ weights }: LayersModelLike): Weight[] {
  return weights.map((weight) => ({ name: weight.originalName, tensor: weight.read() }))
}

/**
 * A stateful layer goes on where the last call ended, and a graph remembers nothing. Recurrent layers
 * that are one Scan see for themselves whether their state is given.
 */
function refuseState(model: LayersModelLike, unroll: boolean): void {
  for (const layer of layersOf(model)) {
    const asks = isRecurrent(layer) && !unroll
    const wraps = childrenOf(layer).length > 0
    if ('stateful' in layer && layer.stateful === true && !asks && !wraps) {
      throw statefulError(layer.name)
    }
  }
}

/** Runs with each layer's call in a scope of the layer's name. */
function withLayerScopes<T>(model: LayersModelLike, run: () => T, unroll: boolean): T {
  const layers = [...new Set(layersOf(model))].filter((layer) => !Object.hasOwn(layer, 'call'))
  for (const layer of layers) {
    const call = tracedCall(layer, unroll)
    const apply = withOwnStates(layer)
    if (apply !== undefined) layer.apply = apply
    layer.call = (inputs, options) =>
      tf.tidy(layer.name, () =>
        within(
          () => `layer ${layer.name}`,
          () => call(inputs, options),
        ),
      )
  }
  try {
    return run()
  } finally {
    layers.forEach((layer) => {
      Reflect.deleteProperty(layer, 'call')
      Reflect.deleteProperty(layer, 'apply')
    })
  }
}

/** What a layer's own call gives, repeated or made one where it goes over the elements of a sequence. */
function tracedCall(layer: LayerLike, unroll: boolean): LayerLike['call'] {
  const own = layer.call.bind(layer)
  if (isRecurrent(layer) && !unroll) {
    return remembered((inputs, options) => recurrentCall(layer, inputs, options))
  }
  if (isTimeDistributed(layer)) {
    return (inputs, options) => timeDistributedCall(layer, inputs, options) ?? own(inputs, options)
  }
  return own
}

// Recurrent layers whose initial states are inputs, where TensorFlow.js calls them once for each output.
import * as tf from '@tensorflow/tfjs-core'
import { TraceBackend } from '../backend.js'
import type { AnyOperand } from '../operand.js'
import type { LayerLike, Results } from './layer-like.js'

/**
 * The layer's `apply` without the states that an earlier call has left in the options, where its inputs
 * bring states. TensorFlow.js puts a call's states into the record of options that a model shares
 * between all its calls, and then refuses the layer's next call, which it makes for its next output.
 * Undefined for layers that take no states.
 */
export function withOwnStates(layer: LayerLike): LayerLike['apply'] {
  if (layer.apply === undefined || !TAKES_STATES.some((key) => key in layer)) {
    return undefined
  }
  const own = layer.apply.bind(layer)
  return (inputs, options) => {
    if (options && Array.isArray(inputs) && inputs.length > 1) delete options['initialState']
    return own(inputs, options)
  }
}

const TAKES_STATES = ['cell', 'backwardLayer'] as const

type Call = LayerLike['call']

/** What the call gave for the same tensors in the same trace, if it was made before; else it is made. */
export function remembered(call: Call): Call {
  const calls: { readonly key: readonly unknown[]; readonly results: readonly AnyOperand[] }[] = []
  return (inputs, options) => {
    const backend = tf.backend()
    if (!(backend instanceof TraceBackend)) return call(inputs, options)
    const key = keyOf(inputs, options)
    const before = calls.find((each) => sameKeys(each.key, key))
    if (before) return resultsOf(before.results.map((operand) => backend.tensor(operand)))
    const results = [call(inputs, options)].flat()
    calls.push({ key, results: results.map((tensor) => backend.operand(tensor)) })
    return resultsOf(results)
  }
}

/** The data of all tensors that a call reads, which are others in each trace. */
function keyOf(inputs: Results, options: Parameters<Call>[1] = {}): readonly unknown[] {
  const given = [options['mask'], options['initialState']].flatMap((each) => [each, '|']).flat()
  const all: readonly unknown[] = [...[inputs].flat(), '|', ...given]
  return all.map((each) => (each instanceof tf.Tensor ? each.dataId : each))
}

function sameKeys(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((each, i) => each === b[i])
}

function resultsOf(list: tf.Tensor[]): Results {
  const [only] = list
  return only && list.length === 1 ? only : list
}

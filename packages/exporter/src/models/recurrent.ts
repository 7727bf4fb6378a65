// Recurrent layers as one step that is repeated, in place of a copy of it for each element.
import * as tf from '@tensorflow/tfjs-core'
import { TraceError } from '../error.js'
import { scan } from '../scan.js'
import type { LayerLike } from './layer-like.js'

/** What a cell of a recurrent layer is to the exporter. */
interface CellLike {
  readonly stateSize: number | readonly number[]
  readonly cells?: readonly object[]
  call(inputs: tf.Tensor[], options: Readonly<Record<string, unknown>>): tf.Tensor[]
}

/** What a tf.layers RNN is to the exporter. */
export interface RecurrentLike extends LayerLike {
  readonly cell: CellLike
  readonly goBackwards: boolean
  readonly returnSequences: boolean
  readonly returnState: boolean
  readonly stateful?: boolean
  getInitialState(inputs: tf.Tensor): tf.Tensor[]
}

export function isRecurrent(layer: LayerLike): layer is RecurrentLike {
  return 'cell' in layer && 'getInitialState' in layer && 'returnSequences' in layer
}

type Options = Readonly<Record<string, unknown>>

/** What the layer's own `call` gives, in inference mode. */
export function recurrentCall(
  layer: RecurrentLike,
  inputs: tf.Tensor | tf.Tensor[],
  options: Options = {},
): tf.Tensor | tf.Tensor[] {
  const [x] = [inputs].flat()
  if (x === undefined) {
    return layer.call(inputs, options)
  }
  forgetMasks(layer.cell)
  const states = givenStates(layer, options) ?? initialStates(layer, x)
  const mask = options['mask'] as tf.Tensor | undefined | null
  const sequences = mask ? [x, floatMask(mask, x.rank)] : [x]
  const scanned = scan(
    { states, sequences: sequences.map((each) => timeMajor(each, layer.goBackwards)) },
    (before, elements) => step(layer, before, elements),
  )
  forgetMasks(layer.cell)
  const [sequence] = scanned.outputs
  const output = layer.returnSequences
    ? swapped(sequence ?? x)
    : ((sequence && last(sequence)) ?? scanned.states[0])
  const results = [output ?? x, ...(layer.returnState ? scanned.states : [])]
  return results.length === 1 ? (output ?? x) : results
}

/** One step; what is masked keeps its state. The output is left out where it is the first state. */
function step(layer: RecurrentLike, before: tf.Tensor[], elements: tf.Tensor[]) {
  const [x, mask] = elements
  const [result, ...next] = layer.cell.call(x ? [x, ...before] : before, { training: false })
  const keep = (value: tf.Tensor, old: tf.Tensor | undefined) =>
    mask && old ? tf.add(tf.mul(value, mask), tf.mul(old, tf.sub(1, mask))) : value
  const states = next.map((state, i) => keep(state, before[i]))
  const isState = result?.dataId === next[0]?.dataId
  if (result === undefined || (isState && !layer.returnSequences)) {
    return { states, outputs: [] }
  }
  const [first] = states
  return { states, outputs: [isState && first ? first : keep(result, before[0])] }
}

/**
 * The states that the call begins with, where it is told. A stateful layer that is not told begins
 * with those of the call before.
 */
function givenStates(layer: RecurrentLike, options: Options): tf.Tensor[] | undefined {
  const given = options['initialState'] as tf.Tensor | tf.Tensor[] | null | undefined
  const states = given === undefined || given === null ? undefined : [given].flat()
  if (states === undefined && layer.stateful === true) throw statefulError(layer.name)
  const count = [layer.cell.stateSize].flat().length
  if (states !== undefined && states.length !== count) {
    throw new TraceError(
      `${layer.name}: wrong number of initial states, got ${states.length}, expected ${count}`,
    )
  }
  return states
}

/** Says that a layer's state must be given, since a graph keeps none from run to run. */
export function statefulError(name: string): TraceError {
  return new TraceError(
    `${name}: the layer is stateful, got state that one call leaves for the next, expected none; make the state an input (initialState) and an output (returnState)`,
  )
}

function initialStates(layer: RecurrentLike, x: tf.Tensor): tf.Tensor[] {
  if (x.rank !== 3) {
    return layer.getInitialState(x)
  }
  const sizes = [layer.cell.stateSize].flat()
  return sizes.map((size) => tf.zeros([x.shape[0] ?? 1, size]))
}

/** 1 where an element counts, with as many dimensions as the elements. */
function floatMask(mask: tf.Tensor, rank: number): tf.Tensor {
  const numbers = tf.cast(tf.cast(mask, 'bool'), 'float32')
  return mask.rank === rank - 1 ? tf.expandDims(numbers, -1) : numbers
}

function timeMajor(x: tf.Tensor, backwards: boolean): tf.Tensor {
  const swap = swapped(x)
  return backwards ? tf.reverse(swap, 0) : swap
}

function swapped(x: tf.Tensor): tf.Tensor {
  return tf.transpose(x, [1, 0, ...x.shape.slice(2).map((_, i) => i + 2)])
}

function last(sequence: tf.Tensor): tf.Tensor {
  const [time = 1, ...rest] = sequence.shape
  const begin = [time - 1, ...rest.map(() => 0)]
  return tf.reshape(tf.slice(sequence, begin, [1, ...rest]), rest)
}

/** Dropout's masks, which a cell keeps from its last call, are for that call's inputs alone. */
function forgetMasks(cell: CellLike): void {
  for (const each of [cell, ...(cell.cells ?? [])]) {
    for (const key of ['dropoutMask', 'recurrentDropoutMask']) {
      if (key in each) {
        Reflect.set(each, key, null)
      }
    }
  }
}

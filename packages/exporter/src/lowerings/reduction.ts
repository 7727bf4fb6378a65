// Reductions over axes.
import type { Operand } from '../operand.js'
import { attr } from '@anyvae/onnx'
import type { Recorder } from '../recorder.js'
import type { Lowering } from './lowering.js'

interface Reduction {
  readonly opType: string
  readonly axes: number | readonly number[] | null | undefined
  readonly keepDims: boolean
  /** What the reduction of no elements is. */
  readonly none: number
}

/** By reductions that can exceed their elements: the numbers that stay where there are no others. */
const growing: Readonly<Record<string, (fill: number) => boolean>> = {
  ReduceSum: (fill) => fill === 0,
  ReduceProd: (fill) => fill === 0 || fill === 1,
}

function reduce(x: Operand, reduction: Reduction, recorder: Recorder): Operand {
  const { opType, keepDims } = reduction
  const axes = axesOf(reduction.axes, x.dims.length)
  const dims = x.dims.flatMap((size, axis) => (axes.includes(axis) ? (keepDims ? [1] : []) : size))
  if (x.dims.includes(0)) {
    return recorder.fill(x.dataType, dims, axes.length === 0 ? 0 : reduction.none)
  }
  if ('fill' in x && (growing[opType]?.(x.fill) ?? true)) {
    return recorder.fill(x.dataType, dims, x.fill)
  }
  if (axes.length === 0) {
    return x
  }
  // ONNX Runtime keeps to the limits of int32, where TensorFlow.js goes round; int64 has the room.
  const wide = x.dataType === 'int32' && opType in growing
  const value = wide ? recorder.int64(x) : recorder.value(x)
  return recorder.operand(recorder.builder.reduce(opType, value, axes, keepDims))
}

/** Axes from the front, each once; all where none are given. */
function axesOf(axes: Reduction['axes'], rank: number): number[] {
  const all = Array.from({ length: rank }, (_, axis) => axis)
  const chosen = axes === undefined || axes === null ? all : [axes].flat()
  return [...new Set(chosen.map((axis) => (axis < 0 ? axis + rank : axis)))].sort((a, b) => a - b)
}

/** Adds up over axes. */
export function addUp(x: Operand, axes: readonly number[], recorder: Recorder): Operand {
  return reduce(x, { opType: 'ReduceSum', axes, keepDims: false, none: 0 }, recorder)
}

/** Booleans as int32, in which they are counted; other types as they are. */
function counted(x: Operand, recorder: Recorder): Operand {
  return x.dataType === 'bool' ? recorder.cast(x, 'int32') : x
}

/** sum(x: Tensor, axis: number | number[], keepDims: boolean); booleans are counted. */
const sum: Lowering<'Sum'> = ({ x }, { axis, keepDims }, recorder) =>
  reduce(counted(x, recorder), { opType: 'ReduceSum', axes: axis, keepDims, none: 0 }, recorder)

/** prod(x: Tensor, axis: number | number[], keepDims: boolean) */
const prod: Lowering<'Prod'> = ({ x }, { axis, keepDims }, recorder) =>
  reduce(counted(x, recorder), { opType: 'ReduceProd', axes: axis, keepDims, none: 1 }, recorder)

/** mean(x: Tensor, axis: number | number[], keepDims: boolean), float32; of nothing 0 */
const mean: Lowering<'Mean'> = ({ x }, { axis, keepDims }, recorder) => {
  const reduction = { opType: 'ReduceMean', axes: axis, keepDims, none: 0 }
  return reduce(recorder.cast(x, 'float32'), reduction, recorder)
}

/**
 * The largest or the smallest; NaN where there is one among the elements, or none at all. What ONNX
 * makes of NaN is open, but of squares only NaN makes the sum NaN.
 */
function extreme(x: Operand, reduction: Omit<Reduction, 'none'>, recorder: Recorder): Operand {
  if (x.dataType !== 'float32') {
    const whole = reduce(counted(x, recorder), { ...reduction, none: 0 }, recorder)
    return recorder.cast(whole, x.dataType)
  }
  const found = reduce(x, { ...reduction, none: Number.NaN }, recorder)
  if ('fill' in found || found === x || recorder.assumeFinite) {
    return found
  }
  const squares = reduce(x, { ...reduction, opType: 'ReduceSumSquare', none: 0 }, recorder)
  return recorder.node('Where', [recorder.node('IsNaN', [squares]), squares, found])
}

/** max(x: Tensor, reductionIndices: number | number[], keepDims: boolean) */
const max: Lowering<'Max'> = ({ x }, { reductionIndices, keepDims }, recorder) =>
  extreme(x, { opType: 'ReduceMax', axes: reductionIndices, keepDims }, recorder)

/** min(x: Tensor, axis: number | number[], keepDims: boolean) */
const min: Lowering<'Min'> = ({ x }, { axis, keepDims }, recorder) =>
  extreme(x, { opType: 'ReduceMin', axes: axis, keepDims }, recorder)

/** all(x: Tensor, axis: number | number[], keepDims: boolean); of nothing false, as in tfjs */
const all: Lowering<'All'> = ({ x }, { axis, keepDims }, recorder) =>
  extreme(x, { opType: 'ReduceMin', axes: axis, keepDims }, recorder)

/** any(x: Tensor, axis: number | number[], keepDims: boolean) */
const any: Lowering<'Any'> = ({ x }, { axis, keepDims }, recorder) =>
  extreme(x, { opType: 'ReduceMax', axes: axis, keepDims }, recorder)

/**
 * argMax(x: Tensor, axis: number) and argMin. NaN is passed over unless it comes first, which ONNX
 * Runtime does too, but not for a tensor of rank 1: that is given a first axis of size 1.
 */
const arg =
  (opType: 'ArgMax' | 'ArgMin'): Lowering<typeof opType> =>
  ({ x }, { axis }, recorder) => {
    const [place = 0] = axesOf(axis, x.dims.length)
    const dims = x.dims.filter((_, i) => i !== place)
    if ('fill' in x || x.dims.includes(0)) {
      return recorder.fill('int32', dims, 0)
    }
    if (x.dims.length > 1) {
      return argNode(opType, { x, place }, recorder)
    }
    const row = recorder.node('Unsqueeze', [x, recorder.list([0])])
    return recorder.reshape(argNode(opType, { x: row, place: 1 }, recorder), [])
  }

interface Place {
  readonly x: Operand
  readonly place: number
}

function argNode(opType: string, { x, place }: Place, recorder: Recorder): Operand {
  const attributes = { axis: attr.int(place), keepdims: attr.int(0) }
  return recorder.node(opType, [counted(x, recorder)], attributes)
}

export const reduction = {
  All: all,
  Any: any,
  ArgMax: arg('ArgMax'),
  ArgMin: arg('ArgMin'),
  Max: max,
  Mean: mean,
  Min: min,
  Prod: prod,
  Sum: sum,
} as const

// Kernels that give data another shape, and those that join it.
import { backend_util, util } from '@tensorflow/tfjs-core'
import { attr } from '@anyvae/onnx'
import type { Operand } from '../operand.js'
import type { Recorder } from '../recorder.js'
import type { Lowering } from './lowering.js'

/** identity(x: Tensor) */
const identity: Lowering<'Identity'> = ({ x }) => x

/** reshape(x: Tensor, shape: number[]); a size of -1 is what the others leave over. */
const reshape: Lowering<'Reshape'> = ({ x }, { shape }, recorder) => {
  const whole = util.sizeFromShape([...x.dims])
  const dims = util.inferFromImplicitShape(shape, whole)
  util.assert(
    util.sizeFromShape(dims) === whole,
    () => `reshape: sizes differ, got [${dims.join(', ')}], expected ${whole} elements`,
  )
  return recorder.reshape(x, dims)
}

/** expandDims(input: Tensor, dim: number) */
const expandDims: Lowering<'ExpandDims'> = ({ input }, { dim }, recorder) =>
  insertAxis(input, dim, recorder)

/** Gives a tensor one more axis, of size 1. */
export function insertAxis(x: Operand, axis: number, recorder: Recorder): Operand {
  const rank = x.dims.length
  util.assert(
    axis >= -rank - 1 && axis <= rank,
    () => `expandDims: no such axis, got ${axis}, expected ${-rank - 1} to ${rank}`,
  )
  const place = axis < 0 ? axis + rank + 1 : axis
  return recorder.reshape(x, [...x.dims.slice(0, place), 1, ...x.dims.slice(place)])
}

/** transpose(x: Tensor, perm: number[]) */
const transpose: Lowering<'Transpose'> = ({ x }, { perm }, recorder) => recorder.transpose(x, perm)

/** concat(tensors: Tensor[], axis: number) */
const concat: Lowering<'Concat'> = (tensors, { axis }, recorder) => {
  const shapes = [...tensors].map(({ dims }) => [...dims])
  const [place = 0] = util.parseAxisParam(axis, shapes[0] ?? [])
  backend_util.assertParamsConsistent(shapes, place)
  return join([...tensors], place, recorder)
}

/** pack(tensors: Tensor[], axis: number), also called stack */
const pack: Lowering<'Pack'> = (tensors, { axis }, recorder) => {
  const types = new Set([...tensors].map(({ dataType }) => dataType))
  util.assert(
    types.size <= 1,
    () => `stack: types differ, got ${[...types].join(', ')}, expected one type`,
  )
  const widened = [...tensors].map((each) => insertAxis(each, axis, recorder))
  return join(widened, axis, recorder)
}

/** Joins tensors along an axis; empty ones add nothing but their type. */
export function join(operands: readonly Operand[], axis: number, recorder: Recorder): Operand {
  const dataType = operands[0]?.dataType ?? 'float32'
  const filled = operands.filter(({ dims }) => !dims.includes(0))
  const [first, ...rest] = filled.map((each) => recorder.cast(each, dataType))
  if (first !== undefined && rest.length === 0) {
    return first
  }
  const place = axis < 0 ? axis + (operands[0]?.dims.length ?? 0) : axis
  if (
    first === undefined ||
    ('fill' in first && rest.every((each) => sameFill(each, first.fill)))
  ) {
    const fill = first !== undefined && 'fill' in first ? first.fill : 0
    return recorder.fill(dataType, joinedDims(first ? filled : operands, place), fill)
  }
  return recorder.node('Concat', [first, ...rest], { axis: attr.int(place) })
}

function sameFill(operand: Operand, fill: number): boolean {
  return 'fill' in operand && Object.is(operand.fill, fill)
}

function joinedDims(operands: readonly Operand[], place: number): number[] {
  const total = operands.reduce((sum, { dims }) => sum + (dims[place] ?? 0), 0)
  return (operands[0]?.dims ?? []).map((size, axis) => (axis === place ? total : size))
}

/** tile(x: Tensor, reps: number[]) */
const tile: Lowering<'Tile'> = ({ x }, { reps }, recorder) => {
  if (reps.every((count) => count === 1)) {
    return x
  }
  const dims = x.dims.map((size, axis) => size * (reps[axis] ?? 1))
  if ('fill' in x || dims.includes(0)) {
    return recorder.fill(x.dataType, dims, 'fill' in x ? x.fill : 0)
  }
  return recorder.node('Tile', [x, recorder.list(reps)])
}

/** broadcastTo(x: Tensor, shape: number[]) */
const broadcastTo: Lowering<'BroadcastTo'> = ({ x }, { shape }, recorder) =>
  recorder.expand(x, shape)

export const movement = {
  BroadcastTo: broadcastTo,
  Concat: concat,
  ExpandDims: expandDims,
  Identity: identity,
  Pack: pack,
  Reshape: reshape,
  Tile: tile,
  Transpose: transpose,
} as const

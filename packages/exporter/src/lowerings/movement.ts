// Kernels that make, reshape and move data.
import type { Operand } from '../operand.js'
import { attr } from '@anyvae/onnx'
import { operandOf, type Recorder } from '../recorder.js'
import { TraceError } from '../error.js'
import type { Lowering } from './lowering.js'

/** concat(tensors: Tensor[], axis: number); empty tensors add nothing. */
const concat: Lowering<'Concat'> = (tensors, { axis }, recorder) => {
  const filled = [...tensors].filter((each) => !each.dims.includes(0))
  return recorder.node('Concat', filled, { axis: attr.int(axis) })
}

/** expandDims(input: Tensor, dim: number) */
const expandDims: Lowering<'ExpandDims'> = ({ input }, { dim }, recorder) =>
  insertAxis(input, dim, recorder)

function insertAxis(x: Operand, axis: number, recorder: Recorder): Operand {
  const place = axis < 0 ? axis + x.dims.length + 1 : axis
  return recorder.reshape(x, [...x.dims.slice(0, place), 1, ...x.dims.slice(place)])
}

/** fill(shape: number[], value: number, dtype: DataType) */
const fill: Lowering<'Fill'> = (_, { shape, value, dtype }, recorder) => {
  if (typeof value !== 'number' || dtype === 'string' || dtype === 'complex64') {
    throw new TraceError(`fill: type has no ONNX equal, got ${dtype}, expected a number`)
  }
  return recorder.fill(dtype ?? 'float32', shape, value)
}

/** pack(tensors: Tensor[], axis: number), also called stack */
const pack: Lowering<'Pack'> = (tensors, { axis }, recorder) => {
  const widened = [...tensors].map((each) => insertAxis(each, axis, recorder))
  return recorder.node('Concat', widened, { axis: attr.int(axis) })
}

/** pad(x: Tensor, paddings: [number, number][], constantValue: number) */
const pad: Lowering<'PadV2'> = ({ x }, { paddings, constantValue }, recorder) => {
  const pads = [...paddings.map(([begin]) => begin), ...paddings.map(([, end]) => end)]
  const value = recorder.value(recorder.fill(x.dataType, [], constantValue))
  return operandOf(recorder.builder.node('Pad', [recorder.value(x), recorder.list(pads), value]))
}

/** slice(x: Tensor, begin: number[], size: number[]); a size of -1 reaches to the end. */
const slice: Lowering<'Slice'> = ({ x }, { begin, size }, recorder) => {
  const starts = [begin].flat()
  const sizes = [size].flat()
  const ends = starts.map((start, axis) => {
    const length = sizes[axis] ?? -1
    return length === -1 ? (x.dims[axis] ?? 0) : start + length
  })
  if (starts.every((start, axis) => start === 0 && ends[axis] === x.dims[axis])) {
    return x
  }
  return sliceOf(x, { starts, ends, axes: starts.map((_, axis) => axis) }, recorder)
}

interface Range {
  readonly starts: readonly number[]
  readonly ends: readonly number[]
  readonly axes: readonly number[]
}

function sliceOf(x: Operand, range: Range, recorder: Recorder): Operand {
  const { starts, ends, axes } = range
  const lists = [starts, ends, axes].map((list) => recorder.list(list))
  return operandOf(recorder.builder.node('Slice', [recorder.value(x), ...lists]))
}

/** split(x: Tensor, numOrSizeSplits: number | number[], axis: number) */
const split: Lowering<'SplitV'> = ({ x }, { numOrSizeSplits, axis }, recorder) => {
  const place = axis < 0 ? axis + x.dims.length : axis
  const whole = x.dims[place] ?? 0
  const sizes =
    typeof numOrSizeSplits === 'number'
      ? Array.from({ length: numOrSizeSplits }, () => whole / numOrSizeSplits)
      : inferSize(numOrSizeSplits, whole)
  const values = recorder.builder.nodes('Split', [recorder.value(x), recorder.list(sizes)], {
    attributes: { axis: attr.int(place) },
    outputCount: sizes.length,
  })
  return values.map(operandOf)
}

/** A size of -1 among the sizes is what the others leave over. */
function inferSize(sizes: readonly number[], whole: number): number[] {
  const given = sizes.filter((size) => size !== -1).reduce((sum, size) => sum + size, 0)
  return sizes.map((size) => (size === -1 ? whole - given : size))
}

/** unpack(value: Tensor, axis: number), also called unstack */
const unpack: Lowering<'Unpack'> = ({ value }, { axis }, recorder) => {
  const place = axis < 0 ? axis + value.dims.length : axis
  const rest = value.dims.filter((_, i) => i !== place)
  return Array.from({ length: value.dims[place] ?? 0 }, (_, i) => {
    const row = sliceOf(value, { starts: [i], ends: [i + 1], axes: [place] }, recorder)
    return recorder.reshape(row, rest)
  })
}

/** reshape(x: Tensor, shape: number[]); a size of -1 is what the others leave over. */
const reshape: Lowering<'Reshape'> = ({ x }, { shape }, recorder) => {
  const whole = x.dims.reduce((product, size) => product * size, 1)
  const given = shape.filter((size) => size !== -1).reduce((product, size) => product * size, 1)
  return recorder.reshape(
    x,
    shape.map((size) => (size === -1 ? whole / given : size)),
  )
}

/** tile(x: Tensor, reps: number[]) */
const tile: Lowering<'Tile'> = ({ x }, { reps }, recorder) =>
  operandOf(recorder.builder.node('Tile', [recorder.value(x), recorder.list(reps)]))

/** transpose(x: Tensor, perm: number[]) */
const transpose: Lowering<'Transpose'> = ({ x }, { perm }, recorder) => recorder.transpose(x, perm)

export const movement = {
  Concat: concat,
  ExpandDims: expandDims,
  Fill: fill,
  /** identity(x: Tensor) */
  Identity: (({ x }) => x) satisfies Lowering<'Identity'>,
  /** onesLike(x: Tensor) */
  OnesLike: (({ x }, _, recorder) =>
    recorder.fill(x.dataType, x.dims, 1)) satisfies Lowering<'OnesLike'>,
  Pack: pack,
  PadV2: pad,
  Reshape: reshape,
  Slice: slice,
  SplitV: split,
  Tile: tile,
  Transpose: transpose,
  Unpack: unpack,
  /** zerosLike(x: Tensor) */
  ZerosLike: (({ x }, _, recorder) =>
    recorder.fill(x.dataType, x.dims, 0)) satisfies Lowering<'ZerosLike'>,
} as const

// Kernels that take parts of a tensor.
import { slice_util, util } from '@tensorflow/tfjs-core'
import { attr, tensorOf } from '@anyvae/onnx'
import { infoOf, type Operand } from '../operand.js'
import { operandOf, type Recorder } from '../recorder.js'
import type { Lowering } from './lowering.js'

/** Where a slice goes on to the end, or backwards to the start, of whatever size there is. */
export const END = 2 ** 31 - 1
export const START = -END

/** A part of each of some axes. */
export interface Range {
  readonly starts: readonly number[]
  readonly ends: readonly number[]
  readonly axes: readonly number[]
  /** Default 1 each. */
  readonly steps?: readonly number[]
}

/** The part of a tensor that lies in a range. */
export function sliceOf(x: Operand, range: Range, recorder: Recorder): Operand {
  const { starts, ends, axes, steps } = range
  const lists = [starts, ends, axes, ...(steps ? [steps] : [])].map((list) => recorder.list(list))
  return recorder.node('Slice', [x, ...lists])
}

/** slice(x: Tensor, begin: number[], size: number[]); a size of -1 reaches to the end. */
const slice: Lowering<'Slice'> = ({ x }, { begin, size }, recorder) => {
  const [starts = [], sizes = []] = slice_util.parseSliceParams(infoOf(x), begin, size)
  slice_util.assertParamsValid(infoOf(x), starts, sizes)
  if ('fill' in x || sizes.includes(0)) {
    return recorder.fill(x.dataType, sizes, 'fill' in x ? x.fill : 0)
  }
  const axes = starts.flatMap((_, axis) => (sizes[axis] === x.dims[axis] ? [] : [axis]))
  if (axes.length === 0) {
    return x
  }
  const given = [size].flat()
  const ends = starts.map((start, axis) =>
    (given[axis] ?? -1) === -1 ? END : start + (sizes[axis] ?? 0),
  )
  const pick = (list: readonly number[]) => axes.map((axis) => list[axis] ?? 0)
  return sliceOf(x, { starts: pick(starts), ends: pick(ends), axes }, recorder)
}

/** stridedSlice(x: Tensor, begin: number[], end: number[], strides: number[], masks) */
const stridedSlice: Lowering<'StridedSlice'> = ({ x }, attributes, recorder) => {
  const { begin, end, strides, beginMask, endMask } = attributes
  const { ellipsisMask, newAxisMask, shrinkAxisMask } = attributes
  const info = slice_util.sliceInfo(
    [...x.dims],
    begin,
    end,
    strides,
    beginMask,
    endMask,
    ellipsisMask,
    newAxisMask,
    shrinkAxisMask,
  )
  if ('fill' in x || info.finalShape.includes(0)) {
    return recorder.fill(x.dataType, info.finalShape, 'fill' in x ? x.fill : 0)
  }
  const plain = ellipsisMask === 0 && newAxisMask === 0
  const asked = plain
    ? {
        begin: unless(beginMask, begin),
        end: unless(endMask | shrinkAxisMask, end),
      }
    : { begin: [], end: [] }
  return recorder.reshape(strided(x, info, { asked, recorder }), info.finalShape)
}

/** The places as they were given, which ONNX cuts down to the size as TensorFlow.js does. */
function unless(mask: number, places: readonly number[]): readonly (number | undefined)[] {
  return places.map((place, axis) => ((mask >> axis) & 1 ? undefined : place))
}

interface Asked {
  readonly begin: readonly (number | undefined)[]
  readonly end: readonly (number | undefined)[]
}

interface Strided {
  readonly begin: readonly number[]
  /** -1 is before the first element. */
  readonly end: readonly number[]
  readonly strides: readonly number[]
}

function strided(
  x: Operand,
  { begin, end, strides }: Strided,
  { asked, recorder }: { readonly asked: Asked; readonly recorder: Recorder },
): Operand {
  const axes = x.dims.flatMap((size, axis) =>
    begin[axis] === 0 && end[axis] === size && strides[axis] === 1 ? [] : [axis],
  )
  if (axes.length === 0) {
    return x
  }
  const pick = (list: readonly number[]) => axes.map((axis) => list[axis] ?? 0)
  const starts = axes.map((axis) => asked.begin[axis] ?? begin[axis] ?? 0)
  const last = (place = 0) => (place < 0 ? START : place)
  const ends = axes.map((axis) => asked.end[axis] ?? last(end[axis]))
  return sliceOf(x, { starts, ends, axes, steps: pick(strides) }, recorder)
}

/** reverse(x: Tensor, dims: number[]) */
const reverse: Lowering<'Reverse'> = ({ x }, { dims }, recorder) =>
  reversed(x, util.parseAxisParam(dims, [...x.dims]), recorder)

/** flipLeftRight(image: Tensor4D), channels last */
const flipLeftRight: Lowering<'FlipLeftRight'> = ({ image }, _, recorder) =>
  reversed(image, [2], recorder)

function reversed(x: Operand, axes: readonly number[], recorder: Recorder): Operand {
  if (x.dims.length === 0 || axes.length === 0 || 'fill' in x) {
    return x
  }
  const range = {
    starts: axes.map(() => -1),
    ends: axes.map(() => START),
    axes,
    steps: axes.map(() => -1),
  }
  return sliceOf(x, range, recorder)
}

/** split(x: Tensor, numOrSizeSplits: number | number[], axis: number) */
const split: Lowering<'SplitV'> = ({ x }, { numOrSizeSplits, axis }, recorder) => {
  const place = axis < 0 ? axis + x.dims.length : axis
  const whole = x.dims[place] ?? 0
  const sizes =
    typeof numOrSizeSplits === 'number'
      ? Array.from({ length: numOrSizeSplits }, () => whole / numOrSizeSplits)
      : inferSize(numOrSizeSplits, whole)
  if ('fill' in x) {
    return sizes.map((size) => recorder.fill(x.dataType, x.dims.with(place, size), x.fill))
  }
  if (sizes.length === 1) {
    return [x]
  }
  return recorder.nodes('Split', [x, recorder.list(sizes)], {
    attributes: { axis: attr.int(place) },
    outputCount: sizes.length,
  })
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
    if ('fill' in value) {
      return recorder.fill(value.dataType, rest, value.fill)
    }
    const index = recorder.builder.initializer('index', tensorOf('int64', [], [i]))
    return operandOf(
      recorder.builder.node('Gather', [value.value, index], { axis: attr.int(place) }),
    )
  })
}

export const slicing = {
  FlipLeftRight: flipLeftRight,
  Reverse: reverse,
  Slice: slice,
  SplitV: split,
  StridedSlice: stridedSlice,
  Unpack: unpack,
} as const

// Kernels that pad, and those that move space into the batch or the channels.
import { backend_util, util } from '@tensorflow/tfjs-core'
import { attr } from '@anyvae/onnx'
import type { Operand } from '../operand.js'
import type { Recorder } from '../recorder.js'
import type { Lowering } from './lowering.js'
import { join } from './movement.js'
import { END, sliceOf, START } from './slicing.js'

type Paddings = readonly (readonly [number, number])[]

/** pad(x: Tensor, paddings: [number, number][], constantValue: number) */
const pad: Lowering<'PadV2'> = ({ x }, { paddings, constantValue }, recorder) =>
  padded(x, { paddings, constant: constantValue }, recorder)

interface Padding {
  readonly paddings: Paddings
  readonly constant: number
}

function padded(x: Operand, { paddings, constant }: Padding, recorder: Recorder): Operand {
  // Amounts that follow from an open size may be 0 at some sizes alone.
  if (isNothing(paddings) && !recorder.isOpen) {
    return x
  }
  const dims = x.dims.map((size, axis) => size + sum(paddings[axis]))
  const value = recorder.cast(recorder.fill('float32', [], constant), x.dataType)
  const outside = 'fill' in value ? value.fill : constant
  if (x.dims.includes(0) || ('fill' in x && Object.is(x.fill, outside))) {
    return recorder.fill(x.dataType, dims, outside)
  }
  return recorder.node('Pad', [x, padList(paddings, recorder), value])
}

const sum = ([begin, end]: readonly [number, number] = [0, 0]) => begin + end

function isNothing(paddings: Paddings): boolean {
  return paddings.every(([begin, end]) => begin === 0 && end === 0)
}

function padList(paddings: Paddings, recorder: Recorder) {
  return recorder.list([...paddings.map(([begin]) => begin), ...paddings.map(([, end]) => end)])
}

/** mirrorPad(x: Tensor, paddings: [number, number][], mode: 'reflect' | 'symmetric') */
const mirrorPad: Lowering<'MirrorPad'> = ({ x }, { paddings, mode }, recorder) => {
  if ('fill' in x || isNothing(paddings)) {
    const dims = x.dims.map((size, axis) => size + sum(paddings[axis]))
    return 'fill' in x ? recorder.fill(x.dataType, dims, x.fill) : x
  }
  if (mode === 'reflect') {
    return recorder.node('Pad', [x, padList(paddings, recorder)], { mode: attr.string('reflect') })
  }
  return paddings.reduce<Operand>(
    (inner, ends, axis) => mirrored(inner, { ends, axis }, recorder),
    x,
  )
}

interface Mirror {
  readonly ends: readonly [number, number]
  readonly axis: number
}

/** Repeats both ends of an axis backwards, which ONNX's Pad cannot. */
function mirrored(x: Operand, { ends, axis }: Mirror, recorder: Recorder): Operand {
  const backwards = (start: number, end: number) =>
    sliceOf(x, { starts: [start], ends: [end], axes: [axis], steps: [-1] }, recorder)
  const [begin, end] = ends
  const parts = [
    ...(begin > 0 ? [backwards(begin - 1, START)] : []),
    x,
    ...(end > 0 ? [backwards(-1, -1 - end)] : []),
  ]
  return join(parts, axis, recorder)
}

/** batchToSpaceND(x: Tensor, blockShape: number[], crops: number[][]) */
const batchToSpace: Lowering<'BatchToSpaceND'> = ({ x }, { blockShape, crops }, recorder) => {
  const block = util.sizeFromShape(blockShape)
  const dims = [...x.dims]
  const taken = backend_util.getReshaped(dims, blockShape, block)
  const perm = backend_util.getPermuted(taken.length, blockShape.length)
  const spread = backend_util.getReshapedPermuted(dims, blockShape, block)
  const moved = recorder.transpose(recorder.reshape(x, taken), perm)
  return cropped(recorder.reshape(moved, spread), crops, recorder)
}

/** Cuts rows off at the begin and the end of the axes behind the first. */
function cropped(x: Operand, crops: readonly number[][], recorder: Recorder): Operand {
  const axes = crops.flatMap(([begin, end], i) => (begin || end ? [i + 1] : []))
  const starts = axes.map((axis) => crops[axis - 1]?.[0] ?? 0)
  const ends = axes.map((axis) => -(crops[axis - 1]?.[1] ?? 0) || END)
  return axes.length === 0 ? x : sliceOf(x, { starts, ends, axes }, recorder)
}

/** spaceToBatchND(x: Tensor, blockShape: number[], paddings: number[][]) */
const spaceToBatch: Lowering<'SpaceToBatchND'> = ({ x }, { blockShape, paddings }, recorder) => {
  const block = util.sizeFromShape(blockShape)
  const all = x.dims.map((_, axis): [number, number] => {
    const [begin = 0, end = 0] = paddings[axis - 1] ?? []
    return [begin, end]
  })
  const whole = padded(x, { paddings: all, constant: 0 }, recorder)
  const dims = [...whole.dims]
  const cut = backend_util.getReshaped(dims, blockShape, block, false)
  const perm = backend_util.getPermuted(cut.length, blockShape.length, false)
  const moved = recorder.transpose(recorder.reshape(whole, cut), perm)
  return recorder.reshape(moved, backend_util.getReshapedPermuted(dims, blockShape, block, false))
}

const CHANNELS_FIRST = [0, 3, 1, 2]
const CHANNELS_LAST = [0, 2, 3, 1]

/** depthToSpace(x: Tensor4D, blockSize: number, dataFormat: 'NHWC' | 'NCHW') */
const depthToSpace: Lowering<'DepthToSpace'> = ({ x }, { blockSize, dataFormat }, recorder) => {
  const first = dataFormat === 'NCHW'
  const deep = first ? x : recorder.transpose(x, CHANNELS_FIRST)
  const wide = recorder.node('DepthToSpace', [deep], {
    blocksize: attr.int(blockSize),
    mode: attr.string('DCR'),
  })
  return first ? wide : recorder.transpose(wide, CHANNELS_LAST)
}

export const padding = {
  BatchToSpaceND: batchToSpace,
  DepthToSpace: depthToSpace,
  MirrorPad: mirrorPad,
  PadV2: pad,
  SpaceToBatchND: spaceToBatch,
} as const

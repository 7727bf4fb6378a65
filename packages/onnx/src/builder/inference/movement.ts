// Result types of operators that move data: shapes, slices, layouts.
import { OnnxError } from '../../error.js'
import {
  axisOf,
  type Call,
  checkedAxis,
  elementCount,
  type Inference,
  int,
  intsOr,
  required,
  requiredConstant,
  sizeOf,
} from '../value.js'
import { broadcast } from './elementwise.js'

const transpose: Inference = (call) => {
  const { dataType, dims } = required(call, 0)
  const reversed = dims.map((_, i) => dims.length - 1 - i)
  const perm = intsOr(call, 'perm', reversed)
  const whole = [...perm].sort((a, b) => a - b).every((axis, i) => axis === i)
  if (perm.length !== dims.length || !whole) {
    throw new OnnxError(
      `Transpose: no permutation, got [${perm.join(', ')}], expected the axes of [${dims.join(', ')}]`,
    )
  }
  return [{ dataType, dims: perm.map((axis) => sizeOf(dims, axis)) }]
}

/** A size of 0 copies the input's, unless `allowzero` says that it means 0. */
const reshape: Inference = (call) => {
  const { dataType, dims } = required(call, 0)
  const literal = int(call, 'allowzero', 0) === 1
  const shape = requiredConstant(call, 1).map((size, i) =>
    size === 0 && !literal ? sizeOf(dims, i) : size,
  )
  const known = elementCount(shape.filter((size) => size !== -1))
  const rest = known === 0 ? NaN : elementCount(dims) / known
  const resolved = shape.map((size) => (size === -1 ? rest : size))
  if (elementCount(resolved) !== elementCount(dims) || !resolved.every(Number.isInteger)) {
    throw new OnnxError(`Reshape: sizes differ, got [${dims.join(', ')}] to [${shape.join(', ')}]`)
  }
  return [{ dataType, dims: resolved }]
}

const flatten: Inference = (call) => {
  const { dataType, dims } = required(call, 0)
  const axis = int(call, 'axis', 1)
  const place = axis < 0 ? axis + dims.length : axis
  const sizes = [dims.slice(0, place), dims.slice(place)].map(elementCount)
  return [{ dataType, dims: sizes }]
}

const expand: Inference = (call) => {
  const { dataType, dims } = required(call, 0)
  return [{ dataType, dims: broadcast(dims, requiredConstant(call, 1)) }]
}

const concat: Inference = (call) => {
  const { dataType, dims } = required(call, 0)
  const axis = checkedAxis(int(call, 'axis', 0), dims)
  const total = call.inputs.reduce((sum, _, i) => {
    const other = required(call, i).dims
    if (other.length !== dims.length || other.some((size, j) => j !== axis && size !== dims[j])) {
      const got = `[${dims.join(', ')}] and [${other.join(', ')}]`
      throw new OnnxError(`Concat: shapes differ beside axis ${axis}, got ${got}`)
    }
    return sum + sizeOf(other, axis)
  }, 0)
  return [{ dataType, dims: dims.map((size, i) => (i === axis ? total : size)) }]
}

const slice: Inference = (call) => {
  const { dataType, dims } = required(call, 0)
  const [starts, ends] = [requiredConstant(call, 1), requiredConstant(call, 2)]
  const axes = call.inputs[3] ? requiredConstant(call, 3) : starts.map((_, i) => i)
  const steps = call.inputs[4] ? requiredConstant(call, 4) : starts.map(() => 1)
  const sliced = [...dims]
  axes.forEach((axis, i) => {
    const range = { start: starts[i] ?? 0, end: ends[i] ?? 0, step: steps[i] ?? 1 }
    sliced[axisOf(axis, dims.length)] = sliceLength(sizeOf(dims, axis), range)
  })
  return [{ dataType, dims: sliced }]
}

/** As ONNX clamps: going back, a slice starts at the last element at most and ends before the first. */
function sliceLength(size: number, range: { start: number; end: number; step: number }): number {
  const { step } = range
  if (size === 0) {
    return 0
  }
  if (step === 0) {
    throw new OnnxError('Slice: step must not be zero, got 0')
  }
  const last = step > 0 ? size : size - 1
  const clamp = (place: number, low: number) =>
    Math.min(Math.max(place < 0 ? place + size : place, low), last)
  const [start, end] = [clamp(range.start, 0), clamp(range.end, step > 0 ? 0 : -1)]
  return Math.max(0, Math.ceil((end - start) / step))
}

const unsqueeze: Inference = (call) => {
  const { dataType, dims } = required(call, 0)
  const axes = requiredConstant(call, 1)
  const rank = dims.length + axes.length
  const added = new Set(axes.map((axis) => axisOf(axis, rank)))
  if (added.size !== axes.length || [...added].some((axis) => axis < 0 || axis >= rank)) {
    throw new OnnxError(
      `Unsqueeze: axes, got [${axes.join(', ')}], expected different ones of rank ${rank}`,
    )
  }
  const rest = [...dims]
  const grown = Array.from({ length: rank }, (_, i) => (added.has(i) ? 1 : (rest.shift() ?? 1)))
  return [{ dataType, dims: grown }]
}

const squeeze: Inference = (call) => {
  const { dataType, dims } = required(call, 0)
  const ones = dims.flatMap((size, i) => (size === 1 ? [i] : []))
  const given = call.inputs[1] ? requiredConstant(call, 1) : ones
  const axes = new Set(given.map((axis) => checkedAxis(axis, dims)))
  const wrong = [...axes].find((axis) => dims[axis] !== 1)
  if (wrong !== undefined) {
    throw new OnnxError(`Squeeze: size of axis ${wrong}, got [${dims.join(', ')}], expected 1`)
  }
  return [{ dataType, dims: dims.filter((_, i) => !axes.has(i)) }]
}

const tile: Inference = (call) => {
  const { dataType, dims } = required(call, 0)
  const repeats = requiredConstant(call, 1)
  if (repeats.length !== dims.length) {
    throw new OnnxError(
      `Tile: number of repeats, got ${repeats.length}, expected ${dims.length} for [${dims.join(', ')}]`,
    )
  }
  return [{ dataType, dims: dims.map((size, i) => size * (repeats[i] ?? 1)) }]
}

/** Pads of all axes or, from opset 18 on, of those that the fourth input names. */
const pad: Inference = (call) => {
  const { dataType, dims } = required(call, 0)
  const pads = requiredConstant(call, 1)
  const axes = call.inputs[3] ? requiredConstant(call, 3) : dims.map((_, i) => i)
  if (pads.length !== 2 * axes.length) {
    throw new OnnxError(`Pad: number of pads, got ${pads.length}, expected ${2 * axes.length}`)
  }
  const padded = [...dims]
  axes.forEach((axis, i) => {
    const size = sizeOf(dims, axis) + (pads[i] ?? 0) + (pads[i + axes.length] ?? 0)
    padded[axisOf(axis, dims.length)] = notNegative(call, size)
  })
  return [{ dataType, dims: padded }]
}

function notNegative(call: Call, size: number): number {
  if (size < 0) {
    throw new OnnxError(`${call.opType}: size of a dimension, got ${size}, expected one from 0`)
  }
  return size
}

const split: Inference = (call) => {
  const { dataType, dims } = required(call, 0)
  const axis = checkedAxis(int(call, 'axis', 0), dims)
  const parts = splitSizes(call, sizeOf(dims, axis))
  return parts.map((part) => ({
    dataType,
    dims: dims.map((size, i) => (i === axis ? part : size)),
  }))
}

/** Sizes as given, else as many as wanted, the last one smaller where they do not come out even. */
function splitSizes(call: Call, size: number): readonly number[] {
  if (call.inputs[1]) {
    const given = requiredConstant(call, 1)
    const total = given.reduce((sum, part) => sum + part, 0)
    if (total !== size) {
      throw new OnnxError(`Split: sum of the parts, got ${total}, expected ${size}`)
    }
    return given
  }
  const count = int(call, 'num_outputs', call.outputCount)
  const part = Math.ceil(size / count)
  return Array.from({ length: count }, (_, i) => Math.max(0, Math.min(part, size - i * part)))
}

const spaceToDepth: Inference = (call) => {
  const { dataType, dims } = required(call, 0)
  const block = int(call, 'blocksize', 1)
  const [batch = 0, channels = 0, height = 0, width = 0] = dims
  return [{ dataType, dims: [batch, channels * block * block, height / block, width / block] }]
}

const depthToSpace: Inference = (call) => {
  const { dataType, dims } = required(call, 0)
  const block = int(call, 'blocksize', 1)
  const [batch = 0, channels = 0, height = 0, width = 0] = dims
  return [{ dataType, dims: [batch, channels / (block * block), height * block, width * block] }]
}

const centerCropPad: Inference = (call) => {
  const { dataType, dims } = required(call, 0)
  const sizes = requiredConstant(call, 1)
  const axes = intsOr(
    call,
    'axes',
    dims.map((_, i) => i),
  )
  const cropped = [...dims]
  axes.forEach((axis, i) => (cropped[checkedAxis(axis, dims)] = sizes[i] ?? 0))
  return [{ dataType, dims: cropped }]
}

export const movement: Readonly<Record<string, Inference>> = {
  CenterCropPad: centerCropPad,
  Concat: concat,
  DepthToSpace: depthToSpace,
  Expand: expand,
  Flatten: flatten,
  Pad: pad,
  Reshape: reshape,
  Slice: slice,
  SpaceToDepth: spaceToDepth,
  Split: split,
  Squeeze: squeeze,
  Tile: tile,
  Transpose: transpose,
  Unsqueeze: unsqueeze,
}

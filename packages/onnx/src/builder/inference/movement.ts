// Result types of operators that move data: shapes, slices, layouts.
import { elementCount } from '../value.js'
import { OnnxError } from '../../error.js'
import { axisOf, type Inference, int, ints, required, requiredConstant, sizeOf } from '../value.js'
import { broadcast } from './elementwise.js'

const transpose: Inference = (call) => {
  const { dataType, dims } = required(call, 0)
  return [{ dataType, dims: ints(call, 'perm').map((axis) => sizeOf(dims, axis)) }]
}

const reshape: Inference = (call) => {
  const { dataType, dims } = required(call, 0)
  const shape = requiredConstant(call, 1)
  const known = elementCount(shape.filter((size) => size !== -1))
  const resolved = shape.map((size) => (size === -1 ? elementCount(dims) / known : size))
  if (elementCount(resolved) !== elementCount(dims)) {
    throw new OnnxError(`Reshape: sizes differ, got [${dims.join(', ')}] to [${shape.join(', ')}]`)
  }
  return [{ dataType, dims: resolved }]
}

const expand: Inference = (call) => {
  const { dataType, dims } = required(call, 0)
  return [{ dataType, dims: broadcast(dims, requiredConstant(call, 1)) }]
}

const concat: Inference = (call) => {
  const { dataType, dims } = required(call, 0)
  const axis = axisOf(int(call, 'axis', 0), dims.length)
  const total = call.inputs.reduce((sum, _, i) => sum + sizeOf(required(call, i).dims, axis), 0)
  return [{ dataType, dims: dims.map((size, i) => (i === axis ? total : size)) }]
}

const slice: Inference = (call) => {
  const { dataType, dims } = required(call, 0)
  const [starts, ends] = [requiredConstant(call, 1), requiredConstant(call, 2)]
  const axes = call.constant(3) ?? starts.map((_, i) => i)
  const steps = call.constant(4) ?? starts.map(() => 1)
  const sliced = [...dims]
  axes.forEach((axis, i) => {
    const range = { start: starts[i] ?? 0, end: ends[i] ?? 0, step: steps[i] ?? 1 }
    sliced[axisOf(axis, dims.length)] = sliceLength(sizeOf(dims, axis), range)
  })
  return [{ dataType, dims: sliced }]
}

function sliceLength(size: number, range: { start: number; end: number; step: number }): number {
  const { step } = range
  const low = step > 0 ? 0 : -1
  const high = step > 0 ? size : size - 1
  const clamp = (place: number) => Math.min(Math.max(place < 0 ? place + size : place, low), high)
  return Math.max(0, Math.ceil((clamp(range.end) - clamp(range.start)) / step))
}

const gather: Inference = (call) => {
  const { dataType, dims } = required(call, 0)
  const axis = axisOf(int(call, 'axis', 0), dims.length)
  return [
    {
      dataType,
      dims: [...dims.slice(0, axis), ...required(call, 1).dims, ...dims.slice(axis + 1)],
    },
  ]
}

const unsqueeze: Inference = (call) => {
  const { dataType, dims } = required(call, 0)
  const axes = requiredConstant(call, 1)
  const rank = dims.length + axes.length
  const added = new Set(axes.map((axis) => axisOf(axis, rank)))
  const rest = [...dims]
  const grown = Array.from({ length: rank }, (_, i) => (added.has(i) ? 1 : (rest.shift() ?? 1)))
  return [{ dataType, dims: grown }]
}

const squeeze: Inference = (call) => {
  const { dataType, dims } = required(call, 0)
  const axes = new Set(requiredConstant(call, 1).map((axis) => axisOf(axis, dims.length)))
  return [{ dataType, dims: dims.filter((_, i) => !axes.has(i)) }]
}

const tile: Inference = (call) => {
  const { dataType, dims } = required(call, 0)
  const repeats = requiredConstant(call, 1)
  return [{ dataType, dims: dims.map((size, i) => size * (repeats[i] ?? 1)) }]
}

const pad: Inference = (call) => {
  const { dataType, dims } = required(call, 0)
  const pads = requiredConstant(call, 1)
  const rank = dims.length
  return [{ dataType, dims: dims.map((size, i) => size + (pads[i] ?? 0) + (pads[i + rank] ?? 0)) }]
}

const split: Inference = (call) => {
  const { dataType, dims } = required(call, 0)
  const axis = axisOf(int(call, 'axis', 0), dims.length)
  return requiredConstant(call, 1).map((part) => ({
    dataType,
    dims: dims.map((size, i) => (i === axis ? part : size)),
  }))
}

export const movement: Readonly<Record<string, Inference>> = {
  Transpose: transpose,
  Reshape: reshape,
  Expand: expand,
  Concat: concat,
  Slice: slice,
  Gather: gather,
  Unsqueeze: unsqueeze,
  Squeeze: squeeze,
  Tile: tile,
  Pad: pad,
  Split: split,
  Shape: (call) => [{ dataType: 'int64', dims: [required(call, 0).dims.length] }],
}

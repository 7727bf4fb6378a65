// Operators that only move, repeat or count elements, on constants; bytes stay as they are.
import { tensorOf } from '../../builder/tensor.js'
import { broadcast } from '../../builder/inference/elementwise.js'
import { axisOf, elementCount, int } from '../../builder/value.js'
import type { TensorData } from '../../types.js'
import { rowMajorStrides } from '../permutation.js'
import { stretched } from './arithmetic.js'
import { type Evaluation, exactNumbers, gathered, isWanted, type Known } from './types.js'

const concat: Evaluation = ({ node, tensors, limit }) => {
  const parts = tensors.filter((tensor) => tensor !== undefined)
  const [first] = parts
  if (first === undefined || parts.length !== tensors.length) return undefined
  const axis = axisOf(int(node, 'axis', 0), first.dims.length)
  const sizes = parts.map((part) => part.dims[axis] ?? 0)
  const whole = sizes.reduce((sum, size) => sum + size, 0)
  const dims = first.dims.map((size, i) => (i === axis ? whole : size))
  if (!isWanted(first.dataType, dims, limit)) return undefined
  const outer = elementCount(first.dims.slice(0, axis))
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.bytes.length, 0))
  let to = 0
  for (let row = 0; row < outer; row++) {
    for (const part of parts) {
      const width = part.bytes.length / outer
      bytes.set(part.bytes.subarray(row * width, (row + 1) * width), to)
      to += width
    }
  }
  return { dataType: first.dataType, dims, bytes }
}

const slice: Evaluation = (known) => {
  const [tensor] = known.tensors
  const [starts, ends, axes, steps] = [1, 2, 3, 4].map((input) =>
    exactNumbers(known.tensors[input]),
  )
  if (tensor === undefined || starts === undefined || ends === undefined) return undefined
  if (isUnknown(known, 3) || isUnknown(known, 4)) return undefined
  const ranges = tensor.dims.map((size) => ({ start: 0, step: 1, length: size }))
  starts.forEach((start, i) => {
    const axis = axisOf(axes?.[i] ?? i, tensor.dims.length)
    const limits = { start, end: ends[i] ?? 0, step: steps?.[i] ?? 1 }
    ranges[axis] = rangeOf(tensor.dims[axis] ?? 0, limits)
  })
  const strides = rowMajorStrides(tensor.dims, 1)
  const from = (index: readonly number[]) =>
    ranges.reduce((sum, { start, step }, axis) => {
      return sum + (start + step * (index[axis] ?? 0)) * (strides[axis] ?? 0)
    }, 0)
  const dims = ranges.map(({ length }) => length)
  return isWanted(tensor.dataType, dims, known.limit) ? gathered(tensor, dims, from) : undefined
}

/** Negative ends count from the back; what reaches beyond the tensor is cut off. */
function rangeOf(size: number, { start, end, step }: { start: number; end: number; step: number }) {
  const [lowest, highest] = step > 0 ? [0, size] : [-1, size - 1]
  const inside = (at: number) => Math.min(Math.max(at < 0 ? at + size : at, lowest), highest)
  const first = inside(start)
  return { start: first, step, length: Math.max(0, Math.ceil((inside(end) - first) / step)) }
}

const gather: Evaluation = ({ node, tensors, limit }) => {
  const [tensor, indices] = tensors
  const places = exactNumbers(indices)
  if (tensor === undefined || indices === undefined || places === undefined) return undefined
  const axis = axisOf(int(node, 'axis', 0), tensor.dims.length)
  const size = tensor.dims[axis] ?? 0
  const dims = [...tensor.dims.slice(0, axis), ...indices.dims, ...tensor.dims.slice(axis + 1)]
  const isInside = places.every((place) => place >= -size && place < size)
  if (!isInside || !isWanted(tensor.dataType, dims, limit)) return undefined
  const [outer, inner] = [rowMajorStrides(tensor.dims, 1), rowMajorStrides(indices.dims, 1)]
  const rank = indices.dims.length
  return gathered(tensor, dims, (index) => {
    const at = index.slice(axis, axis + rank).reduce((sum, i, j) => sum + i * (inner[j] ?? 0), 0)
    const whole = [
      ...index.slice(0, axis),
      axisOf(places[at] ?? 0, size),
      ...index.slice(axis + rank),
    ]
    return whole.reduce((sum, i, j) => sum + i * (outer[j] ?? 0), 0)
  })
}

const expand: Evaluation = ({ tensors, limit }) => {
  const [tensor] = tensors
  const shape = exactNumbers(tensors[1])
  if (tensor === undefined || shape === undefined) return undefined
  const dims = broadcast(tensor.dims, shape)
  return isWanted(tensor.dataType, dims, limit) ? stretched(tensor, dims) : undefined
}

const tile: Evaluation = ({ tensors, limit }) => {
  const [tensor] = tensors
  const repeats = exactNumbers(tensors[1])
  if (tensor === undefined || repeats === undefined) return undefined
  const dims = tensor.dims.map((size, axis) => size * (repeats[axis] ?? 1))
  if (!isWanted(tensor.dataType, dims, limit)) return undefined
  const strides = rowMajorStrides(tensor.dims, 1)
  return gathered(tensor, dims, (index) =>
    index.reduce((sum, at, axis) => {
      return sum + (at % (tensor.dims[axis] ?? 1)) * (strides[axis] ?? 0)
    }, 0),
  )
}

/** Sizes that the operand's type tells, whatever its values are. */
const shape: Evaluation = ({ node, dimsOf }) => {
  const dims = dimsOf(0)
  const sizes = dims?.filter((dim) => typeof dim === 'number')
  if (dims === undefined || sizes?.length !== dims.length) return undefined
  if (node.opType === 'Size') return tensorOf('int64', [], [elementCount(sizes)])
  const part = sizes.slice(int(node, 'start', 0), int(node, 'end', sizes.length))
  return tensorOf('int64', [part.length], part)
}

const range: Evaluation = ({ tensors, limit }) => {
  const dataType = tensors[0]?.dataType
  const [start, end, step] = tensors.map((tensor) => exactNumbers(tensor)?.[0])
  if (start === undefined || end === undefined || !step) return undefined
  if (dataType !== 'int32' && dataType !== 'int64') return undefined
  const length = Math.max(0, Math.ceil((end - start) / step))
  if (!isWanted(dataType, [length], limit)) return undefined
  return tensorOf(
    dataType,
    [length],
    Array.from({ length }, (_, i) => start + i * step),
  )
}

const constantOfShape: Evaluation = ({ node, tensors, limit }) => {
  const dims = exactNumbers(tensors[0])
  const { value } = node.attributes
  const fill = value?.type === 'tensor' ? value.value : tensorOf('float32', [1], [0])
  if (dims === undefined || !isWanted(fill.dataType, dims, limit)) return undefined
  return gathered(fill, dims, () => 0)
}

const constant: Evaluation = ({ node }) => {
  const { value, value_int, value_ints, value_float, value_floats } = node.attributes
  if (value?.type === 'tensor') return value.value
  if (value_int?.type === 'int') return tensorOf('int64', [], [value_int.value])
  if (value_float?.type === 'float') return tensorOf('float32', [], [value_float.value])
  if (value_ints?.type === 'ints') return list('int64', value_ints.value)
  return value_floats?.type === 'floats' ? list('float32', value_floats.value) : undefined
}

function list(dataType: 'int64' | 'float32', values: readonly number[]): TensorData {
  return tensorOf(dataType, [values.length], values)
}

/** Whether an operand is given but not known. */
function isUnknown({ node, tensors }: Known, input: number): boolean {
  return (node.inputs[input] ?? '') !== '' && tensors[input] === undefined
}

/** Rows by operator. */
export const movements: Readonly<Record<string, Evaluation>> = {
  Concat: concat,
  Constant: constant,
  ConstantOfShape: constantOfShape,
  Expand: expand,
  Gather: gather,
  Range: range,
  Shape: shape,
  Size: shape,
  Slice: slice,
  Tile: tile,
}

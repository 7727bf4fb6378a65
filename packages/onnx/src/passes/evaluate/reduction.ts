// Operators that go along axes, on constants: reductions, running sums, paddings, parts.
import { tensorOf } from '../../builder/tensor.js'
import { axisOf, elementCount, int } from '../../builder/value.js'
import type { DataType, TensorData } from '../../types.js'
import { advance, rowMajorStrides } from '../permutation.js'
import { type Evaluation, exactNumbers, exactTensor, gathered, type Known } from './types.js'

/** The axes to reduce, as an operand or an attribute, by operator set; all where none are named. */
function axesOf({ node, tensors }: Known, rank: number): number[] {
  const { axes } = node.attributes
  const named = axes?.type === 'ints' ? axes.value : exactNumbers(tensors[1])
  const all = Array.from({ length: rank }, (_, axis) => axis)
  return named && named.length > 0 ? named.map((axis) => axisOf(axis, rank)) : all
}

/** The shape without some axes, or with 1 in their places. */
function without(dims: readonly number[], axes: readonly number[], keeps: boolean): number[] {
  return dims.flatMap((size, axis) => (axes.includes(axis) ? (keeps ? [1] : []) : size))
}

/** By element of the result: the elements that it is made of, in order. */
function groups(tensor: TensorData, axes: readonly number[]): number[][] {
  const numbers = exactNumbers(tensor) ?? []
  const strides = rowMajorStrides(without(tensor.dims, axes, true), 1)
  const result = Array.from(
    { length: elementCount(without(tensor.dims, axes, true)) },
    (): number[] => [],
  )
  const index = tensor.dims.map(() => 0)
  for (const number of numbers) {
    const at = index.reduce((sum, i, axis) => {
      return axes.includes(axis) ? sum : sum + i * (strides[axis] ?? 0)
    }, 0)
    result[at]?.push(number)
    advance(index, tensor.dims)
  }
  return result
}

const reduce =
  (compute: (numbers: readonly number[]) => number): Evaluation =>
  (known) => {
    const [tensor] = known.tensors
    if (tensor === undefined) return undefined
    const axes = axesOf(known, tensor.dims.length)
    const dims = without(tensor.dims, axes, int(known.node, 'keepdims', 1) === 1)
    return exactTensor(tensor.dataType, dims, groups(tensor, axes).map(compute))
  }

const add = (numbers: readonly number[]) => numbers.reduce((sum, each) => sum + each, 0)

/** The place of the first largest along an axis. */
const place =
  (isBetter: (a: number, b: number) => boolean): Evaluation =>
  ({ node, tensors: [tensor] }) => {
    if (tensor === undefined) return undefined
    const axis = axisOf(int(node, 'axis', 0), tensor.dims.length)
    const dims = without(tensor.dims, [axis], int(node, 'keepdims', 1) === 1)
    const places = groups(tensor, [axis]).map((numbers) =>
      numbers.reduce((best, each, i) => (isBetter(each, numbers[best] ?? each) ? i : best), 0),
    )
    return tensorOf('int64', dims, places)
  }

const cumulate: Evaluation = ({ node, tensors: [tensor, axes] }) => {
  const [axis] = exactNumbers(axes) ?? []
  if (tensor === undefined || axis === undefined) return undefined
  const [isExclusive, isBackwards] = ['exclusive', 'reverse'].map(
    (name) => int(node, name, 0) === 1,
  )
  const at = axisOf(axis, tensor.dims.length)
  const sums = groups(tensor, [at]).map((numbers) => {
    const list = isBackwards ? numbers.toReversed() : numbers
    const result = list.map((_, i) => add(list.slice(0, isExclusive ? i : i + 1)))
    return isBackwards ? result.toReversed() : result
  })
  return alongAxis(tensor, at, sums)
}

/** A tensor of the same shape whose elements along an axis are these. */
function alongAxis({ dims, dataType }: TensorData, axis: number, rows: readonly number[][]) {
  const strides = rowMajorStrides(without(dims, [axis], true), 1)
  const index = dims.map(() => 0)
  const numbers = Array.from({ length: elementCount(dims) }, () => {
    const row = index.reduce((sum, i, j) => (j === axis ? sum : sum + i * (strides[j] ?? 0)), 0)
    const number = rows[row]?.[index[axis] ?? 0] ?? 0
    advance(index, dims)
    return number
  })
  return exactTensor(dataType, dims, numbers)
}

/** Constant paddings, none of them negative. */
const pad: Evaluation = ({ node, tensors: [tensor, amounts, value] }) => {
  const pads = exactNumbers(amounts)
  const { mode } = node.attributes
  const isPlain = mode === undefined || (mode.type === 'string' && mode.value === 'constant')
  if (tensor === undefined || pads === undefined || !isPlain) return undefined
  const rank = tensor.dims.length
  const dims = tensor.dims.map((size, i) => size + (pads[i] ?? 0) + (pads[i + rank] ?? 0))
  const numbers = exactNumbers(tensor) ?? []
  const [fill = 0] = exactNumbers(value) ?? []
  const strides = rowMajorStrides(tensor.dims, 1)
  const index = dims.map(() => 0)
  const values = Array.from({ length: elementCount(dims) }, () => {
    const from = index.map((i, axis) => i - (pads[axis] ?? 0))
    const isInside = from.every((i, axis) => i >= 0 && i < (tensor.dims[axis] ?? 0))
    const at = from.reduce((sum, i, axis) => sum + i * (strides[axis] ?? 0), 0)
    advance(index, dims)
    return isInside ? numbers[at] : fill
  })
  return exactTensor(tensor.dataType, dims, values)
}

/** The parts of a tensor along an axis. */
export function split({ node, tensors: [tensor, sizes] }: Known): TensorData[] | undefined {
  if (tensor === undefined) return undefined
  const axis = axisOf(int(node, 'axis', 0), tensor.dims.length)
  const whole = tensor.dims[axis] ?? 0
  const even = node.outputs.map(() => whole / node.outputs.length)
  const parts = exactNumbers(sizes) ?? even
  const strides = rowMajorStrides(tensor.dims, 1)
  return parts.map((size, i) => {
    const start = add(parts.slice(0, i))
    return gathered(tensor, tensor.dims.with(axis, size), (index) =>
      index.reduce((sum, at, j) => sum + (j === axis ? at + start : at) * (strides[j] ?? 0), 0),
    )
  })
}

/** Numbers that count in any type. */
const range: Evaluation = ({ tensors }) => {
  const dataType: DataType | undefined = tensors[0]?.dataType
  const [start, end, step] = tensors.map((tensor) => exactNumbers(tensor)?.[0])
  if (dataType === undefined || start === undefined || end === undefined || !step) return undefined
  const length = Math.max(0, Math.ceil((end - start) / step))
  const values = Array.from({ length }, (_, i) => start + i * step)
  return exactTensor(dataType, [length], values)
}

/** Rows by operator. */
export const reductions: Readonly<Record<string, Evaluation>> = {
  ArgMax: place((a, b) => a > b),
  ArgMin: place((a, b) => a < b),
  CumSum: cumulate,
  Pad: pad,
  Range: range,
  ReduceMax: reduce((numbers) => Math.max(...numbers)),
  ReduceMean: reduce((numbers) => add(numbers) / numbers.length),
  ReduceMin: reduce((numbers) => Math.min(...numbers)),
  ReduceProd: reduce((numbers) => numbers.reduce((product, each) => product * each, 1)),
  ReduceSum: reduce(add),
  ReduceSumSquare: reduce((numbers) => add(numbers.map((each) => each * each))),
}

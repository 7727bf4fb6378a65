// What the evaluation of single operators is given, and the arrays that it works on.
import { elementCount } from '../../builder/value.js'
import { numbersOf, tensorOf } from '../../builder/tensor.js'
import { dataTypeBytes } from '../../data-types.js'
import type { DataType, Dim, Node, TensorData } from '../../types.js'
import { advance } from '../permutation.js'

/** A node whose operands are known. */
export interface Known {
  readonly node: Node
  /** The constants that it reads; absent operands are undefined. */
  readonly tensors: readonly (TensorData | undefined)[]
  /** The shape of an operand, also where its values are not known. */
  readonly dimsOf: (input: number) => readonly Dim[] | undefined
  /** No result of more bytes is wanted. */
  readonly limit: number
}

/** The value that a node gives, or undefined where it is not known for certain to the last bit. */
export type Evaluation = (known: Known) => TensorData | undefined

const readable: readonly DataType[] = ['float32', 'float64', 'int32', 'int64', 'uint8', 'bool']

/** The numbers of a tensor, where all of them are exact. */
export function exactNumbers(tensor: TensorData | undefined): number[] | undefined {
  if (tensor === undefined || !readable.includes(tensor.dataType)) return undefined
  const numbers = numbersOf(tensor)
  if (tensor.dataType !== 'int64') return numbers
  return numbers.every((each) => Number.isSafeInteger(each)) ? numbers : undefined
}

/** A tensor of numbers that are all values of the type, once rounded where that is a float. */
export function exactTensor(
  dataType: DataType,
  dims: readonly number[],
  values: readonly (number | undefined)[],
): TensorData | undefined {
  const known = values.filter((value) => value !== undefined)
  if (!readable.includes(dataType) || known.length !== values.length) return undefined
  if (!known.every((value) => isValue(value, dataType))) return undefined
  return tensorOf(dataType, dims, known)
}

function isValue(value: number, dataType: DataType): boolean {
  if (dataType === 'float32' || dataType === 'float64') return true
  if (dataType === 'int32') return value === (value | 0)
  if (dataType === 'int64') return Number.isSafeInteger(value)
  return value === (value & (dataType === 'bool' ? 1 : 255))
}

/** Whether a result of this type and shape is small enough. */
export function isWanted(dataType: DataType, dims: readonly number[], limit: number): boolean {
  return elementCount(dims) * dataTypeBytes(dataType) <= limit
}

/** A tensor of which each element is one of another's; `from` says which, by its place in memory. */
export function gathered(
  { dataType, bytes: source }: TensorData,
  dims: readonly number[],
  from: (index: readonly number[]) => number,
): TensorData {
  const size = dataTypeBytes(dataType)
  const bytes = new Uint8Array(elementCount(dims) * size)
  const index = dims.map(() => 0)
  for (let to = 0; to < bytes.length; to += size) {
    const start = from(index) * size
    bytes.set(source.subarray(start, start + size), to)
    advance(index, dims)
  }
  return { dataType, dims, bytes }
}

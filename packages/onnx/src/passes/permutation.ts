// Permutations of axes as Transpose has them: result axis i is the operand's axis perm[i].
import { dataTypeBytes } from '../data-types.js'
import type { Node, TensorData } from '../types.js'
import type { Scope } from './scope.js'

/** What a Transpose node does, or undefined for another node or an unknown rank. */
export function permutationOf(node: Node | undefined, scope: Scope): readonly number[] | undefined {
  if (node?.opType !== 'Transpose' || node.domain) return undefined
  const { perm } = node.attributes
  if (perm?.type === 'ints') return perm.value
  const rank = scope.types.get(node.inputs[0] ?? '')?.dims?.length
  return rank === undefined ? undefined : Array.from({ length: rank }, (_, i) => rank - 1 - i)
}

/** The permutation that does `first` and then `second`. */
export function composed(first: readonly number[], second: readonly number[]): number[] {
  return second.map((axis) => first[axis] ?? axis)
}

export function inverse(perm: readonly number[]): number[] {
  return perm.map((_, axis) => perm.indexOf(axis))
}

export function isIdentity(perm: readonly number[]): boolean {
  return perm.every((axis, index) => axis === index)
}

export function permuted<T>(dims: readonly T[], perm: readonly number[]): T[] {
  return perm.flatMap((axis) => dims.slice(axis, axis + 1))
}

/** The tensor that Transpose makes of a tensor. */
export function transposed(tensor: TensorData, perm: readonly number[]): TensorData {
  const size = dataTypeBytes(tensor.dataType)
  const dims = permuted(tensor.dims, perm)
  const strides = permuted(rowMajorStrides(tensor.dims, size), perm)
  const bytes = new Uint8Array(tensor.bytes.length)
  const index = dims.map(() => 0)
  for (let to = 0; to < bytes.length; to += size) {
    const from = index.reduce((sum, at, axis) => sum + at * (strides[axis] ?? 0), 0)
    for (let byte = 0; byte < size; byte++) bytes[to + byte] = tensor.bytes[from + byte] ?? 0
    advance(index, dims)
  }
  return { dataType: tensor.dataType, dims, bytes }
}

/** How far apart neighbours along each axis are, in units of `size`. */
export function rowMajorStrides(dims: readonly number[], size: number): number[] {
  const strides: number[] = []
  dims.toReversed().reduce((stride, dim) => {
    strides.unshift(stride)
    return stride * dim
  }, size)
  return strides
}

/** Counts an index up by one place, the last axis first. */
export function advance(index: number[], dims: readonly number[]): void {
  for (let axis = dims.length - 1; axis >= 0; axis--) {
    const next = (index[axis] ?? 0) + 1
    index[axis] = next < (dims[axis] ?? 0) ? next : 0
    if (index[axis] !== 0) return
  }
}

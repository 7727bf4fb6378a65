// Op cases of the lowerings of sparse tensors whose results have as many rows as values say.
import * as tf from '@tensorflow/tfjs-core'
import { type CaseTensor, floats, indices, ints, of, type OpCase, tensor } from './case.js'

const sum: OpCase['fn'] = (data, rows, ids) =>
  tf.sparse.sparseSegmentSum(data, rows as tf.Tensor1D, ids as tf.Tensor1D)

const mean: OpCase['fn'] = (data, rows, ids) =>
  tf.sparse.sparseSegmentMean(data, rows as tf.Tensor1D, ids as tf.Tensor1D)

/** Of the same rows in several segments, a segment without any, and one row that is left out. */
const rows = indices([6], [0, 2, 2, 3, 0, 0])
const ids = indices([6], [0, 0, 1, 3, 3, 3])
const none = indices([0], [])
const infinite = tensor([4, 2], [1, 2, Infinity, NaN, 3, 4, 5, 6])

const segments = (['SparseSegmentSum', 'SparseSegmentMean'] as const).flatMap((kernel) => {
  const fn = kernel === 'SparseSegmentSum' ? sum : mean
  return [
    of(kernel, 'rows', fn, floats(4, 3), rows, ids),
    of(kernel, 'numbers', fn, floats(4), rows, ids),
    of(kernel, 'blocks', fn, floats(4, 2, 3), rows, ids),
    of(kernel, 'whole numbers', fn, ints(4, 3), rows, ids),
    of(kernel, 'one segment', fn, floats(4, 3), rows, indices([6], [0, 0, 0, 0, 0, 0])),
    of(kernel, 'rows that are not finite elsewhere', fn, infinite, rows, ids),
    of(kernel, 'no rows', fn, floats(4, 3), none, none),
  ]
})

const fill: OpCase['fn'] = (entries, values, shape, fallback) => {
  const result = tf.sparse.sparseFillEmptyRows(
    entries as tf.Tensor2D,
    values as tf.Tensor1D,
    ...([shape as tf.Tensor1D, fallback as tf.Scalar] as const),
  )
  const { outputIndices, outputValues, emptyRowIndicator, reverseIndexMap } = result
  return [outputIndices, outputValues, emptyRowIndicator, reverseIndexMap] as tf.Tensor[]
}

const shape = (...sizes: number[]) => indices([sizes.length], sizes)
const scalar = (value: number): CaseTensor => tensor([], [value])
const entries = indices([6, 2], [0, 0, 1, 0, 1, 3, 1, 4, 3, 2, 3, 3])
const unordered = indices([5, 2], [3, 2, 1, 3, 0, 1, 1, 0, 3, 0])

export const sparseRows: readonly OpCase[] = [
  ...segments,
  of('SparseFillEmptyRows', 'some empty', fill, entries, floats(6), shape(5, 6), scalar(-1)),
  of('SparseFillEmptyRows', 'whole numbers', fill, entries, ints(6), shape(4, 6), indices([], [7])),
  of('SparseFillEmptyRows', 'out of order', fill, unordered, floats(5), shape(6, 4), scalar(0.5)),
  of(
    'SparseFillEmptyRows',
    'none empty',
    fill,
    indices([2, 1], [1, 0]),
    floats(2),
    shape(2),
    scalar(1),
  ),
  of(
    'SparseFillEmptyRows',
    'all empty',
    fill,
    indices([0, 2], []),
    floats(0),
    shape(3, 2),
    scalar(1),
  ),
  of(
    'SparseFillEmptyRows',
    'no rows',
    fill,
    indices([0, 2], []),
    floats(0),
    shape(0, 2),
    scalar(1),
  ),
]

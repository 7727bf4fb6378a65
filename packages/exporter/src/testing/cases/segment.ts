// Op cases of the segment lowerings.
import * as tf from '@tensorflow/tfjs-core'
import { type CaseTensor, type Fn, floats, ints, of, type OpCase, size } from './case.js'

const whole = (dims: readonly number[], values: readonly number[]): CaseTensor => ({
  dims,
  values,
  dataType: 'int32',
})

/** Numbers from 0 to 6. */
const numbers = (...dims: number[]) =>
  whole(
    dims,
    Array.from({ length: size(dims) }, (_, i) => (i * 5) % 7),
  )

const noInts = whole([0], [])

const bincount =
  (count: number): Fn =>
  (x, weights) =>
    tf.bincount(x as tf.Tensor1D, weights as tf.Tensor1D, count)

const dense =
  (count: number, binary = false): Fn =>
  (x, weights) =>
    tf.denseBincount(x as tf.Tensor1D, weights as tf.Tensor1D, count, binary)

const counts: OpCase[] = [
  of('Bincount', 'unweighted', bincount(7), numbers(9), noInts),
  of('Bincount', 'unweighted as float32', bincount(7), numbers(9), floats(0)),
  of('Bincount', 'weighted', bincount(7), numbers(9), floats(9)),
  of('Bincount', 'weighted by ints', bincount(7), numbers(9), ints(9)),
  of('Bincount', 'beyond the last', bincount(4), numbers(9), floats(9)),
  of('Bincount', 'of nothing', bincount(4), noInts, floats(0)),
  of('Bincount', 'into nothing', bincount(0), numbers(3), floats(3)),
  of('Bincount', 'of rank 3', bincount(7), numbers(2, 3, 2), noInts),
  of('Bincount', 'infinity elsewhere', bincount(3), whole([2], [0, 2]), {
    ...floats(2),
    values: [1, Infinity],
  }),
  of('DenseBincount', 'unweighted', dense(7), numbers(9), noInts),
  of('DenseBincount', 'binary of rank 1', dense(7, true), numbers(9), noInts),
  of('DenseBincount', 'weighted', dense(5), numbers(9), floats(9)),
  of('DenseBincount', 'rows', dense(6), numbers(2, 9), noInts),
  of('DenseBincount', 'rows, weighted', dense(6), numbers(2, 9), floats(2, 9)),
  of('DenseBincount', 'rows, weighted by ints', dense(6), numbers(2, 9), ints(2, 9)),
  of('DenseBincount', 'rows, binary', dense(6, true), numbers(2, 9), noInts),
  of('DenseBincount', 'rows, binary, weighted', dense(6, true), numbers(2, 9), floats(2, 9)),
  of('DenseBincount', 'rows of nothing', dense(6), whole([2, 0], []), floats(0)),
]

const sums =
  (count: number): Fn =>
  (x, ids) =>
    tf.unsortedSegmentSum(x, ids as tf.Tensor1D, count)

const segments: OpCase[] = [
  of('UnsortedSegmentSum', 'rank 1', sums(4), floats(6), whole([6], [0, 3, 3, 1, 0, 3])),
  of('UnsortedSegmentSum', 'rank 2', sums(3), floats(4, 3), whole([4], [2, 0, 2, 2])),
  of('UnsortedSegmentSum', 'rank 3', sums(2), floats(3, 2, 2), whole([3], [1, 0, 1])),
  of(
    'UnsortedSegmentSum',
    'ids without segment',
    sums(3),
    floats(6, 2),
    whole([6], [-1, 3, 9, 2, -7, 0]),
  ),
  of('UnsortedSegmentSum', 'of ints', sums(3), ints(4), whole([4], [1, 1, 2, -1])),
  of('UnsortedSegmentSum', 'of nothing', sums(3), floats(0, 2), noInts),
  of(
    'UnsortedSegmentSum',
    'gradient of a gather',
    (x, ids) => tf.grad((y) => tf.square(tf.gather(y, ids as tf.Tensor1D)))(x),
    floats(5, 2),
    whole([4], [0, 3, 3, 1]),
  ),
  of(
    'UnsortedSegmentSum',
    'gradient',
    (x, ids) => tf.grad((y) => tf.square(tf.unsortedSegmentSum(y, ids as tf.Tensor1D, 2)))(x),
    floats(4, 2),
    whole([4], [0, -1, 1, 1]),
  ),
]

export const segment: readonly OpCase[] = [...counts, ...segments]

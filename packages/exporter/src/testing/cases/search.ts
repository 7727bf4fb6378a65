// Op cases of the search lowerings.
import * as tf from '@tensorflow/tfjs-core'
import {
  bools,
  type CaseTensor,
  type Fn,
  floats,
  ints,
  of,
  type OpCase,
  positives,
  tensor,
} from './case.js'
import { runKernel } from './unrun.js'

const both =
  (k: number, sorted = true): Fn =>
  (x) => {
    const { values, indices } = tf.topk(x, k, sorted)
    return [values, indices]
  }

const topK: OpCase[] = [
  of('TopK', 'of rows', both(2), floats(3, 5)),
  of('TopK', 'of rank 3', both(3), floats(2, 3, 4)),
  of('TopK', 'all', both(6), floats(6)),
  of('TopK', 'the lower index first', both(4), tensor([2, 5], [1, 3, 3, 1, 3, 2, 2, 2, 2, 2])),
  of('TopK', 'int32', both(3), ints(2, 7)),
  of('TopK', 'bool', both(3), bools(5)),
  of('TopK', 'infinity', both(3), tensor([4], [-Infinity, 2, Infinity, -Infinity])),
  of('TopK', 'none', both(0), floats(3)),
  of('TopK', 'no rows', both(2), floats(0, 3)),
  of('TopK', 'all, in any order', (x) => tf.sum(tf.topk(x, 3, false).values), positives(5)),
]

const sorted: CaseTensor = tensor([2, 5], [-1, 0, 2, 2, 7, -3, -3, -3, 4, 9])
const sought: CaseTensor = tensor([2, 4], [2, -5, 8, 7, -3, 9, Infinity, Number.NaN])

const whole = ({ dims, values }: CaseTensor): CaseTensor => ({
  dims,
  values: values.map((value) => (Number.isFinite(value) ? value : 0)),
  dataType: 'int32',
})

const places: OpCase[] = (['left', 'right'] as const).flatMap((side) => {
  const fn: Fn = (rows, values) => tf.searchSorted(rows, values, side)
  return [
    of('SearchSorted', `${side} of floats`, fn, sorted, sought),
    of('SearchSorted', `${side} of ints`, fn, whole(sorted), whole(sought)),
    of('SearchSorted', `${side} of rank 1`, fn, tensor([3], [1, 2, 3]), tensor([2], [2, 5])),
  ]
})

const bounds = (['LowerBound', 'UpperBound'] as const).map((kernel) =>
  of(
    kernel,
    'of rows',
    (sortedSequence, values) => runKernel(kernel, { sortedSequence, values }),
    sorted,
    sought,
  ),
)

export const search: readonly OpCase[] = [...topK, ...places, ...bounds]

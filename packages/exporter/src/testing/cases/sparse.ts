// Op cases of the sparse lowerings.
import * as tf from '@tensorflow/tfjs-core'
import { type CaseTensor, of, type OpCase } from './case.js'

const whole = (dims: readonly number[], values: readonly number[]): CaseTensor => ({
  dims,
  values,
  dataType: 'int32',
})

const reshaped: OpCase['fn'] = (indices, shape, newShape) => {
  const result = tf.sparse.sparseReshape(
    indices as tf.Tensor2D,
    shape as tf.Tensor1D,
    newShape as tf.Tensor1D,
  )
  return [result['outputIndices'], result['outputShape']] as tf.Tensor[]
}

const entries = whole([4, 3], [0, 0, 0, 0, 1, 2, 1, 0, 1, 1, 2, 3])

export const sparse: readonly OpCase[] = [
  of(
    'SparseReshape',
    'to known sizes',
    reshaped,
    entries,
    whole([3], [2, 3, 4]),
    whole([2], [4, 6]),
  ),
  of('SparseReshape', 'to -1', reshaped, entries, whole([3], [2, 3, 4]), whole([2], [-1, 8])),
  of(
    'SparseReshape',
    'no entries',
    reshaped,
    whole([0, 2], []),
    whole([2], [0, 4]),
    whole([2], [0, 7]),
  ),
]

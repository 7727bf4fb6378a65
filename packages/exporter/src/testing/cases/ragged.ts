// Op cases of the ragged lowerings.
import * as tf from '@tensorflow/tfjs-core'
import { floats, indices, ints, of, type OpCase, tensor } from './case.js'

const range: OpCase['fn'] = (starts, limits, deltas) => {
  const result = tf.raggedRange(starts, limits, deltas)
  return [result['rtNestedSplits'], result['rtDenseValues']] as tf.Tensor[]
}

const gather: OpCase['fn'] = (values, which, ...splits) => {
  const { outputNestedSplits, outputDenseValues } = tf.raggedGather(
    splits,
    values,
    ...([which, splits.length + which.rank - 1] as const),
  )
  return [...outputNestedSplits, outputDenseValues]
}

/** The shape is an input, or known. */
const dense =
  (types: readonly string[], shape?: tf.TensorLike): OpCase['fn'] =>
  (values, ...inputs) => {
    const sizes = shape ?? inputs.at(-1)
    const partitions = inputs.slice(0, types.length)
    const padding = values.dtype === 'int32' ? 7 : 1.5
    return tf.raggedTensorToTensor(sizes as tf.Tensor, values, padding, partitions, [...types])
  }

const BY_SPLITS = ['ROW_SPLITS', 'ROW_SPLITS']
const BY_IDS = ['FIRST_DIM_SIZE', 'VALUE_ROWIDS', 'VALUE_ROWIDS']

const splits = indices([5], [0, 3, 3, 7, 9])
const outer = indices([6], [0, 1, 3, 3, 5, 6])
const inner = indices([7], [0, 0, 2, 3, 5, 8, 9])

export const ragged: readonly OpCase[] = [
  of(
    'RaggedRange',
    'whole numbers',
    range,
    indices([5], [0, 5, 8, 5, 3]),
    indices([5], [8, 7, 8, 1, 4]),
    indices([5], [2, 1, 1, -1, 5]),
  ),
  of(
    'RaggedRange',
    'numbers that float32 would count as one less',
    range,
    tensor([2], [0, 1]),
    tensor([2], [0.3, 1.25]),
    tensor([2], [0.1, 0.05]),
  ),
  of(
    'RaggedRange',
    'one step',
    range,
    indices([3], [0, 5, 8]),
    indices([3], [8, 7, 8]),
    indices([], [1]),
  ),
  of('RaggedRange', 'scalars', range, tensor([], [0.5]), tensor([], [5]), tensor([], [1])),
  of(
    'RaggedRange',
    'one start',
    range,
    indices([], [1]),
    indices([3], [8, 1, 0]),
    indices([], [3]),
  ),
  of(
    'RaggedRange',
    'empty ranges',
    range,
    indices([2], [4, 8]),
    indices([2], [4, 7]),
    indices([], [1]),
  ),
  of('RaggedRange', 'no ranges', range, ints(0), ints(0), ints(0)),
  of('RaggedGather', 'rows', gather, floats(9), indices([4], [2, 1, 0, 3]), splits),
  of('RaggedGather', 'rows of vectors', gather, floats(9, 2), indices([3], [2, 2, 1]), splits),
  of('RaggedGather', 'rows of rows', gather, ints(9), indices([5], [2, 1, 0, 2, 3]), outer, inner),
  of(
    'RaggedGather',
    'indices of rank 2',
    gather,
    floats(9),
    indices([2, 3], [2, 1, 0, 3, 3, 0]),
    splits,
  ),
  of('RaggedGather', 'a row', gather, floats(9), indices([], [2]), splits),
  of('RaggedGather', 'empty rows', gather, floats(9), indices([2], [1, 1]), splits),
  of('RaggedGather', 'no rows', gather, floats(9, 2), indices([0], []), outer, inner),
  ...[
    { name: 'a known shape', shape: [6, 2, 3] },
    { name: 'a shape that cuts', shape: [4, 1, 2] },
    { name: 'a shape without sizes', shape: [-1, -1, -1] },
    { name: 'a shape of one size', shape: [3, 3, 3] },
    { name: 'an empty shape', shape: [4, 0, 2] },
  ].flatMap(({ name, shape }) => [
    of(
      'RaggedTensorToTensor',
      `by splits, ${name}`,
      dense(BY_SPLITS, shape),
      floats(9),
      outer,
      inner,
    ),
    of(
      'RaggedTensorToTensor',
      `by rows, ${name}`,
      dense(BY_IDS, shape),
      ints(9),
      indices([], [5]),
      indices([6], [0, 1, 1, 3, 3, 4]),
      indices([9], [1, 1, 2, 3, 3, 4, 4, 4, 5]),
    ),
  ]),
  of(
    'RaggedTensorToTensor',
    'a shape that is an input',
    dense(['ROW_SPLITS']),
    floats(9),
    splits,
    indices([2], [5, -1]),
  ),
  of(
    'RaggedTensorToTensor',
    'rows of vectors',
    dense(['ROW_SPLITS'], [3, 5, 2]),
    floats(9, 2),
    splits,
  ),
  of(
    'RaggedTensorToTensor',
    'by rows, none of them',
    dense(['FIRST_DIM_SIZE', 'VALUE_ROWIDS'], [2, 2]),
    floats(0),
    indices([], [2]),
    indices([0], []),
  ),
  of(
    'RaggedTensorToTensor',
    'by splits, no rows',
    dense(['ROW_SPLITS'], [2, 2]),
    floats(0),
    indices([1], [0]),
  ),
]

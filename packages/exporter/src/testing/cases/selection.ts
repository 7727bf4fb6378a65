// Op cases of the selecting lowerings.
import * as tf from '@tensorflow/tfjs-core'
import { bools, type CaseTensor, indices, of, type OpCase, tensor } from './case.js'

const unique =
  (axis = 0): OpCase['fn'] =>
  (x) => {
    const { values, indices: which } = tf.unique(x, axis)
    return [values, which]
  }

const whole = indices([8], [5, -3, 5, 2, 2, 7, -3, 0])
const real = tensor([9], [1.5, NaN, -0, 0, Infinity, NaN, 1.5, -Infinity, 0])
const rows = tensor([4, 3], [1, 2, 3, 4, 5, 6, 1, 2, 3, 0, NaN, 0])
const columns = indices([2, 5], [1, 2, 1, 3, 2, 4, 5, 4, 6, 0])
const cube = indices([2, 2, 3], [7, 8, 7, 1, 2, 1, 0, 4, 0, 5, 5, 5])

/** Three clusters, some boxes with swapped corners, and scores of which two are the same. */
const boxes = tensor(
  [7, 4],
  [
    ...[0, 0, 1, 1],
    ...[0, 0.1, 1, 1.1],
    ...[1, 0.9, 0, -0.1],
    ...[0, 10, 1, 11],
    ...[0, 11.1, 1, 10.1],
    ...[0, 100, 1, 101],
    ...[0, 200, 1, 200],
  ],
)
const scores = tensor([7], [0.9, 0.75, 0.6, 0.95, 0.5, 0.3, 0.3])
const halves = tensor([3, 4], [0, 0, 1, 1, 0, 0, 1, 0.5, 0, 5, 1, 6])

const select =
  (most: number, overlap?: number, score?: number): OpCase['fn'] =>
  (x, y) =>
    tf.image.nonMaxSuppression(x as tf.Tensor2D, y as tf.Tensor1D, most, overlap, score)

const pad =
  (most: number, overlap: number, score: number, padded: boolean): OpCase['fn'] =>
  (x, y) => {
    const { selectedIndices, validOutputs } = tf.image.nonMaxSuppressionPadded(
      x as tf.Tensor2D,
      y as tf.Tensor1D,
      ...([most, overlap, score, padded] as const),
    )
    return [selectedIndices, validOutputs] as tf.Tensor[]
  }

const score =
  (most: number, least?: number): OpCase['fn'] =>
  (x, y) => {
    const result = tf.image.nonMaxSuppressionWithScore(
      x as tf.Tensor2D,
      y as tf.Tensor1D,
      ...([most, 0.5, least, 0] as const),
    )
    return [result['selectedIndices'], result['selectedScores']] as tf.Tensor[]
  }

const none: readonly CaseTensor[] = [tensor([0, 4], []), tensor([0], [])]
const single: readonly CaseTensor[] = [tensor([1, 4], [0, 0, 1, 1]), tensor([1], [-Infinity])]

export const selection: readonly OpCase[] = [
  of('Unique', 'whole numbers', unique(), whole),
  of('Unique', 'NaN, infinities and both zeros', unique(), real),
  of('Unique', 'booleans', unique(), bools(6)),
  of('Unique', 'rows', unique(), rows),
  of('Unique', 'columns', unique(-1), columns),
  of('Unique', 'in the middle', unique(1), cube),
  of('Unique', 'at the end', unique(2), cube),
  of('Unique', 'of none', unique(), tensor([0], [])),
  of('Unique', 'of rows without columns', unique(), tensor([3, 0], [])),
  of('NonMaxSuppressionV3', 'clusters', select(20), boxes, scores),
  of('NonMaxSuppressionV3', 'at most two', select(2), boxes, scores),
  of('NonMaxSuppressionV3', 'a threshold that a score has', select(7, 0.5, 0.75), boxes, scores),
  of(
    'NonMaxSuppressionV3',
    'an overlap of just the threshold',
    select(3),
    halves,
    tensor([3], [3, 2, 1]),
  ),
  of(
    'NonMaxSuppressionV3',
    'a threshold between a score and the float32 below',
    select(7, 0.5, 0.3),
    boxes,
    scores,
  ),
  of('NonMaxSuppressionV3', 'no overlap at all', select(7, 0), boxes, scores),
  of('NonMaxSuppressionV3', 'any overlap but the whole', select(7, 1), boxes, scores),
  of('NonMaxSuppressionV3', 'no score high enough', select(7, 0.5, 2), boxes, scores),
  of('NonMaxSuppressionV3', 'a box that is masked', select(7), ...single),
  of('NonMaxSuppressionV3', 'no boxes', select(7), ...none),
  of('NonMaxSuppressionV4', 'padded', pad(5, 0.5, 0.4, true), boxes, scores),
  of('NonMaxSuppressionV4', 'not padded', pad(5, 0.5, 0, false), boxes, scores),
  of('NonMaxSuppressionV4', 'no boxes', pad(5, 0.5, 0, true), ...none),
  of('NonMaxSuppressionV5', 'clusters', score(7), boxes, scores),
  of('NonMaxSuppressionV5', 'none selected', score(7, 1), boxes, scores),
]

// Op cases of the movement lowerings.
import * as tf from '@tensorflow/tfjs-core'
import { floats, ints, of, type OpCase, positives, unaryCase } from './case.js'

export const movement: OpCase[] = [
  of('Concat', 'last axis', (a, b) => tf.concat([a, b], -1), floats(2, 3), floats(2, 2)),
  of('ExpandDims', 'last', (x) => tf.expandDims(x, -1), floats(2, 3)),
  of('Fill', 'added', (x) => tf.add(x, tf.fill([4, 1], 2)), floats(3)),
  of('Fill', 'alone', () => tf.fill([2, 3], 7, 'int32'), floats(1)),
  of('Identity', 'clone', (x) => tf.clone(x), floats(3)),
  of('OnesLike', 'of ints', (x) => tf.onesLike(x), ints(2, 2)),
  of('Pack', 'axis 1', (a, b) => tf.stack([a, b], 1), floats(2, 3), positives(2, 3)),
  of(
    'PadV2',
    'with 2',
    (x) =>
      tf.pad(
        x,
        [
          [1, 0],
          [2, 3],
        ],
        2,
      ),
    floats(2, 3),
  ),
  of('Reshape', 'to [3, -1]', (x) => tf.reshape(x, [3, -1]), floats(2, 6)),
  of('Slice', 'to the end', (x) => tf.slice(x, [1, 0], [-1, 2]), floats(3, 4)),
  of('Slice', 'whole', (x) => tf.slice(x, [0, 0], [3, 4]), floats(3, 4)),
  of('SplitV', 'even', (x) => tf.split(x, 3, 1), floats(2, 6)),
  of('SplitV', 'sizes', (x) => tf.split(x, [1, -1, 2], -1), floats(2, 6)),
  of('Tile', 'twice', (x) => tf.tile(x, [2, 1]), floats(2, 3)),
  of('Transpose', 'turned', (x) => tf.transpose(x, [2, 0, 1]), floats(2, 3, 4)),
  of('Unpack', 'axis 1', (x) => tf.unstack(x, 1), floats(2, 3)),
  of('ZerosLike', 'of floats', (x) => tf.zerosLike(x), floats(2, 2)),
  unaryCase('Softmax', (x) => tf.softmax(x), floats(3, 5)),
]

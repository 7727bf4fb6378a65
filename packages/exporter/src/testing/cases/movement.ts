// Op cases of the lowerings that give data another shape and join it.
import * as tf from '@tensorflow/tfjs-core'
import { bools, floats, ints, of, type OpCase, positives } from './case.js'
import { runKernel } from './unrun.js'

const broadcastTo: OpCase[] = [floats(1, 3), ints(4, 1), bools(4, 3)].map((input) =>
  of(
    'BroadcastTo',
    `[${input.dims.join(', ')}] of ${input.dataType}`,
    (x) => runKernel('BroadcastTo', { x }, { shape: [4, 3], inputShape: x.shape }),
    input,
  ),
)

const joined: OpCase[] = [
  of('Concat', 'last axis', (a, b) => tf.concat([a, b], -1), floats(2, 3), floats(2, 2)),
  of('Concat', 'int32', (a, b) => tf.concat([a, b], 0), ints(2, 3), ints(1, 3)),
  of('Concat', 'bool', (a, b) => tf.concat([a, b]), bools(4), bools(3)),
  of('Concat', 'one empty', (a, b) => tf.concat([a, b], 1), floats(2, 0), floats(2, 3)),
  of('Concat', 'all empty', (a, b) => tf.concat([a, b], 0), floats(0, 3), floats(0, 3)),
  of('Concat', 'empty elsewhere', (a, b) => tf.concat([a, b], 0), floats(2, 0), floats(1, 0)),
  of('Concat', 'ones', (a) => tf.concat([tf.onesLike(a), tf.ones([1, 3])], 0), floats(2, 3)),
  of('Concat', 'ones and others', (a) => tf.concat([tf.ones([1, 3]), a], 0), floats(2, 3)),
  of('Pack', 'axis 1', (a, b) => tf.stack([a, b], 1), floats(2, 3), positives(2, 3)),
  of('Pack', 'last axis of bool', (a, b) => tf.stack([a, b], -1), bools(2, 3), bools(2, 3)),
  of('Pack', 'scalars', (a, b) => tf.stack([a, b]), floats(), positives()),
  of('Pack', 'one', (a) => tf.stack([a]), ints(2)),
  of('Pack', 'empty', (a, b) => tf.stack([a, b]), floats(0, 3), floats(0, 3)),
]

const reshaped: OpCase[] = [
  of('Reshape', 'to [3, -1]', (x) => tf.reshape(x, [3, -1]), floats(2, 6)),
  of('Reshape', 'to a scalar', (x) => tf.reshape(x, []), ints(1, 1)),
  of('Reshape', 'of a scalar', (x) => tf.reshape(x, [1, 1]), bools()),
  of('Reshape', 'of none', (x) => tf.reshape(x, [3, 0]), floats(0, 2)),
  of('Reshape', 'of none, used', (x) => tf.sum(tf.reshape(x, [0, 3]), 0), floats(3, 0)),
  of('ExpandDims', 'last', (x) => tf.expandDims(x, -1), floats(2, 3)),
  of('ExpandDims', 'first of bool', (x) => tf.expandDims(x, 0), bools(3)),
  of('ExpandDims', 'scalar', (x) => tf.expandDims(x), ints()),
  of('Identity', 'clone', (x) => tf.clone(x), floats(3)),
  of('Identity', 'clone of none', (x) => tf.clone(x), bools(0, 2)),
]

export const movement: readonly OpCase[] = [
  ...broadcastTo,
  ...joined,
  ...reshaped,
  of('Tile', 'twice', (x) => tf.tile(x, [2, 1]), floats(2, 3)),
  of('Tile', 'int32', (x) => tf.tile(x, [1, 3]), ints(2, 2)),
  of('Tile', 'bool', (x) => tf.tile(x, [2]), bools(3)),
  of('Tile', 'not at all', (x) => tf.tile(x, [1, 1]), floats(2, 3)),
  of('Tile', 'to nothing', (x) => tf.tile(x, [0, 2]), floats(2, 3)),
  of('Tile', 'zeros', (x) => tf.tile(tf.zerosLike(x), [2, 2]), floats(2, 3)),
  of('Transpose', 'turned', (x) => tf.transpose(x, [2, 0, 1]), floats(2, 3, 4)),
  of('Transpose', 'backwards', (x) => tf.transpose(x), ints(2, 3)),
  of('Transpose', 'bool', (x) => tf.transpose(x, [0, 2, 1]), bools(2, 2, 3)),
  of('Transpose', 'rank 6', (x) => tf.transpose(x, [5, 0, 4, 1, 3, 2]), floats(1, 2, 3, 2, 1, 2)),
  of('Transpose', 'none', (x) => tf.transpose(x, [1, 0]), floats(0, 3)),
  of('Transpose', 'ones', (x) => tf.transpose(tf.onesLike(x), [1, 0]), floats(2, 3)),
]

// Op cases of the lowerings that make tensors.
import * as tf from '@tensorflow/tfjs-core'
import { bools, floats, indices, ints, of, type OpCase, tensor } from './case.js'
import { runKernel } from './unrun.js'

const nonFinite = tensor([3], [Number.NaN, Infinity, -1])

const oneHot: OpCase[] = [
  of('OneHot', 'of rank 1', (x) => tf.oneHot(x, 3), indices([4], [0, 2, 1, 2])),
  of('OneHot', 'of rank 2', (x) => tf.oneHot(x, 4), indices([2, 2], [3, 0, 1, 2])),
  of('OneHot', 'of a scalar', (x) => tf.oneHot(x, 3), indices([], [1])),
  of('OneHot', 'of none', (x) => tf.oneHot(x, 3), indices([0], [])),
  of('OneHot', 'nowhere', (x) => tf.oneHot(x, 3), indices([4], [-1, -3, 3, 1])),
  of('OneHot', 'float32', (x) => tf.oneHot(x, 3, 1, 0, 'float32'), indices([2], [0, 2])),
  of('OneHot', 'own values', (x) => tf.oneHot(x, 3, 2.5, -1.5, 'float32'), indices([2], [0, 2])),
  of('OneHot', 'own int32', (x) => tf.oneHot(x, 3, 5, -7), indices([2], [0, 2])),
  of('OneHot', 'bool', (x) => tf.oneHot(x, 3, 1, 0, 'bool'), indices([2], [0, 2])),
  of('OneHot', 'bool off', (x) => tf.oneHot(x, 3, 0, 1, 'bool'), indices([2], [0, 2])),
]

const diag: OpCase[] = [
  of('Diag', 'of rank 1', (x) => tf.diag(x), floats(3)),
  of('Diag', 'of rank 2', (x) => tf.diag(x), ints(2, 3)),
  of('Diag', 'bool', (x) => tf.diag(x), bools(3)),
  of('Diag', 'not finite', (x) => tf.diag(x), nonFinite),
]

const band = (numLower: number, numUpper: number) => (input: tf.Tensor) =>
  runKernel('MatrixBandPart', {
    input,
    numLower: tf.scalar(numLower, 'int32'),
    numUpper: tf.scalar(numUpper, 'int32'),
  })

const bandPart: OpCase[] = [
  of('MatrixBandPart', 'lower and upper', band(1, 2), floats(4, 5)),
  of('MatrixBandPart', 'lower triangle', band(-1, 0), floats(2, 3, 3)),
  of('MatrixBandPart', 'upper triangle', band(0, -1), ints(3, 4)),
]

const broadcastArgs: OpCase[] = [
  of('BroadcastArgs', 'equal', tf.broadcastArgs, indices([2], [3, 1]), indices([2], [1, 4])),
  of('BroadcastArgs', 'shorter', tf.broadcastArgs, indices([1], [5]), indices([3], [2, 3, 1])),
  of('BroadcastArgs', 'zero', tf.broadcastArgs, indices([1], [0]), indices([2], [2, 1])),
]

export const creation: readonly OpCase[] = [
  ...bandPart,
  ...broadcastArgs,
  ...diag,
  ...oneHot,
  of('Fill', 'added', (x) => tf.add(x, tf.fill([4, 1], 2)), floats(3)),
  of('Fill', 'alone', () => tf.fill([2, 3], 7, 'int32'), floats(1)),
  of('Fill', 'scalar', () => tf.fill([], -2.5), floats(1)),
  of('Fill', 'none', () => tf.fill([0, 2], 1), floats(1)),
  of('Fill', 'bool', () => tf.fill([2], 1, 'bool'), floats(1)),
  of('Fill', 'infinity', () => tf.fill([2], -Infinity), floats(1)),
  of('OnesLike', 'of ints', (x) => tf.onesLike(x), ints(2, 2)),
  of('OnesLike', 'of none', (x) => tf.onesLike(x), bools(0)),
  of('ZerosLike', 'of floats', (x) => tf.zerosLike(x), floats(2, 2)),
  of('ZerosLike', 'of a bool', (x) => tf.zerosLike(x), bools()),
]

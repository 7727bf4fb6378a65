// Op cases of the lowerings of arithmetic on several tensors.
import * as tf from '@tensorflow/tfjs-core'
import { binaryCases, bools, floats, ints, of, type OpCase, positives } from './case.js'
import { eachPair, edges, real, whole, wholeEdges } from './edges.js'

const small = whole([-5, -3, -1, 0, 1, 2, 6])
const signed = real([-7.5, -3, -0.3, 0.1, 0.3, 2, 5.5])

export const arithmetic: OpCase[] = [
  ...binaryCases('Add', tf.add),
  ...eachPair('Add', tf.add, [edges, wholeEdges]),
  of('Add', 'float and int', (a, b) => tf.add(a, b), floats(2, 3), ints(3)),
  of('Add', 'empty', (a, b) => tf.add(a, b), floats(0, 3), floats(3)),
  of('AddN', 'three', (a, b, c) => tf.addN([a, b, c]), floats(4), floats(4), positives(4)),
  of('AddN', 'of int', (a, b) => tf.addN([a, b]), ints(4), ints(4)),
  ...binaryCases('Atan2', tf.atan2),
  ...eachPair('Atan2', tf.atan2, [edges, small]),
  ...binaryCases('FloorDiv', tf.floorDiv),
  ...eachPair('FloorDiv', tf.floorDiv, [edges, signed, wholeEdges]),
  of('FloorDiv', 'tf.div of int', (a, b) => tf.div(a, b), ints(2, 3), whole([2, 0, -1])),
  of('FloorDiv', 'by one number', (a) => tf.floorDiv(a, tf.scalar(2, 'int32')), ints(7)),
  ...binaryCases('Maximum', tf.maximum),
  ...eachPair('Maximum', tf.maximum, [edges, wholeEdges]),
  of('Maximum', 'of bool', (a, b) => tf.maximum(a, b), bools(2, 3), bools(3)),
  ...binaryCases('Minimum', tf.minimum),
  ...eachPair('Minimum', tf.minimum, [edges, wholeEdges]),
  of('Minimum', 'of bool', (a, b) => tf.minimum(a, b), bools(2, 3), bools(3)),
  ...binaryCases('Mod', tf.mod),
  ...eachPair('Mod', tf.mod, [edges, signed, wholeEdges]),
  ...[0, -1, 3].map((divisor) =>
    of('Mod', `by ${divisor}`, (a) => tf.mod(a, tf.scalar(divisor, 'int32')), wholeEdges),
  ),
  ...binaryCases('Multiply', tf.mul),
  ...eachPair('Multiply', tf.mul, [edges, small]),
  of('Multiply', 'of bool', (a, b) => tf.mul(a, b), bools(2, 3), bools(3)),
  of('Multiply', 'ones only broadcast', (x) => tf.mul(x, tf.ones([3, 2, 4])), floats(2, 1)),
  of('Multiply', 'ones first', (x) => tf.mul(tf.ones([2, 3]), x), floats(2, 3)),
  ...binaryCases('Pow', tf.pow, positives),
  ...eachPair('Pow', tf.pow, [real([-2.5, -1, 0, 0.5, 1, 3, NaN, Infinity]), small]),
  of('Pow', 'of one number', (x) => tf.pow(x, 3), floats(2, 3)),
  ...binaryCases('RealDiv', tf.div, positives),
  ...eachPair('RealDiv', tf.div, [edges]),
  of('RealDiv', 'by 1', (x) => tf.div(x, 1), floats(2, 3)),
  of('RealDiv', 'of bool', (a, b) => tf.div(a, b), bools(3), bools(3)),
  ...binaryCases('SquaredDifference', tf.squaredDifference),
  ...eachPair('SquaredDifference', tf.squaredDifference, [edges, small]),
  ...binaryCases('Sub', tf.sub),
  ...eachPair('Sub', tf.sub, [edges, wholeEdges]),
]

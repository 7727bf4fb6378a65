// Op cases of comparisons, booleans and bits.
import * as tf from '@tensorflow/tfjs-core'
import { binaryCases, bools, floats, ints, of, type OpCase, positives } from './case.js'
import { eachPair, edges, wholeEdges } from './edges.js'
import { runKernel } from './unrun.js'

type Binary = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor

const flags = { ...bools(2), values: [0, 1] }

const comparison = (kernel: OpCase['kernel'], fn: Binary): OpCase[] => [
  ...binaryCases(kernel, fn, ints),
  ...eachPair(kernel, fn, [edges, wholeEdges, flags]),
  of(kernel, 'float and int', (a, b) => fn(a, b), floats(2, 3), ints(3)),
]

const where = (c: tf.Tensor, t: tf.Tensor, e: tf.Tensor) => tf.where(c, t, e)

export const logic: OpCase[] = [
  ...binaryCases('BitwiseAnd', tf.bitwiseAnd, ints).slice(0, 1),
  of('BitwiseAnd', 'edges', (a, b) => tf.bitwiseAnd(a, b), wholeEdges, {
    ...wholeEdges,
    values: [...wholeEdges.values].reverse(),
  }),
  ...comparison('Equal', tf.equal),
  ...comparison('Greater', tf.greater),
  ...comparison('GreaterEqual', tf.greaterEqual),
  ...comparison('Less', tf.less),
  ...comparison('LessEqual', tf.lessEqual),
  ...comparison('NotEqual', tf.notEqual),
  ...binaryCases('LogicalAnd', tf.logicalAnd, bools),
  of('LogicalNot', 'of bool', (x) => tf.logicalNot(x), bools(4)),
  of('LogicalNot', 'empty', (x) => tf.logicalNot(x), bools(0, 2)),
  ...binaryCases('LogicalOr', tf.logicalOr, bools),
  of('LogicalOr', 'tf.logicalXor', (a, b) => tf.logicalXor(a, b), bools(2, 3), bools(3)),
  ...binaryCases('LogicalXor', (a, b) => runKernel('LogicalXor', { a, b }), bools),
  of('Select', 'same shapes', where, bools(2, 3), floats(2, 3), positives(2, 3)),
  of('Select', 'broadcast', where, bools(3), floats(2, 1), floats()),
  of('Select', 'of int', where, bools(2, 3), ints(2, 3), ints(3)),
  of('Select', 'of int and float', where, bools(2, 3), ints(2, 3), floats(2, 3)),
  of('Select', 'of bool', where, bools(2, 3), bools(2, 3), bools(3)),
  of('Select', 'a number', (c, t) => tf.where(c, t, 0), bools(2, 3), floats(2, 3)),
]

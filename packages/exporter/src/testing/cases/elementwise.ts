// Op cases of the element-wise lowerings of one tensor.
import * as tf from '@tensorflow/tfjs-core'
import { bools, floats, ints, of, type OpCase, positives } from './case.js'
import { eachInput as each, edges, real, whole, wholeEdges } from './edges.js'

const reals = [floats(2, 3), floats(), floats(0, 2), edges]
const numbers = [...reals, ints(2, 3)]
/** Numbers that are no multiple of π / 2, near which a tangent is as large as one likes. */
const angles = real([-100, -2.5, -1, -0, 0, 1e-8, 0.5, 2, 30])
const beyond = real([3e9, -3e9, 5e9, 1e19, -1e30, 2147483648, 1e9])

export const elementwise: OpCase[] = [
  ...each('Abs', tf.abs, [...numbers, bools(3)]),
  ...each('Acos', tf.acos, numbers),
  ...each('Acosh', tf.acosh, numbers),
  ...each('Asin', tf.asin, numbers),
  ...each('Asinh', tf.asinh, numbers),
  ...each('Atan', tf.atan, numbers),
  ...each('Atanh', tf.atanh, numbers),
  ...each('Cast', (x) => tf.cast(x, 'int32'), [...reals, beyond, bools(3)]),
  ...each('Cast', (x) => tf.cast(x, 'bool'), [...reals, ints(6)]),
  ...each('Cast', (x) => tf.cast(x, 'float32'), [wholeEdges, bools(3)]),
  of('Cast', 'uniform', () => tf.cast(tf.fill([2], Number.NaN), 'int32'), floats(1)),
  ...each('Ceil', tf.ceil, reals),
  ...each('Cos', tf.cos, reals),
  ...each('Cosh', tf.cosh, reals),
  ...each('Erf', tf.erf, reals),
  ...each('Exp', tf.exp, [...numbers, bools(3)]),
  ...each('Expm1', tf.expm1, [...numbers, real([-1e-20, 1e-30, 1e-4, 88, 89, -20])]),
  ...each('Floor', tf.floor, reals),
  ...each('IsFinite', tf.isFinite, [...numbers, bools(3)]),
  ...each('IsInf', tf.isInf, [...numbers, bools(3)]),
  ...each('IsNan', tf.isNaN, [...numbers, bools(3)]),
  ...each('Log', tf.log, reals),
  ...each('Log1p', tf.log1p, [
    ...reals,
    positives(4),
    ints(4),
    real([1e-20, -1e-4, 1e30, -0.9999]),
  ]),
  ...each('Neg', tf.neg, [...numbers, wholeEdges]),
  ...each('Reciprocal', tf.reciprocal, [...reals, wholeEdges]),
  ...each('Round', tf.round, [...numbers, real([-3.5, 4.5, 5.5, 2.4999998])]),
  ...each('Rsqrt', tf.rsqrt, reals),
  ...each('Sign', tf.sign, [...numbers, wholeEdges, bools(3)]),
  ...each('Sin', tf.sin, reals),
  ...each('Sinh', tf.sinh, [...reals, whole([-2, 0, 3])]),
  ...each('Sqrt', tf.sqrt, reals),
  ...each('Square', tf.square, [...numbers, bools(3)]),
  ...each('Tan', tf.tan, [angles, floats(), floats(0)]),
  ...near('Expm1', tf.expm1),
  ...near('Log1p', tf.log1p),
]

/** What is small must be right by its own measure, not by that of 1. */
function near(kernel: OpCase['kernel'], fn: (x: tf.Tensor) => tf.Tensor): OpCase[] {
  return [of(kernel, 'near zero', (x) => tf.div(fn(x), x), real([1e-30, 1e-9, -1e-7, 3e-6, -1e-4]))]
}

// Op cases of the activation lowerings.
import * as tf from '@tensorflow/tfjs-core'
import { bools, floats, ints, of, type OpCase, positives } from './case.js'
import { eachInput as each, edges, wholeEdges } from './edges.js'

const numbers = [floats(2, 3), floats(), floats(0, 2), edges, ints(3, 1), wholeEdges]
const reals = [floats(2, 3), floats(), floats(0), edges]

export const activation: OpCase[] = [
  ...each('ClipByValue', (x) => tf.clipByValue(x, -0.5, 1.5), [...numbers]),
  of('ClipByValue', 'open above', (x) => tf.clipByValue(x, 0, Infinity), wholeEdges),
  ...each('Elu', tf.elu, reals),
  of('EluGrad', 'gradient', (x, dy) => tf.grad(tf.elu)(x, dy), floats(2, 3), positives(2, 3)),
  ...each('LeakyRelu', (x) => tf.leakyRelu(x, 0.3), numbers),
  of('Prelu', 'slopes of a channel', (x, a) => tf.prelu(x, a), floats(2, 3), positives(3)),
  of('Prelu', 'slopes beyond x', (x, a) => tf.prelu(x, a), floats(3), floats(2, 3)),
  of('Prelu', 'of int32', (x, a) => tf.prelu(x, a), ints(2, 3), ints(1, 3)),
  ...each('Relu', tf.relu, [...numbers, bools(3)]),
  ...each('Relu6', tf.relu6, [...numbers, bools(3)]),
  ...each('Selu', tf.selu, [...reals, ints(4)]),
  ...each('Sigmoid', tf.sigmoid, reals),
  ...each('Softplus', tf.softplus, [...reals, ints(4)]),
  ...each('Step', (x) => tf.step(x), [...numbers, bools(3)]),
  ...each('Step', (x) => tf.step(x, -1), numbers).map(named('otherwise -1')),
  ...each('Step', (x) => tf.step(x, 0.3), reals).map(named('otherwise 0.3')),
  ...each('Step', (x) => tf.step(x, 1e9), reals).map(named('otherwise very much')),
  ...each('Tanh', tf.tanh, reals),
]

function named(name: string) {
  return (opCase: OpCase): OpCase => ({ ...opCase, name: `${opCase.name}, ${name}` })
}

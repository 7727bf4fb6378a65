// Op cases of softmax and its logarithm.
import * as tf from '@tensorflow/tfjs-core'
import { floats, of, type OpCase, tensor, unaryCase } from './case.js'
import { runKernel } from './unrun.js'

const { Infinity: inf } = globalThis

const logSoftmax = (logits: tf.Tensor) => runKernel('LogSoftmax', { logits }, { axis: -1 })

export const softmaxes: readonly OpCase[] = [
  unaryCase('LogSoftmax', logSoftmax, floats(3, 5)),
  unaryCase('LogSoftmax', logSoftmax, floats(0, 5)),
  unaryCase('Softmax', (x) => tf.softmax(x), floats(3, 5)),
  unaryCase('Softmax', (x) => tf.softmax(x), floats(7)),
  unaryCase('Softmax', (x) => tf.softmax(x, 2), floats(2, 3, 4)),
  unaryCase('Softmax', (x) => tf.softmax(x), floats(0, 3)),
  unaryCase('Softmax', (x) => tf.softmax(x), floats(3, 0)),
  of('Softmax', 'far apart', (x) => tf.softmax(x), tensor([2, 3], [-1000, 0, 1000, 90, 90, 89])),
  of('Softmax', 'infinity', (x) => tf.softmax(x), tensor([2, 2], [-inf, 0, inf, 0])),
  of('Softmax', 'gradient', (x) => tf.grad((y) => tf.square(tf.softmax(y)))(x), floats(2, 3)),
]

import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { expect, it } from 'vitest'
import { residualBlock } from './residual.js'

it('adds conv_2(relu(conv_1(relu(h)))) to h', () => {
  const block = residualBlock('block', { channels: 1, blocks: 1 })
  const parameters = {
    // One pixel: only the centre of a kernel meets it.
    'block/conv_1/kernel': tf.tensor4d([0, 0, 0, 0, -2, 0, 0, 0, 0], [3, 3, 1, 1]),
    'block/conv_1/bias': tf.tensor1d([5]),
    'block/conv_2/kernel': tf.tensor4d([9, 9, 9, 9, 10, 9, 9, 9, 9], [3, 3, 1, 1]),
    'block/conv_2/bias': tf.tensor1d([0.5]),
  }
  const input = tf.tensor4d([-1, 1, 4], [3, 1, 1, 1])
  const output = block.apply(parameters, input)
  expect([...output.dataSync()]).toEqual([-1 + 50.5, 1 + 30.5, 4 + 0.5])
})

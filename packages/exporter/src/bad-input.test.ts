import { beforeAll, describe, expect, it, vi } from 'vitest'
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { exportOnnx, TraceError } from './index.js'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

describe('exportOnnx of bad input', () => {
  const line = (text: string) => new RegExp(`${text}.*bad-input\\.test\\.ts:\\d+:\\d+`)
  const kept: tf.Tensor[] = []
  const gone = tf.tensor1d([1])
  gone.dispose()
  it.each<[string, (x: tf.Tensor) => unknown, RegExp]>([
    [
      'reading values',
      (x) => (x.dataSync()[0] ? x : tf.neg(x)),
      line('reads the .*\\(dataSync at'),
    ],
    ['printing', (x) => (x.print(), x), line('reads the .*\\(print at')],
    ['waiting for values', async (x) => (await x.data(), x), line('reads the .*\\(data at')],
    ['an asynchronous function', async (x) => (await tf.nextFrame(), x), /returns a promise/],
    [
      'a mask of values',
      async (x) => tf.booleanMaskAsync(x, tf.greater(x, 0)),
      line('reads the .*\\(booleanMaskAsync at'),
    ],
    [
      'a kernel that draws',
      (x) => tf.multinomial(x as tf.Tensor2D, 2),
      line('draws random numbers \\(multinomial\\).*noiseInputs.*\\(multinomial at'),
    ],
    [
      'a logarithm of a size that depends on values',
      (x) => {
        const { values } = tf.unique(x)
        return tf.div(tf.sum(values), Math.log(values.size))
      },
      line('differs.*\\(div at'),
    ],
    [
      'soft suppression',
      (x) => {
        const scores = tf.sum<tf.Tensor1D>(x, 1)
        const soft = [9, 0.5, 0, 0.5] as const
        return tf.image.nonMaxSuppressionWithScore(x as tf.Tensor2D, scores, ...soft)
      },
      line('no soft suppression, got softNmsSigma 0.5.*\\(nonMaxSuppressionWithScore at'),
    ],
    [
      'waiting for a selection',
      async (x) => tf.image.nonMaxSuppressionAsync(x as tf.Tensor2D, tf.sum<tf.Tensor1D>(x, 1), 9),
      line('reads the .*tf.image.nonMaxSuppression.*\\(nonMaxSuppressionAsync at'),
    ],
    [
      'padding to what is open',
      (x) => {
        const scores = tf.sum<tf.Tensor1D>(x, 1)
        const padded = [200, 0.5, 0, true] as const
        return tf.image.nonMaxSuppressionPadded(x as tf.Tensor2D, scores, ...padded)
      },
      /^NonMaxSuppressionV4: pads its result to 200/,
    ],
    [
      'padding to little where there may be less',
      (x) => {
        const scores = tf.sum<tf.Tensor1D>(x, 1)
        const padded = [5, 0.5, 0, true] as const
        return tf.image.nonMaxSuppressionPadded(x as tf.Tensor2D, scores, ...padded)
      },
      /^NonMaxSuppressionV4: pads its result to 5/,
    ],
    [
      'a selection of a number of its own of the size',
      (x) => {
        const most = Math.floor(Math.sqrt(x.shape[0] ?? 0))
        return tf.image.nonMaxSuppression(x as tf.Tensor2D, tf.sum<tf.Tensor1D>(x, 1), most)
      },
      line('differs.*\\(nonMaxSuppression at'),
    ],
    [
      'a size that depends on values and does not fit',
      (x) => tf.reshape(tf.unique(x).values, [-1, 3]),
      /fails at batch = \d+, unique = \d+, got ".*multiples: { batch: 8 }/,
    ],
    [
      'random numbers',
      (x) => tf.add(x, tf.randomNormal([4])),
      line('randomNormal.*\\(randomNormal'),
    ],
    ['dropout', (x) => tf.dropout(x, 0.5, undefined, 3), line('dropout.* at')],
    [
      'values of Math.random',
      (x) => tf.mul(x, Math.random()),
      line('differs from trace.*\\(mul at'),
    ],
    [
      'a logarithm of the batch',
      (x) => tf.div(tf.sum(x), Math.log(x.size)),
      line('differs.*\\(div at'),
    ],
    [
      'a choice by the size',
      (x) => (x.shape[0] === 11 ? tf.neg(x) : tf.relu(x)),
      line('something else.*\\(neg at'),
    ],
    ['no result', () => undefined, /gives no tensors, got undefined/],
    ['a number', () => 3, /gives no tensors, got 3/],
    ['a number in a record', (x) => ({ x, y: 3 }), /got 3 as y/],
    ['nested results', (x) => [[x]], /got a list as output_0/],
    ['an empty record', () => ({}), /got nothing/],
    [
      'a tensor of an earlier call',
      (x) => (kept.push(tf.keep(tf.relu(x))), kept[0]),
      /earlier call/,
    ],
    ['a tensor that is gone', (x) => tf.mul(tf.add(x, gone), 2), line('disposed of.*\\(add at')],
    ['strings', (x) => (tf.tensor1d(['a']), x), line('got string')],
    ['a kernel of others', (x) => tf.engine().runKernel('Own', { x }), /^Own: this TensorFlow.js/],
    ['a size that it cannot take', (x) => tf.reshape(x, [-1, 3]), /fails at batch = \d+, got "/],
  ])('refuses %s', async (_, fn, message) => {
    const log = vi.spyOn(console, 'error').mockReturnValue()
    const attempt = exportOnnx(({ x }) => fn(x) as tf.Tensor, { x: ['batch', 4] })
    await expect(attempt).rejects.toThrow(TraceError)
    await expect(attempt).rejects.toThrow(message)
    await expect(attempt).rejects.not.toThrow(/\n/)
    log.mockRestore()
    expect(tf.getBackend()).toBe('cpu')
  })

  it.each<[string, object, object, RegExp]>([
    ['a name that is none', { 'my image': [3] }, {}, /expected one such as 'my_image'/],
    ['a shape that is none', { x: [-1] }, {}, /input x has no usable shape/],
    ['a null among the sizes', { x: [null, 64] }, {}, /input x has no usable shape.*'batch'/],
    ['a type in place of a shape', { x: 'float32' }, {}, /input x has no usable shape/],
    ['another word for a shape', { x: { shape: [3] } }, {}, /input x has no usable shape/],
    ['a tensor', { x: tf.ones([2, 3]) }, {}, /input x has no usable shape, got a Tensor/],
    [
      'another word for a type',
      { x: { dims: [3], dtype: 'int32' } },
      {},
      /unknown property, got dtype, expected dims and dataType/,
    ],
    ['a range of one size', { x: ['n'] }, { ranges: { n: [3, 3] } }, /unknown ranges, got .*3, ?3/],
    ['a range of no size', { x: [3] }, { ranges: { n: [1, 3] } }, /ranges of a size that no input/],
    ['an output named like an input', { x: [3] }, { outputs: ['x'] }, /x/],
    ['two outputs of one name', { x: [3] }, { outputs: ['a', 'a'] }, /a/],
    [
      'an opset that is none',
      { x: [3] },
      { opset: 12 },
      /unknown opset, got 12, expected 13 to 21/,
    ],
    ['multiples that are none', { x: [3] }, { multiples: { batch: 0 } }, /multiples of batch/],
  ])('refuses %s', async (_, inputs, options, message) => {
    const fn = (tensors: Record<string, tf.Tensor>) => {
      const [x] = Object.values(tensors)
      return x ? [tf.relu(x), tf.neg(x)] : []
    }
    const attempt = exportOnnx(fn as never, inputs as Record<string, number[]>, options)
    await expect(attempt).rejects.toThrow(TraceError)
    await expect(attempt).rejects.toThrow(message)
  })

  it('refuses what is no function and no model', async () => {
    await expect(exportOnnx(3 as never)).rejects.toThrow(/got 3, expected a function of tensors/)
  })
})

import { beforeAll, describe, expect, it } from 'vitest'
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { exportOnnx, TraceError } from './index.js'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

const attempt = (options: unknown, inputs: unknown = { x: [3] }) =>
  exportOnnx(({ x }: { x: tf.Tensor }) => tf.relu(x), inputs as { x: [3] }, options as object)

describe('exportOnnx', () => {
  it.each<[unknown, RegExp]>([
    [{ opset: '17' }, /^export: unknown opset, got '17', expected 13 to 21, as a number$/],
    [{ opset: 12 }, /^export: unknown opset, got 12, expected 13 to 21/],
    [{ opsets: 17 }, /^export: unknown option, got opsets, expected name, doc, opset, /],
    [{ toString: 17 }, /^export: unknown option, got toString, expected name/],
    [{ precision: 'fp16' }, /unknown precision, got 'fp16', expected 'float32' or 'float16'$/],
    [{ precision: 16 }, /unknown precision, got 16, expected/],
    [{ optimize: 'no' }, /unknown optimize, got 'no', expected true or false$/],
    [{ name: 3 }, /unknown name, got 3, expected text$/],
    [{ outputs: 'y' }, /unknown outputs, got 'y', expected a list of names$/],
    [{ symbolic: { height: 8 } }, /unknown symbolic, got {"height":8}, expected a list of names$/],
    [
      { multiples: { height: '8' } },
      /multiples of height are no whole number, got '8', expected one from 1$/,
    ],
    [{ metadata: { year: 2024 } }, /metadata, got {"year":2024}, expected text by name$/],
    [{ metadata: [] }, /metadata, got \[\], expected text by name$/],
    [{ externalAbove: Number.NaN }, /externalAbove, got NaN, expected a number of bytes from 0$/],
    [{ externalAbove: 10n }, /externalAbove, got 10, expected/],
    [null, /^export: unknown options, got null, expected an object such as { opset: 17 }$/],
    ['17', /^export: unknown options, got '17', expected an object/],
  ])('refuses options such as %o', async (options, message) => {
    await expect(attempt(options)).rejects.toThrow(TraceError)
    await expect(attempt(options)).rejects.toThrow(message)
  })

  it.each<[unknown, RegExp]>([
    [
      { x: 3 },
      /^export: input x has no usable shape, got 3, expected one such as \['batch', 784\]$/,
    ],
    [{ x: null }, /input x has no usable shape, got null/],
    [{ x: { dims: 'batch' } }, /input x has no usable shape, got 'batch'/],
    [{ x: { shape: [3] } }, /input x has no usable shape, got {"shape":\[3\]}/],
    [
      { x: { dims: [3], dataType: 'float64' } },
      /input x has no usable type, got 'float64', expected 'float32', 'int32' or 'bool'$/,
    ],
    [{ x: [null, 3] }, /input x has no usable shape, got \[null,3\]/],
    [{ x: tf.zeros([3]) }, /input x has no usable shape, got a Tensor, expected/],
    [{ x: [tf.zeros([3])] }, /input x has no usable shape, got \["Tensor"\], expected/],
    [null, /^export: unknown inputs, got null, expected shapes by name/],
    [[3], /^export: unknown inputs, got \[3\], expected shapes by name/],
  ])('refuses inputs such as %o', async (inputs, message) => {
    await expect(attempt({}, inputs)).rejects.toThrow(TraceError)
    await expect(attempt({}, inputs)).rejects.toThrow(message)
  })

  it('takes options that are left undefined', async () => {
    const { model } = await attempt({ opset: undefined, name: undefined, precision: undefined })
    expect(model.opsets['']).toBe(17)
  })
})

import { beforeAll, describe, expect, it } from 'vitest'
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { checkModel, createModel, encodeModel, printGraph } from '@anyvae/onnx'
import { nodeBackend } from '@anyvae/runtime-node'
import { TraceError, type TraceOptions, traceGraph, type Tensors } from './index.js'

const x = (tensors: Tensors): tf.Tensor => tensors['x'] as tf.Tensor

const one = (
  dims: readonly (number | string)[],
  rest: Partial<TraceOptions> = {},
): TraceOptions => ({
  inputs: { x: { dims } },
  outputs: ['y'],
  ...rest,
})

beforeAll(async () => {
  await tf.setBackend('cpu')
})

describe('traceGraph', () => {
  it('names nodes by scopes, keeps the batch symbolic and weights by name', () => {
    const weights = Float32Array.from({ length: 6 }, (_, i) => i / 3)
    const graph = traceGraph(
      (inputs, { w }) => ({
        y: tf.tidy('encoder/hidden', () =>
          tf.relu(tf.matMul(tf.reshape(x(inputs), [-1, 2]), w as tf.Tensor)),
        ),
      }),
      one(['batch', 2, 1], {
        name: 'encoder',
        parameters: { w: { dims: [2, 3], values: weights } },
      }),
    )
    checkModel(createModel(graph))
    expect(printGraph(graph)).toMatchInlineSnapshot(`
      "graph encoder(x: float32[batch, 2, 1]) -> (y: float32[batch, 3]) {
        w: float32[2, 3] = {0, 0.33333334, 0.6666667, 1, 1.3333334, 1.6666666}
        shape: int64[2] = {-1, 2}
        encoder_hidden_Reshape: float32[batch, 2] = Reshape(x, shape)
        encoder_hidden_MatMul: float32[batch, 3] = MatMul(encoder_hidden_Reshape, w)
        [encoder_hidden_Relu] y: float32[batch, 3] = Relu(encoder_hidden_MatMul)
      }"
    `)
  })

  it.each([
    [
      'a reshape that folds the batch',
      (t: tf.Tensor) => tf.reshape(tf.reshape(t, [t.shape[0] * 4, 1]), [-1, 4]),
      4,
    ],
    [
      'a tensor of zeros of the batch',
      (t: tf.Tensor) => tf.concat([t, tf.zeros([t.shape[0] ?? 0, 2])], 1),
      6,
    ],
    ['a mean over the batch', (t: tf.Tensor) => tf.mul(t, tf.div(tf.sum(t), t.size)), 4],
    [
      'a slice that ends with the batch',
      (t: tf.Tensor) => tf.slice(tf.concat([t, t], 0), [0, 0], [t.shape[0] ?? 0, 4]),
      4,
    ],
  ])('runs %s at any batch size', async (_, fn, width) => {
    const graph = traceGraph((inputs) => ({ y: fn(x(inputs)) }), one(['batch', 4]))
    const session = await nodeBackend.createSession(encodeModel(createModel(graph)))
    for (const batch of [1, 4, 9]) {
      const data = Float32Array.from({ length: batch * 4 }, (_, i) => i - 3)
      const { y } = await session.run({ x: { type: 'float32', dims: [batch, 4], data } })
      expect(y?.dims).toEqual([batch, width])
      const wanted = fn(tf.tensor2d(data, [batch, 4]))
      expect([...(y?.data as Float32Array)]).toEqual([...wanted.dataSync()])
    }
  })

  it('gives the user back the backend and leaves no tensors', () => {
    const before = tf.memory().numTensors
    traceGraph((inputs) => ({ y: tf.relu(x(inputs)) }), one([3]))
    expect(() =>
      traceGraph(
        () => {
          throw new Error('of the user')
        },
        one([3]),
      ),
    ).toThrow('of the user')
    expect(tf.getBackend()).toBe('cpu')
    expect(tf.memory().numTensors).toBe(before)
    expect([...tf.relu(tf.tensor1d([-1, 2])).dataSync()]).toEqual([0, 2])
  })

  it('takes tensors from outside as constants and does not move them', () => {
    const outside = tf.tensor1d([1, 2, 3])
    const graph = traceGraph((inputs) => ({ y: tf.add(x(inputs), outside) }), one([3]))
    expect(graph.initializers.map(({ name, dims }) => [name, dims])).toEqual([['captured', [3]]])
    expect([...outside.dataSync()]).toEqual([1, 2, 3])
  })

  it.each([
    ['draws of Math.random', (t: tf.Tensor) => tf.add(t, tf.randomNormal([1, 8])), /host/],
    [
      'seeded draws',
      (t: tf.Tensor) => tf.add(t, tf.randomNormal([1, 8], 0, 1, 'float32', 7)),
      /host/,
    ],
    ['seeded dropout', (t: tf.Tensor) => tf.dropout(t, 0.5, undefined, 3), /host/],
    [
      'a few seeded draws',
      (t: tf.Tensor) => tf.add(t, tf.randomNormal([8], 0, 1, 'float32', 7)),
      /randomNormal/,
    ],
    [
      'one whole draw',
      (t: tf.Tensor) => tf.add(t, tf.randomUniformInt([1], 0, 9, 7)),
      /randomUniformInt/,
    ],
    [
      'values that the host drew by itself',
      (t: tf.Tensor) => tf.add(t, Math.random()),
      /drawn at random/,
    ],
    [
      'a size that is neither affine nor periodic',
      (t: tf.Tensor) => tf.zeros([Math.ceil(Math.sqrt(t.shape[0] ?? 0))]),
      /differs from trace to trace/,
    ],
    [
      'values that are read',
      (t: tf.Tensor) => (t.dataSync()[0] ? t : tf.neg(t)),
      /reads the values/,
    ],
    [
      'a kernel without a lowering',
      (t: tf.Tensor) => tf.engine().runKernel<tf.Tensor>('Own', { t }),
      /^Own: this TensorFlow.js kernel/,
    ],
    ['results that are no tensors', () => 3 as never, /output y is no tensor/],
  ])('refuses %s', (_, fn, message) => {
    const attempt = () => traceGraph((inputs) => ({ y: fn(x(inputs)) }), one(['batch', 8]))
    expect(attempt).toThrow(TraceError)
    expect(attempt).toThrow(message)
  })

  it.each([
    ['an input named like an output', { y: { dims: [3] } }, /taken .*got 'y'/],
    [
      'an input that is no identifier',
      { 'my image': { dims: [3] } },
      /got 'my image', expected one such as 'my_image'/,
    ],
    [
      'a size that is none',
      { x: { dims: [-1, 2.5] } },
      /input x has no usable shape, got \[-1, 2.5\]/,
    ],
  ])('refuses %s', (_, inputs, message) => {
    const fn = (tensors: Tensors) => ({ y: tf.relu(Object.values(tensors)[0] as tf.Tensor) })
    expect(() => traceGraph(fn, { inputs, outputs: ['y'] })).toThrow(message)
  })

  it('names sizes so that they meet no other name', () => {
    const graph = traceGraph(
      (inputs) => {
        const padded = tf.concat([x(inputs), tf.zeros([x(inputs).shape[0] ?? 0, 2])], 1)
        return { y: tf.add(padded, inputs['batch_size'] as tf.Tensor) }
      },
      { inputs: { x: { dims: ['batch', 3] }, batch_size: { dims: [] } }, outputs: ['y'] },
    )
    expect(() => checkModel(createModel(graph))).not.toThrow()
  })

  it('takes host values as constants where they are allowed', () => {
    const values = Array.from({ length: 32 }, (_, i) => i / 7)
    const table = () => tf.tensor2d(values, [4, 8])
    const graph = traceGraph(
      (inputs) => ({ y: tf.add(x(inputs), table()) }),
      one([4, 8], { allowHostValues: true }),
    )
    expect(graph.initializers).toHaveLength(1)
  })
})

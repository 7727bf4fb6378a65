import { beforeAll, describe, expect, it } from 'vitest'
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { externalFiles, printGraph } from '@anyvae/onnx'
import { nodeBackend } from '@anyvae/runtime-node'
import { exportOnnx, type TensorResult } from './index.js'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

const floats = (...dims: number[]) => {
  const count = dims.reduce((product, size) => product * size, 1)
  const data = Float32Array.from({ length: count }, (_, i) => ((i * 7) % 11) / 4 - 1)
  return { type: 'float32', dims, data } as const
}

describe('exportOnnx of a function', () => {
  it('takes names and types from the inputs and the record that the function gives', async () => {
    const { model, bytes, inputs, outputs, nodes } = await exportOnnx(
      ({ image, bias }) => ({ classes: tf.softmax(tf.add(tf.matMul(image, image), bias)) }),
      { image: ['batch', 'batch'], bias: { dims: [1] } },
      { name: 'squares', doc: 'Squares.', opset: 13, metadata: { author: 'nobody' } },
    )
    expect(inputs.map(({ name, dims }) => [name, dims])).toEqual([
      ['image', ['batch', 'batch']],
      ['bias', [1]],
    ])
    expect(outputs.map(({ name }) => name)).toEqual(['classes'])
    expect(model).toMatchObject({
      irVersion: 7,
      opsets: { '': 13 },
      doc: 'Squares.',
      metadata: { author: 'nobody' },
    })
    expect(nodes).toEqual({ traced: 3, written: 2 })
    const session = await nodeBackend.createSession(bytes)
    const { classes } = await session.run({ image: floats(3, 3), bias: floats(1) })
    expect(classes?.dims).toEqual([3, 3])
  })

  it('writes half precision, and weights into a file beside the model', async () => {
    const kernel = tf.variable(tf.ones([32, 32]), true, 'w')
    const fn = ({ x }: { x: tf.Tensor2D }) => tf.matMul(x, kernel)
    const inputs = { x: ['batch', 32] } as const
    const whole = await exportOnnx(fn, inputs)
    expect(whole.data).toEqual([])
    const half = await exportOnnx(fn, inputs, { precision: 'float16' })
    expect(half.bytes.length).toBeLessThan(0.7 * whole.bytes.length)
    expect(half.inputs).toEqual(whole.inputs)
    const parts = await exportOnnx(fn, inputs, { externalAbove: 0, dataFile: 'weights.bin' })
    expect(parts.data.map(({ length }) => length)).toEqual([4096])
    expect(externalFiles(parts.bytes)).toEqual(['weights.bin'])
    kernel.dispose()
  })

  it('infers the rank of each input', async () => {
    await exportOnnx(
      ({ x, y }) => {
        const matrix: tf.Tensor2D = x
        const image: tf.Tensor4D = y
        // @ts-expect-error a matrix is no cube
        const cube: tf.Tensor3D = x
        return [matrix, image, cube].map((each) => tf.relu(each))
      },
      { x: ['batch', 3], y: { dims: ['batch', 2, 2, 1], dataType: 'float32' } },
    )
  })

  it.each<[string, (x: tf.Tensor) => TensorResult, readonly string[] | undefined, string[]]>([
    ['one tensor', (x) => tf.relu(x), undefined, ['output']],
    ['a list', (x) => [tf.relu(x), tf.neg(x)], undefined, ['output_0', 'output_1']],
    ['named results', (x) => [tf.relu(x), tf.neg(x)], ['a', 'b'], ['a', 'b']],
  ])('names the results of %s', async (_, fn, names, wanted) => {
    const options = names === undefined ? {} : { outputs: names }
    const { outputs } = await exportOnnx(({ x }) => fn(x), { x: ['batch', 3] }, options)
    expect(outputs.map(({ name }) => name)).toEqual(wanted)
  })

  it('keeps weights from outside by name, each once, uniform ones too', async () => {
    const kernel = tf.variable(tf.ones([3, 3]), true, 'dense/kernel')
    const table = tf.tensor1d([1, 2, 3])
    const { model } = await exportOnnx(
      ({ x }) => tf.add(tf.matMul(tf.matMul(x, kernel), kernel), table),
      { x: ['batch', 3] },
      { optimize: false },
    )
    expect(model.graph.initializers.map(({ name, dims }) => [name, dims])).toEqual([
      ['dense_kernel', [3, 3]],
      ['captured', [3]],
    ])
    kernel.dispose()
  })

  it('takes large constants that the function makes, and what follows from constants', async () => {
    const { model } = await exportOnnx(
      ({ x }) => {
        const table = tf.tensor1d(Array.from({ length: 40 }, (_, i) => Math.sin(i)))
        const [rows = 0] = tf.mul(tf.tensor1d([2, 5], 'int32'), 2).dataSync()
        return tf.reshape(tf.add(x, table), [-1, rows])
      },
      { x: ['batch', 40] },
    )
    expect(printGraph(model.graph)).toMatchInlineSnapshot(`
      "graph model(x: float32[batch, 40]) -> (output: float32[batch_times_10, 4]) {
        constant: float32[40]
        shape: int64[2] = {-1, 4}
        Add: float32[batch, 40] = Add(x, constant)
        [Reshape] output: float32[batch_times_10, 4] = Reshape(Add, shape)
      }"
    `)
  })

  it('computes with sizes that are multiples, and fails at others', async () => {
    const halved = ({ x }: { x: tf.Tensor4D }) =>
      tf.concat(
        [
          x,
          tf.image.resizeNearestNeighbor<tf.Tensor4D>(tf.maxPool(x, 2, 2, 'same'), [
            x.shape[1],
            x.shape[2],
          ]),
        ],
        3,
      )
    const { bytes } = await exportOnnx(
      halved,
      { x: ['batch', 'height', 'width', 1] },
      { multiples: { height: 2, width: 2 } },
    )
    const session = await nodeBackend.createSession(bytes)
    const { output } = await session.run({ x: floats(1, 4, 6, 1) })
    expect(output?.dims).toEqual([1, 4, 6, 2])
    await expect(session.run({ x: floats(1, 4, 7, 1) })).rejects.toThrow(/reshape/i)
  })
})

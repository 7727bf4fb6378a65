// A graph fails at sizes that it was not traced for, whatever the passes make of it.
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { nodeBackend } from '@anyvae/runtime-node'
import { beforeAll, describe, expect, it } from 'vitest'
import { exportOnnx, type ExportedModel } from './index.js'
import { scan } from './scan.js'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

async function run({ bytes }: ExportedModel, dims: readonly number[]) {
  const session = await nodeBackend.createSession(bytes)
  const size = dims.reduce((product, dim) => product * dim, 1)
  const data = new Float32Array(size).fill(0.5)
  const { output } = await session.run({ x: { type: 'float32', dims, data } })
  return output?.dims
}

const inputs = { x: ['batch', 'height', 'width'] } as const
const multiples = { height: 2, width: 2 }
type Body = (inputs: { x: tf.Tensor3D }) => tf.Tensor

describe('the guard of multiples', () => {
  it.each<[string, Body]>([
    [
      'a convolution of the input with another axis',
      ({ x }) => {
        const kernel = tf.ones<tf.Rank.R4>([3, 3, 1, 1])
        return tf.conv2d(tf.expandDims<tf.Tensor4D>(x, 3), kernel, 2, 'same')
      },
    ],
    [
      'a pooling of the input with another axis',
      ({ x }) => tf.maxPool(tf.expandDims<tf.Tensor4D>(x, 3), 2, 2, 'same'),
    ],
    [
      'a pooling behind element-wise operators',
      ({ x }) => tf.maxPool(tf.expandDims<tf.Tensor4D>(tf.relu(tf.neg(x)), 3), 2, 2, 'same'),
    ],
  ])('stays before %s', async (_, body) => {
    const model = await exportOnnx(body, inputs, { multiples })
    expect(await run(model, [2, 4, 6])).toEqual([2, 2, 3, 1])
    await expect(run(model, [2, 5, 7])).rejects.toThrow(/Reshape/)
  })

  it('stays before what the steps of a scan read', async () => {
    const pooled: Body = ({ x }) => {
      const largest = () => tf.maxPool(tf.expandDims<tf.Tensor4D>(x, 3), 2, 2, 'same')
      const sequences = [tf.ones([3, 1])]
      const { outputs } = scan({ states: [tf.zeros([1])], sequences }, (states) => ({
        states,
        outputs: [largest()],
      }))
      return outputs[0] ?? x
    }
    const model = await exportOnnx(pooled, inputs, { multiples })
    expect(await run(model, [2, 4, 6])).toEqual([3, 2, 2, 3, 1])
    await expect(run(model, [2, 5, 7])).rejects.toThrow(/Reshape/)
  })
})

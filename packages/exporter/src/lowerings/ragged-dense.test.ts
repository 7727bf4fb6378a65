import { beforeAll, describe, expect, it } from 'vitest'
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { createModel, encodeModel } from '@anyvae/onnx'
import { nodeBackend } from '@anyvae/runtime-node'
import { type InputSpec, traceGraph } from '../index.js'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

const open: Readonly<Record<string, InputSpec>> = {
  values: { dims: ['values', 2] },
  splits: { dims: ['ends'], dataType: 'int32' },
}

const ragged = [
  { values: 5, splits: [0, 2, 2, 5] },
  { values: 3, splits: [0, 3] },
  { values: 4, splits: [0, 1, 2, 3, 4] },
]

describe('raggedTensorToTensor of open sizes', () => {
  it.each<[string, number[]]>([
    ['known', [3, 2, 2]],
    ['that of the longest row', [3, -1, 2]],
    ['that of the rows', [-1, 2, 2]],
    ['open in both', [-1, -1, 2]],
  ])('gives what TensorFlow.js gives where the size is %s', async (_, shape) => {
    const fn = (values: tf.Tensor, splits: tf.Tensor) =>
      tf.raggedTensorToTensor(shape, values, -1, [splits], ['ROW_SPLITS'])
    const graph = traceGraph(
      ({ values, splits }) => ({ y: fn(values as tf.Tensor, splits as tf.Tensor) }),
      { inputs: open, outputs: ['y'], ranges: { ends: [2, 64] } },
    )
    const session = await nodeBackend.createSession(encodeModel(createModel(graph)))
    for (const { values: count, splits } of ragged) {
      const data = Float32Array.from({ length: 2 * count }, (_, i) => i / 4)
      const wanted = fn(tf.tensor2d(data, [count, 2]), tf.tensor1d(splits, 'int32'))
      const { y } = await session.run({
        values: { type: 'float32', dims: [count, 2], data },
        splits: { type: 'int32', dims: [splits.length], data: Int32Array.from(splits) },
      })
      expect(y?.dims).toEqual(wanted.shape)
      expect(Array.from(y?.data ?? [], Number)).toEqual(Array.from(wanted.dataSync()))
    }
    await session.release()
  })

  it('repeats a default value that is no single number', async () => {
    const graph = traceGraph(
      ({ values, splits, padding }) => ({
        y: tf.raggedTensorToTensor(
          [2, 2, 2],
          values as tf.Tensor,
          padding as tf.Tensor,
          [splits as tf.Tensor],
          ['ROW_SPLITS'],
        ),
      }),
      { inputs: { ...open, padding: { dims: [2] } }, outputs: ['y'] },
    )
    const session = await nodeBackend.createSession(encodeModel(createModel(graph)))
    const { y } = await session.run({
      values: { type: 'float32', dims: [3, 2], data: Float32Array.of(1, 2, 3, 4, 5, 6) },
      splits: { type: 'int32', dims: [3], data: Int32Array.of(0, 1, 3) },
      padding: { type: 'float32', dims: [2], data: Float32Array.of(8, 9) },
    })
    await session.release()
    expect(Array.from(y?.data ?? [], Number)).toEqual([1, 2, 8, 9, 3, 4, 5, 6])
  })

  it('is refused with a default value of another shape than the values have', () => {
    const trace = () =>
      traceGraph(
        ({ values, splits }) => ({
          y: tf.raggedTensorToTensor(
            [2, 2, 2],
            values as tf.Tensor,
            [1, 2, 3],
            [splits as tf.Tensor],
            ['ROW_SPLITS'],
          ),
        }),
        { inputs: open, outputs: ['y'] },
      )
    expect(trace).toThrow(/default value has another shape.*got \[3\], expected.*\[2\]/)
  })

  it('is refused in shapes that do not suit the values', () => {
    const to = (shape: number[]) => () =>
      traceGraph(
        ({ values, splits }) => ({
          y: tf.raggedTensorToTensor(
            shape,
            values as tf.Tensor,
            0,
            [splits as tf.Tensor],
            ['ROW_SPLITS'],
          ),
        }),
        { inputs: open, outputs: ['y'] },
      )
    expect(to([3, 4])).toThrow(/are incompatible, got 3, 4, expected 3 sizes/)
    expect(to([3, 4, 3])).toThrow(/are incompatible, got 3, 4, 3/)
  })
})

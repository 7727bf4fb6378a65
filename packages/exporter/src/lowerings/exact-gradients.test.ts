// Gradients that TensorFlow.js computes wrongly: its own by default, the right ones where asked for.
import { beforeAll, describe, expect, it } from 'vitest'
import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-core/dist/register_all_gradients.js'
import * as tf from '@tensorflow/tfjs-core'
import { nodeBackend } from '@anyvae/runtime-node'
import { exportOnnx } from '../index.js'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

type Op = (x: tf.Tensor) => tf.Tensor

/** Numbers that differ, for gradients of the result. */
const waves = (shape: readonly number[]) =>
  tf.add(
    tf.reshape(tf.sin(tf.mul(1.3, tf.range(0, tf.util.sizeFromShape([...shape])))), [...shape]),
    0.5,
  )

/** The gradient in ONNX Runtime, of the sum of results times the waves. */
async function traced(op: Op, x: tf.Tensor, gradients: 'tensorflow' | 'exact'): Promise<number[]> {
  const dy = waves(op(x).shape)
  const [, ...rest] = x.shape
  const gradient = (input: tf.Tensor) => tf.grad((each: tf.Tensor) => op(each))(input, dy)
  const dims = [x.shape[0] ?? 1, ...rest]
  const { bytes } = await exportOnnx(({ x: input }) => gradient(input), { x: dims }, { gradients })
  const session = await nodeBackend.createSession(bytes)
  const { output } = await session.run({
    x: { type: 'float32', dims, data: x.dataSync<'float32'>() },
  })
  await session.release()
  return Array.from((output?.data ?? []) as Float32Array)
}

/** The same by finite differences, which are exact up to rounding, since all of these are linear. */
function differences(op: Op, x: tf.Tensor): number[] {
  const dy = waves(op(x).shape)
  const count = tf.util.sizeFromShape(x.shape)
  return Array.from({ length: count }, (_, i) =>
    tf.tidy(() => {
      const unit = tf.reshape(tf.oneHot(tf.scalar(i, 'int32'), count), x.shape)
      return tf.sum(tf.mul(dy, op(tf.cast(unit, 'float32')))).dataSync()[0] ?? NaN
    }),
  )
}

function expectClose(got: readonly number[], wanted: readonly number[]): void {
  expect(got).toHaveLength(wanted.length)
  const gaps = got.map((value, i) => Math.abs(value - (wanted[i] ?? NaN)))
  expect(Math.max(...gaps)).toBeLessThan(1e-5 * Math.max(...wanted.map(Math.abs)))
}

const CASES: Readonly<Record<string, { readonly shape: readonly number[]; readonly op: Op }>> = {
  'avgPool, same': { shape: [2, 5, 6, 2], op: (x) => tf.avgPool(x as tf.Tensor4D, 3, 2, 'same') },
  'avgPool, same, strides of 1': {
    shape: [1, 4, 4, 3],
    op: (x) => tf.avgPool(x as tf.Tensor4D, [2, 3], 1, 'same'),
  },
  'avgPool, padded': { shape: [1, 5, 4, 1], op: (x) => tf.avgPool(x as tf.Tensor4D, 3, 1, 1) },
  'avgPool3d, same': {
    shape: [1, 3, 4, 4, 2],
    op: (x) => tf.avgPool3d(x as tf.Tensor5D, 2, 2, 'same'),
  },
  'avgPool3d, same, strides of 1': {
    shape: [1, 3, 4, 4, 1],
    op: (x) => tf.avgPool3d(x as tf.Tensor5D, 3, 1, 'same'),
  },
  'resizeBilinear to more, half pixel centres': {
    shape: [2, 3, 4, 1],
    op: (x) => tf.image.resizeBilinear(x as tf.Tensor4D, [7, 6], false, true),
  },
  'resizeBilinear to fewer, half pixel centres': {
    shape: [1, 7, 7, 2],
    op: (x) => tf.image.resizeBilinear(x as tf.Tensor4D, [3, 4], false, true),
  },
  'resizeNearestNeighbor, half pixel centres': {
    shape: [2, 5, 6, 1],
    op: (x) => tf.image.resizeNearestNeighbor(x as tf.Tensor4D, [3, 4], false, true),
  },
}

describe('gradients', () => {
  it.each(Object.entries(CASES))('of %s are exact where asked for', async (_, { shape, op }) => {
    const x = waves(shape)
    const exact = differences(op, x)
    expectClose(await traced(op, x, 'exact'), exact)
    const own = await traced(op, x, 'tensorflow')
    const gaps = own.map((value, i) => Math.abs(value - (exact[i] ?? NaN)))
    expect(Math.max(...gaps)).toBeGreaterThan(0.05)
    // The cpu backend mixes up resized images of several examples and such as are not square.
    if (shape[0] === 1) {
      const wanted = tf.grad((each: tf.Tensor) => op(each))(x, waves(op(x).shape))
      expectClose(own, Array.from(wanted.dataSync()))
    }
  })

  it('of avgPool are those of PyTorch with count_include_pad=False', async () => {
    // Nine windows of 3 × 3 over 3 × 3 pixels see 4 pixels at corners, 6 at edges, 9 in the middle.
    const [corner, edge, middle] = [
      1 / 4 + 2 / 6 + 1 / 9,
      2 / 4 + 3 / 6 + 1 / 9,
      4 / 4 + 4 / 6 + 1 / 9,
    ]
    const fn = ({ x }: { x: tf.Tensor }) =>
      tf.grad((each: tf.Tensor) => tf.avgPool(each as tf.Tensor4D, 3, 1, 'same'))(x, tf.onesLike(x))
    const { bytes } = await exportOnnx(fn, { x: ['batch', 3, 3, 1] }, { gradients: 'exact' })
    const session = await nodeBackend.createSession(bytes)
    const data = new Float32Array(18)
    const { output } = await session.run({ x: { type: 'float32', dims: [2, 3, 3, 1], data } })
    await session.release()
    const image = [corner, edge, corner, edge, middle, edge, corner, edge, corner]
    expectClose(Array.from((output?.data ?? []) as Float32Array), [...image, ...image])
  })
})

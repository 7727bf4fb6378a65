import { beforeAll, describe, expect, it } from 'vitest'
import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-layers'
import * as tf from '@tensorflow/tfjs-core'
import { nodeBackend } from '@anyvae/runtime-node'
import { exportOnnx } from './index.js'
import { fitPower } from './powers.js'

type Fn = (x: tf.Tensor3D) => tf.Tensor

/** The same numbers as TensorFlow.js, at sizes that no trace saw. */
async function expectSame(fn: Fn, tolerance = 0): Promise<void> {
  const { bytes } = await exportOnnx(({ x }) => fn(x), { x: ['batch', 'length', 6] })
  const session = await nodeBackend.createSession(bytes)
  for (const [batch, length] of [
    [3, 5],
    [1, 50],
  ] as const) {
    const data = Float32Array.from({ length: batch * length * 6 }, (_, i) => Math.sin(i))
    const x = tf.tensor3d(data, [batch, length, 6])
    const { output } = await session.run({ x: { type: 'float32', dims: x.shape, data } })
    const [wanted, got] = [fn(x), output]
    expect(got?.dims).toEqual(wanted.shape)
    const numbers = Array.from<number | bigint>(got?.data ?? []).map(Number)
    const worst = Array.from(await wanted.data(), (value, i) =>
      Math.abs(value - (numbers[i] ?? Number.NaN)),
    )
    expect(Math.max(...worst)).toBeLessThanOrEqual(tolerance)
  }
  await session.release()
}

beforeAll(async () => {
  await tf.setBackend('cpu')
})

describe('constants that follow from open sizes', () => {
  it.each([
    ['a size', (x) => tf.div(x, x.shape[0])],
    ['a share', (x) => tf.mul(x, 1 / x.shape[1])],
    ['a root', (x) => tf.div(x, Math.sqrt(x.shape[1]))],
    ['a part of a root', (x) => tf.mul(x, 1 / Math.sqrt(x.shape[1]))],
    ['a product', (x) => tf.div(x, x.shape[0] * x.shape[1])],
    ['a product of less', (x) => tf.mul(x, 0.1 / ((x.shape[0] + 2) * (2 * x.shape[1] - 1)))],
    ['all elements', (x) => tf.mul(x, x.size)],
    ['numbers that count', (x) => tf.mul(tf.expandDims(tf.range(0, x.shape[1]), 1), x)],
    ['numbers that count down', (x) => tf.range(x.shape[1] + 1, 0, -1, 'int32')],
    ['places', (x) => tf.oneHot(tf.argMax(x, 1), x.shape[1])],
  ] as const satisfies [string, Fn][])('are computed: %s', async (_, fn) => {
    await expectSame(fn)
  })

  it.each([
    ['the gradient of a mean', (x) => tf.grad((y) => tf.mean(tf.square(y)))(x)],
    ['a loss', (x) => tf.losses.meanSquaredError(tf.zerosLike(x), x)],
    ['a variance', (x) => tf.moments(x, [0, 1]).variance],
    [
      'a mean of as many values as there are',
      (x) => {
        const { values } = tf.unique(tf.round(tf.reshape(x, [-1])))
        return tf.div(tf.sum(values), values.size)
      },
    ],
  ] as const satisfies [string, Fn][])('are computed in %s', async (_, fn) => {
    await expectSame(fn, 1e-6)
  })

  it('are refused where they are no such powers', async () => {
    const logarithm = exportOnnx(({ x }) => tf.mul(x, Math.log(x.shape[0])), { x: ['batch', 2] })
    await expect(logarithm).rejects.toThrow(/differs from trace to trace/)
    const square = exportOnnx(({ x }) => tf.mul(x, x.shape[0] ** 2), { x: ['batch', 2] })
    await expect(square).rejects.toThrow(/differs from trace to trace/)
  })
})

describe('fitPower', () => {
  const probes = [{ n: 11 }, { n: 12 }, { n: 108 }]
  const seen = (fn: (n: number) => number) => probes.map(({ n }) => Math.fround(fn(n)))

  it('finds the power', () => {
    expect(
      fitPower(
        seen((n) => 0.5 / Math.sqrt(n)),
        probes,
      ),
    ).toEqual({
      coefficient: 0.5,
      exponent: -0.5,
      factors: [{ constant: 0, slopes: { n: { by: 1, per: 1 } } }],
    })
  })

  it.each([
    ['numbers drawn at random', [0.3, 0.7, 0.1]],
    ['a step', seen((n) => (n > 11 ? 2 : 1))],
    ['zero at first', seen((n) => n - 11)],
    ['what is not finite', [1, 2, Infinity]],
    [
      'one bit off',
      seen((n) => n / 3).map((value, i) => (i === 2 ? value * (1 + 2 ** -23) : value)),
    ],
  ])('finds none in %s', (_, numbers) => {
    expect(fitPower(numbers, probes)).toBeUndefined()
  })
})

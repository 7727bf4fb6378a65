// Random numbers of a function become inputs, with the distribution that they were drawn from.
import { beforeAll, describe, expect, it } from 'vitest'
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import type { TensorValue } from '@anyvae/runtime'
import { nodeBackend } from '@anyvae/runtime-node'
import { type Distribution, exportOnnx, withDraws } from './index.js'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

/** z = mean + noise * exp(log variance / 2), as in the examples of TensorFlow.js. */
class Sampling extends tfl.layers.Layer {
  static readonly className = 'Sampling'
  override computeOutputShape(shapes: tfl.Shape[]): tfl.Shape {
    return shapes[0] ?? []
  }
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const [mean, logVariance] = inputs as tf.Tensor[]
    if (mean === undefined || logVariance === undefined) throw new Error('two inputs')
    const [batch = 1, size = 1] = mean.shape
    const noise = tf.randomNormal([batch, size], 0, 1)
    return tf.add(mean, tf.mul(tf.exp(tf.div(logVariance, 2)), noise))
  }
}

function sampler() {
  const x = tfl.input({ shape: [4], name: 'x' })
  const heads = ['mean', 'log_variance'].map(
    (name) => tfl.layers.dense({ units: 2, name }).apply(x) as tfl.SymbolicTensor,
  )
  const z = new Sampling({ name: 'z' }).apply(heads) as tfl.SymbolicTensor
  return tfl.model({ inputs: x, outputs: z, name: 'encoder' })
}

const floats = (tensor: tf.Tensor): TensorValue => ({
  type: 'float32',
  dims: tensor.shape,
  data: Float32Array.from(tensor.dataSync()),
})

describe('noise inputs', () => {
  it('take the place of what a sampling layer draws, at any batch', async () => {
    const model = sampler()
    const exported = await exportOnnx(model, {}, { noiseInputs: true })
    expect(exported.inputs.map(({ name, dims }) => [name, dims])).toEqual([
      ['x', ['batch', 4]],
      ['z_noise', ['batch', 2]],
    ])
    expect(exported.noise).toEqual([
      { name: 'z_noise', distribution: { kind: 'normal', mean: 0, deviation: 1 } },
    ])
    expect(exported.model.metadata).toMatchObject({
      'noise.z_noise': 'normal, mean 0, standard deviation 1',
    })
    const session = await nodeBackend.createSession(exported.bytes)
    for (const batch of [1, 5]) {
      const x = tf.randomUniform([batch, 4])
      const { result, draws } = withDraws(() => model.predict(x) as tf.Tensor)
      expect(draws.map(({ shape }) => shape)).toEqual([[batch, 2]])
      const [{ shape: dims = [], values = [] } = {}] = draws
      const noise: TensorValue = { type: 'float32', dims, data: Float32Array.from(values) }
      const { z } = await session.run({ x: floats(x), z_noise: noise })
      expect(z?.dims).toEqual([batch, 2])
      const wanted = result.dataSync()
      Array.from(z?.data ?? [], Number).forEach((value, i) => {
        expect(value).toBeCloseTo(wanted[i] ?? NaN, 5)
      })
      expect(Reflect.ownKeys(tf.backend())).not.toContain('write')
    }
    await session.release()
  })

  it.each<[string, (x: tf.Tensor) => tf.Tensor, Distribution]>([
    [
      'normal',
      (x) => tf.randomNormal(x.shape, 3, 0.25),
      { kind: 'normal', mean: 3, deviation: 0.25 },
    ],
    [
      'small',
      (x) => tf.randomNormal(x.shape, 0, 1e-3),
      { kind: 'normal', mean: 0, deviation: 0.001 },
    ],
    [
      'standard',
      (x) => tf.randomStandardNormal(x.shape),
      { kind: 'normal', mean: 0, deviation: 1 },
    ],
    [
      'truncated',
      (x) => tf.truncatedNormal(x.shape, 1, 2),
      { kind: 'truncated-normal', mean: 1, deviation: 2 },
    ],
    ['uniform', (x) => tf.randomUniform(x.shape, -2, 5), { kind: 'uniform', low: -2, high: 5 }],
    [
      'seeded',
      (x) => tf.randomNormal(x.shape, 2, 3, 'float32', 42),
      { kind: 'normal', mean: 2, deviation: 3 },
    ],
    [
      'of a large seed',
      (x) => tf.randomNormal(x.shape, 2, 3, 'float32', 987654),
      { kind: 'unknown', op: 'randomNormal' },
    ],
    ['of a program', (x) => tf.rand(x.shape, Math.random), { kind: 'unknown', op: 'rand' }],
    ['gamma', (x) => tf.randomGamma(x.shape, 2), { kind: 'unknown', op: 'randomGamma' }],
  ])('say what they are drawn from: %s', async (_, draw, distribution) => {
    const fn = ({ x }: { x: tf.Tensor }) => tf.add(x, draw(x))
    const { noise, inputs } = await exportOnnx(fn, { x: ['batch', 3] }, { noiseInputs: true })
    expect(noise).toEqual([{ name: 'noise', distribution }])
    expect(inputs[1]?.dims).toEqual(['batch', 3])
  })

  it('are the uniform numbers behind a dropout, each of its own', async () => {
    const fn = ({ x }: { x: tf.Tensor }) =>
      tf.tidy('net', () => tf.dropout(tf.mul(tf.dropout(x, 0.25), 2), 0.5))
    const exported = await exportOnnx(fn, { x: ['batch', 3] }, { noiseInputs: true })
    const uniform = { kind: 'uniform', low: 0, high: 1 }
    expect(exported.noise).toEqual([
      { name: 'net_noise', distribution: uniform },
      { name: 'net_noise_1', distribution: uniform },
    ])
    const session = await nodeBackend.createSession(exported.bytes)
    const value = (data: number[]) =>
      ({ type: 'float32', dims: [1, 3], data: Float32Array.from(data) }) as const
    const { output } = await session.run({
      x: value([1, 2, 3]),
      net_noise: value([0.2, 0.3, 0.9]),
      net_noise_1: value([0.6, 0.6, 0.4]),
    })
    await session.release()
    // 1 is dropped by the first mask, 3 by the second; 2 / 0.75 * 2 / 0.5 is left.
    expect(Array.from(output?.data ?? [], Number)).toEqual([0, expect.closeTo(32 / 3, 5), 0])
  })

  it('are the uniform numbers behind a random choice, which chooses as often as is probable', async () => {
    const choose = ({ x }: { x: tf.Tensor }) =>
      tf.tidy('choice', () => tf.multinomial(x as tf.Tensor2D, 4000, 3.14))
    const { bytes, noise, inputs } = await exportOnnx(
      choose,
      { x: ['batch', 4] },
      { noiseInputs: true },
    )
    expect(noise).toEqual([
      { name: 'choice_noise', distribution: { kind: 'uniform', low: 0, high: 1 } },
    ])
    expect(inputs[1]?.dims).toEqual(['batch', 4000])
    const session = await nodeBackend.createSession(bytes)
    const x = tf.log(tf.tensor2d([0.1, 0.2, 0.3, 0.4, 0.7, 0, 0.05, 0.25, 1, 1, 1, 1], [3, 4]))
    const { result, draws } = withDraws(() => choose({ x }))
    const [{ shape = [], values = [] } = {}] = draws
    expect([draws.length, shape]).toEqual([1, [3, 4000]])
    const data = Float32Array.from(values)
    const run = async (data: Float32Array) => {
      const noise: TensorValue = { type: 'float32', dims: [3, 4000], data }
      const { output } = await session.run({ x: floats(x), choice_noise: noise })
      return Array.from(output?.data ?? [], Number)
    }
    expect(await run(data)).toEqual(Array.from(result.dataSync()))
    const uniforms = await tf.randomUniform([3, 4000], 0, 1, 'float32', 7).data<'float32'>()
    const chosen = await run(uniforms)
    await session.release()
    const share = (row: number, outcome: number) =>
      chosen.slice(4000 * row, 4000 * (row + 1)).filter((each) => each === outcome).length / 4000
    const probabilities = [
      [0.1, 0.2, 0.3, 0.4],
      [0.7, 0, 0.05, 0.25],
      [0.25, 0.25, 0.25, 0.25],
    ]
    probabilities.forEach((row, i) => {
      row.forEach((probability, outcome) => {
        // Four standard deviations of a share of 4,000.
        const most = 4 * Math.sqrt((probability * (1 - probability)) / 4000)
        expect(Math.abs(share(i, outcome) - probability)).toBeLessThanOrEqual(most)
      })
    })
  })

  it.each<[string, (x: tf.Tensor) => tf.Tensor]>([
    ['a choice', () => tf.cast(tf.multinomial([0.5, 1, 1.5], 3), 'float32')],
    ['a dropout', () => tf.dropout([0.5, 1, 1.5], 0.5)],
  ])('are not the numbers that %s is given', async (_, draw) => {
    const fn = ({ x }: { x: tf.Tensor }) => tf.add(x, draw(x))
    const { noise } = await exportOnnx(fn, { x: [3] }, { noiseInputs: true })
    expect(noise.map(({ distribution }) => distribution.kind)).toEqual(['uniform'])
  })

  it('are refused where they were not asked for, and what is random otherwise stays found', async () => {
    await expect(exportOnnx(sampler())).rejects.toThrow(/draws random numbers.*noiseInputs/)
    const random = ({ x }: { x: tf.Tensor }) => tf.mul(x, Math.random())
    const asked = exportOnnx(random, { x: ['batch', 3] }, { noiseInputs: true })
    await expect(asked).rejects.toThrow(/drawn at random on the host/)
  })
})

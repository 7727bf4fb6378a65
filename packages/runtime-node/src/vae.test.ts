import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RuntimeError, loadDecoder, loadEncoder, loadVae, type Vae } from './index.js'
import { writeBundle } from './testing/bundle.js'
import * as models from './testing/models.js'

const { IMAGE, LATENT, PIXELS, multiply } = models
const bytes = Uint8Array.from({ length: 10 * PIXELS }, (_, i) => (i * 37) % 256)
const floats = Float32Array.from(bytes, (value) => value / 255)
const latents = models.weights(10 * LATENT, 4)

let folder: string
let vae: Vae

beforeAll(async () => {
  folder = await writeBundle()
  vae = await loadVae(folder)
})

afterAll(async () => {
  await vae.release()
  await rm(folder, { recursive: true })
})

/** Fails unless the values agree within 1e-5. */
function expectClose(got: ArrayLike<number> | undefined, expected: ArrayLike<number>): void {
  expect(got?.length).toBe(expected.length)
  const worst = Math.max(...Array.from(expected, (value, i) => Math.abs(value - (got?.[i] ?? NaN))))
  expect(worst).toBeLessThan(1e-5)
}

const sigmoid = (logits: number[]): number[] => logits.map((x) => 1 / (1 + Math.exp(-x)))

describe('vae', () => {
  it('says what is in use', () => {
    expect(vae.manifest.latentSize).toBe(LATENT)
    expect([vae.latentSize, vae.image]).toEqual([LATENT, IMAGE])
    const { backend, provider, precision } = vae.info
    expect([backend, provider, precision]).toEqual(['onnxruntime-node', 'cpu', 'float32'])
    expect(vae.info.threads).toBeGreaterThan(0)
  })

  it('encodes floats and bytes alike', async () => {
    const { mean, logVariance, shape } = await vae.encode(floats)
    expect(shape).toEqual([10, LATENT])
    expectClose(mean, multiply(floats, models.MEAN_WEIGHTS, PIXELS))
    expectClose(logVariance, multiply(floats, models.LOG_VARIANCE_WEIGHTS, PIXELS))
    expect(await vae.encode(bytes)).toEqual({ mean, logVariance, shape })
    const set = { name: 'set', shape: IMAGE, count: 10, data: bytes }
    expect(await vae.encode(set)).toEqual({ mean, logVariance, shape })
  })

  it('decodes, with logits where asked', async () => {
    const logits = multiply(latents, models.DECODER_WEIGHTS, LATENT)
    const decoded = await vae.decode({ data: latents, shape: [10, LATENT] }, { logits: true })
    expect(decoded.shape).toEqual([10, 3, 2, 4])
    expectClose(decoded.data, sigmoid(logits))
    expectClose(decoded.logits, logits)
    expect(await vae.decode(latents)).toEqual({ data: decoded.data, shape: decoded.shape })
  })

  it.each([1, 3, 5, 10, 64])('gives the same whether split by %d or not', async (maxBatch) => {
    const split = await loadVae(folder, { maxBatch, threads: 1 })
    const options = { logits: true }
    expectClose((await split.encode(bytes)).logVariance, (await vae.encode(bytes)).logVariance)
    const [part, whole] = [await split.decode(latents, options), await vae.decode(latents, options)]
    expectClose(part.data, whole.data)
    expectClose(part.logits, whole.logits ?? [])
    expect(part.shape).toEqual(whole.shape)
    await split.release()
  })

  it('samples the same for a seed, whatever the count', async () => {
    const few = await vae.sample(2, { seed: 7 })
    const many = await vae.sample(300, { seed: 7 })
    expect(many.shape).toEqual([300, 3, 2, 4])
    expect(many.latents.data.slice(0, 2 * LATENT)).toEqual(few.latents.data)
    expectClose(many.data.subarray(0, 2 * PIXELS), few.data)
    expectClose((await vae.decode(few.latents)).data, few.data)
    expect((await vae.sample(2)).data).not.toEqual(few.data)
    const { data } = await vae.sample(1, { temperature: 0 })
    expect([...data]).toEqual(Array(PIXELS).fill(0.5))
  })

  it('reconstructs from the mean, or from a draw where a seed is given', async () => {
    const { mean } = await vae.encode(bytes)
    const plain = await vae.reconstruct(bytes)
    expect(plain.shape).toEqual([10, 3, 2, 4])
    expect(plain.latents).toEqual({ data: mean, shape: [10, LATENT] })
    expectClose(plain.data, (await vae.decode(mean)).data)
    const drawn = await vae.reconstruct(bytes, { seed: 1 })
    expect(drawn).toEqual(await vae.reconstruct(bytes, { seed: 1 }))
    expect(drawn.latents.data).not.toEqual(mean)
    expect((await vae.reconstruct(bytes, { seed: 2 })).data).not.toEqual(drawn.data)
  })

  it('interpolates from one latent to another', async () => {
    const [a, b] = [latents.subarray(0, LATENT), latents.subarray(LATENT, 2 * LATENT)]
    const way = await vae.interpolate({ data: a, shape: [1, LATENT] }, b, { steps: 4 })
    expect(way.shape).toEqual([4, 3, 2, 4])
    const ends = await vae.decode(latents.subarray(0, 2 * LATENT))
    expectClose(way.data.subarray(0, PIXELS), ends.data.subarray(0, PIXELS))
    expectClose(way.data.subarray(3 * PIXELS), ends.data.subarray(PIXELS))
    const straight = await vae.interpolate(a, b, { steps: 3, mode: 'linear' })
    const middle = a.map((value, i) => (value + (b[i] ?? 0)) / 2)
    expectClose(straight.latents.data.subarray(LATENT, 2 * LATENT), middle)
  })

  const one = new Float32Array(LATENT)
  const wrong: [string, () => Promise<unknown>, string][] = [
    [
      'a latent too long',
      () => vae.decode(new Float32Array(6)),
      'latents: wrong length, got 6 values',
    ],
    ['no latent', () => vae.decode(new Float32Array(0)), 'latents: wrong length, got 0 values'],
    ['NaN', () => vae.decode(one.map(() => NaN)), 'latents: unusable value, got NaN at 0'],
    ['infinity', () => vae.decode(one.map(() => -Infinity)), 'got -Infinity at 0'],
    ['a shape', () => vae.decode({ data: one, shape: [5, 1] }), 'got [5, 1], expected [count, 5]'],
    [
      'a shape of more',
      () => vae.decode({ data: one, shape: [2, 5] }),
      'got 5 values, expected 10',
    ],
    ['channels', () => vae.encode({ data: floats, shape: [30, 1, 2, 4] }), 'wrong channels, got 1'],
    ['an image cut short', () => vae.encode(floats.subarray(1)), 'images: wrong length, got 239'],
    [
      'a NaN pixel',
      () => vae.reconstruct(floats.map(() => NaN)),
      'images: unusable value, got NaN',
    ],
    ['a count', () => vae.sample(0), 'count: not usable, got 0'],
    ['a seed', () => vae.sample(1, { seed: 0.5 }), 'seed: not usable, got 0.5'],
    ['a posterior seed', () => vae.reconstruct(bytes, { seed: -1 }), 'seed: not usable, got -1'],
    [
      'a temperature',
      () => vae.sample(1, { temperature: NaN }),
      'temperature: not usable, got NaN',
    ],
    ['steps', () => vae.interpolate(one, one, { steps: 1 }), 'steps: not usable, got 1'],
    [
      'an end of two',
      () => vae.interpolate(latents, one, { steps: 3 }),
      'a: not exactly one latent, got 10',
    ],
    [
      'the other end',
      () =>
        vae.interpolate(
          one,
          one.map(() => NaN),
          { steps: 3 },
        ),
      'b: unusable value',
    ],
    ['maxBatch', () => loadVae(folder, { maxBatch: 0 }), 'maxBatch: not usable, got 0'],
    ['threads', () => loadVae(folder, { threads: 0 }), 'threads: not usable, got 0'],
    [
      'precision',
      () => loadVae(folder, { precision: 'int8' }),
      'got int8, expected one of float32',
    ],
  ]
  it.each(wrong)('refuses %s', async (_, use, message) => {
    const used = use()
    await expect(used).rejects.toThrow(RuntimeError)
    await expect(used).rejects.toThrow(message)
  })

  it.each([false, true])('finishes what was accepted before release (lazy: %s)', async (lazy) => {
    const other = await loadVae(folder, { lazy, maxBatch: 2 })
    const [a, b] = [latents.subarray(0, LATENT), latents.subarray(LATENT, 2 * LATENT)]
    const accepted = [
      other.sample(7),
      other.reconstruct(bytes),
      other.interpolate(a, b, { steps: 5 }),
      ...Array.from({ length: 50 }, () => other.sample(3)),
    ]
    const released = other.release()
    const later = other.sample(1)
    await expect(later).rejects.toThrow('already released')
    const counts = (await Promise.all(accepted)).map(({ shape }) => shape[0])
    expect(counts).toEqual([7, 10, 5, ...Array<number>(50).fill(3)])
    await released
  })

  it('finishes what a bare half accepted before release', async () => {
    const decoder = await loadDecoder(join(folder, 'decoder.onnx'), { maxBatch: 2 })
    const encoder = await loadEncoder(join(folder, 'encoder.onnx'), { maxBatch: 2 })
    const accepted = [decoder.sample(7), encoder.encode(bytes)]
    await Promise.all([decoder.release(), encoder.release()])
    expect((await Promise.all(accepted)).map(({ shape }) => shape[0])).toEqual([7, 10])
    await Promise.all([decoder.release(), encoder.release()])
    for (const use of [decoder.sample(1), encoder.encode(bytes)]) {
      await expect(use).rejects.toThrow('already released')
    }
  })

  it.each([false, true])('refuses use after release (lazy: %s)', async (lazy) => {
    const other = await loadVae(folder, { lazy })
    const running = other.decode(latents)
    await other.release()
    expectClose((await running).data, (await vae.decode(latents)).data)
    await Promise.all([other.release(), other.release()])
    const uses = [other.decode(latents), other.encode(bytes), other.sample(1)]
    for (const use of [...uses, other.reconstruct(bytes)]) {
      await expect(use).rejects.toThrow(RuntimeError)
      await expect(use).rejects.toThrow('already released')
    }
  })
})

import { imageSet, selectImages, sourceOf } from '@anyvae/images'
import { randomStream } from '@anyvae/random'
import { describe, expect, it } from 'vitest'
import {
  evaluate,
  evaluateDraws,
  TrainError,
  type EvaluateOptions,
  type Evaluator,
} from '../index.js'

const count = 23
const latent = 3
const set = imageSet({
  name: 'ramp',
  shape: { channels: 1, height: 1, width: 2 },
  data: Uint8Array.from({ length: 2 * count }, (_, i) => 5 * i),
})

/** Terms that can be worked out by hand: from the image, from the noise, and one unit that never moves. */
const evaluator: Evaluator = {
  image: set.shape,
  evaluate: ({ images, noise, count }) =>
    Promise.resolve({
      reconstruction: Float32Array.from({ length: count }, (_, i) => images[2 * i] ?? NaN),
      kl: Float32Array.from({ length: count }, (_, i) => noise[latent * i] ?? NaN),
      mean: Float32Array.from({ length: count }, (_, i) => images[2 * i] ?? NaN).reduce(
        (rows, pixel, i) => {
          rows.set([7, pixel / 255, (i % 2) * 0.19], latent * i)
          return rows
        },
        new Float32Array(latent * count),
      ),
    }),
}

function run(options: Partial<EvaluateOptions> = {}) {
  return evaluate(evaluator, set, { seed: 4, batchSize: 10, latent, ...options })
}

describe('evaluate', () => {
  it('averages over every image, the last shorter batch among them', async () => {
    const { reconstruction, kl, negativeElbo, images, samples, seed } = await run()
    expect({ images, samples, seed }).toEqual({ images: count, samples: 1, seed: 4 })
    expect(reconstruction).toBeCloseTo((10 * (count - 1)) / 2, 9)
    const noise = randomStream(4, 'evaluation').normals(count * latent)
    const drawn = Array.from({ length: count }, (_, i) => noise[latent * i] ?? NaN)
    expect(kl).toBeCloseTo(drawn.reduce((sum, value) => sum + value, 0) / count, 9)
    expect(negativeElbo).toBe(reconstruction + kl)
  })

  it('gives the same for images that are read when they are asked for', async () => {
    const inMemory = sourceOf(set)
    const source = { ...inMemory, read: async (indices: Uint32Array) => inMemory.read(indices) }
    const options = { seed: 4, batchSize: 10, latent }
    expect(await evaluate(evaluator, source, options)).toEqual(await run())
  })

  it('refuses a source of no images', async () => {
    const none = { ...sourceOf(set), count: 0 }
    const turned = evaluate(evaluator, none, { seed: 4, batchSize: 10, latent })
    await expect(turned).rejects.toThrow('ramp: no images, got 0, expected at least 1')
  })

  it('counts the units whose posterior mean moves by more than 0.01', async () => {
    // Variances: 0, that of the ramp, and 0.19^2 / 4 = 0.009 for the one that alternates.
    expect((await run()).activeUnits).toBe(1)
  })

  it.each([
    [0.0095, 0],
    [0.0105, 1],
    [0.019, 1],
  ])('holds a unit of variance %d for %i active', async (variance, active) => {
    const alternating: Evaluator = {
      ...evaluator,
      evaluate: async (batch) => {
        const terms = await evaluator.evaluate(batch)
        const value = (i: number) => (i % 2 === 0 ? 1 : -1) * Math.sqrt(variance)
        return {
          ...terms,
          mean: terms.mean.map((_, i) => (i % latent === 1 ? value((i - 1) / latent) : 7)),
        }
      },
    }
    const even = selectImages(
      set,
      Array.from({ length: 20 }, (_, i) => i),
    )
    const { activeUnits } = await evaluate(alternating, even, { seed: 4, batchSize: 10, latent })
    expect(activeUnits).toBe(active)
  })

  it('averages draws, each the evaluation of a seed of its own, encoding once', async () => {
    let encoded = 0
    const twice: Evaluator = {
      ...evaluator,
      encoded: (batch) => {
        encoded++
        return Promise.resolve((noise) => drawn.evaluate({ ...batch, noise }))
      },
    }
    // A reconstruction that depends on the noise.
    const drawn: Evaluator = {
      ...evaluator,
      evaluate: async (batch) => {
        const { kl, ...terms } = await evaluator.evaluate(batch)
        return { ...terms, reconstruction: kl, kl: kl.map(() => 1) }
      },
    }
    const options = { seed: 4, batchSize: 10, latent }
    const each = []
    for (const seed of [4, 5, 6]) {
      each.push((await evaluate(drawn, set, { ...options, seed })).negativeElbo)
    }
    const mean = each.reduce((sum, value) => sum + value, 0) / 3
    const squares = each.reduce((sum, value) => sum + (value - mean) ** 2, 0)
    for (const model of [drawn, twice]) {
      const several = await evaluateDraws(model, set, { ...options, draws: 3 })
      expect(several).toMatchObject({ draws: 3, samples: 1, seed: 4, images: count, kl: 1 })
      expect(several.negativeElbo).toBeCloseTo(mean, 9)
      expect(several.standardDeviation).toBeCloseTo(Math.sqrt(squares / 2), 9)
    }
    expect(encoded).toBe(3)
    const one = await evaluateDraws(drawn, set, { ...options, draws: 1 })
    expect(one.standardDeviation).toBeUndefined()
    await expect(evaluateDraws(drawn, set, { ...options, draws: 0 })).rejects.toThrow(
      'draws: out of',
    )
  })

  it('draws the same noise whatever the batch size, and other noise for another seed', async () => {
    const { kl } = await run()
    expect((await run({ batchSize: 1 })).kl).toBeCloseTo(kl, 9)
    expect((await run({ batchSize: 100 })).kl).toBeCloseTo(kl, 9)
    expect((await run({ seed: 5 })).kl).not.toBeCloseTo(kl, 3)
  })

  it('refuses images of another shape, also where they have as many values', async () => {
    const image = { channels: 1, height: 2, width: 1 }
    const turned = evaluate({ ...evaluator, image }, set, { seed: 4, batchSize: 10, latent })
    await expect(turned).rejects.toThrow(TrainError)
    await expect(turned).rejects.toThrow(
      "ramp: images of another shape than the model's, got 1x2 grey (height x width), expected 2x1 grey (height x width)",
    )
  })

  it("stops between batches with the signal's reason", async () => {
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(run({ signal })).rejects.toThrow('enough')
    const controller = new AbortController()
    const stopped = run({ signal: controller.signal })
    controller.abort(new Error('more than enough'))
    await expect(stopped).rejects.toThrow('more than enough')
  })

  it('refuses what is no signal', async () => {
    const none: unknown = { aborted: 'no' }
    await expect(run({ signal: none as AbortSignal })).rejects.toThrow(TrainError)
  })
})

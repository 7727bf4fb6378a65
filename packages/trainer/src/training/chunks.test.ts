// A step's inputs are the documented ones: order, noise and scalars, by seed, stream and step.
import { epochOrder, glyphs } from '@anyvae/images'
import { randomStream } from '@anyvae/random'
import { describe, expect, it } from 'vitest'
import { createChunks } from './chunks.js'
import { parseTrainConfig } from './config.js'
import { scalarsOf } from './schedule.js'

const [batchSize, stepsPerEpoch, latent] = [4, 5, 3]
const images = glyphs({ count: 22, seed: 1, height: 10, width: 8 })
const config = parseTrainConfig({
  network: { image: images.shape, latent, hidden: [4] },
  batchSize,
  seed: 7,
  epochs: 3,
  klWarmup: { epochs: 2 },
})

/** All inputs of an epoch, one after another. */
async function inputsOf(epoch: number, readsInPlace: boolean) {
  const engine = { chunkSteps: 2, readsInPlace }
  const chunks = createChunks({ config, images, batchSize, stepsPerEpoch, engine })(epoch)
  const [noise, pixels, scalars]: [number[], number[], number[][]] = [[], [], [[], [], []]]
  const size = 10 * 8
  for await (const chunk of chunks) {
    noise.push(...chunk.noise)
    for (const place of chunk.places) {
      pixels.push(...chunk.images.subarray(place * size, (place + 1) * size))
    }
    ;[chunk.stepSize, chunk.epsilon, chunk.beta].forEach((each, i) => scalars[i]?.push(...each))
  }
  return { noise, pixels, scalars }
}

describe.each([0, 1, 2])('epoch %i', (epoch) => {
  const first = epoch * stepsPerEpoch

  it.each([true, false])('has its own noise, order and scalars (in place: %j)', async (inPlace) => {
    const { noise, pixels, scalars } = await inputsOf(epoch, inPlace)
    const perStep = batchSize * latent
    const drawn = randomStream(7, 'noise').normals(stepsPerEpoch * perStep, first * perStep)
    expect(noise).toEqual([...drawn])
    const order = epochOrder(images.count, 7, epoch)(0, stepsPerEpoch * batchSize)
    const size = 10 * 8
    const expected = [...order].flatMap((i) => [...images.data.subarray(i * size, (i + 1) * size)])
    expect(pixels).toEqual(expected)
    const steps = Array.from({ length: stepsPerEpoch }, (_, i) =>
      scalarsOf(config, first + i, stepsPerEpoch),
    )
    const named = (['stepSize', 'epsilon', 'beta'] as const).map((name) =>
      steps.map((each) => Math.fround(each[name])),
    )
    expect(scalars).toEqual(named)
  })
})

it('draws no noise twice', async () => {
  const all = []
  for (const epoch of [0, 1, 2]) all.push(...(await inputsOf(epoch, true)).noise)
  expect(new Set(all).size).toBe(all.length)
})

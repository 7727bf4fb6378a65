import { describe, expect, it } from 'vitest'
import {
  effectiveBatchSize,
  epochOrder,
  evaluationBatches,
  stepsPerEpoch,
  trainingBatches,
} from './batches.js'
import { imageSet } from './image-set.js'

/** Image i is the single pixel i. */
function numbered(count: number) {
  const data = Uint8Array.from({ length: count }, (_, i) => i)
  return imageSet({ name: 'n', shape: { channels: 1, height: 1, width: 1 }, data })
}

describe('trainingBatches', () => {
  const set = numbered(25)

  it('drops the shorter last batch and repeats no image', () => {
    const batches = [...trainingBatches(set, { batchSize: 10, seed: 1, epoch: 0 })]
    expect(batches.map(({ index, count }) => [index, count])).toEqual([
      [0, 10],
      [1, 10],
    ])
    const seen = batches.flatMap(({ images }) => [...images])
    expect(new Set(seen).size).toBe(20)
    expect(seen).toEqual([...epochOrder(25, 1, 0)(0, 20)])
    expect(batches.flatMap(({ indices }) => [...indices])).toEqual(seen)
  })

  it('lets every image have its turn in other epochs', () => {
    const seen = new Set<number>()
    for (let epoch = 0; epoch < 8; epoch++) {
      for (const { images } of trainingBatches(set, { batchSize: 10, seed: 1, epoch })) {
        images.forEach((image) => seen.add(image))
      }
    }
    expect(seen.size).toBe(25)
  })

  it('goes on in the middle of an epoch as if it had never stopped', () => {
    const options = { batchSize: 4, seed: 9, epoch: 3 }
    const whole = [...trainingBatches(set, options)]
    expect(whole).toHaveLength(6)
    expect([...trainingBatches(set, { ...options, start: 2 })]).toEqual(whole.slice(2))
    expect([...trainingBatches(set, { ...options, start: 6 })]).toEqual([])
  })

  it('differs by seed and by epoch', () => {
    const orders = [epochOrder(25, 1, 0), epochOrder(25, 1, 1), epochOrder(25, 2, 0)]
    expect(new Set(orders.map((order) => order(0, 25).join())).size).toBe(3)
  })

  it('makes one batch of a set smaller than a batch', () => {
    const batches = [...trainingBatches(numbered(3), { batchSize: 128, seed: 1, epoch: 0 })]
    expect(batches).toHaveLength(1)
    expect([...(batches[0]?.images ?? [])].sort()).toEqual([0, 1, 2])
  })

  it('refuses a batch size of 0 and an empty set, by name', () => {
    const options = { batchSize: 0, seed: 1, epoch: 0 }
    expect(() => [...trainingBatches(set, options)]).toThrow(
      'batch size: not usable, got 0, expected a whole number from 1',
    )
    const none = { ...set, count: 0, name: 'folder (has test images alone)' }
    expect(() => [...trainingBatches(none, { ...options, batchSize: 8 })]).toThrow(
      'folder (has test images alone): no images, got 0, expected at least 1',
    )
  })
})

describe('evaluationBatches', () => {
  it('gives every image once, in order, the last batch shorter', () => {
    const batches = [...evaluationBatches(numbered(25), { batchSize: 10 })]
    expect(batches.map(({ count }) => count)).toEqual([10, 10, 5])
    expect(batches.flatMap(({ images }) => [...images])).toEqual([...numbered(25).data])
  })

  it('gives a whole number of batches without an empty one', () => {
    expect([...evaluationBatches(numbered(20), { batchSize: 10 })]).toHaveLength(2)
  })
})

describe('sizes', () => {
  it.each([
    [60_000, 128, 128, 468],
    [100, 128, 100, 1],
    [1, 1, 1, 1],
  ])('%d images in batches of %d', (count, batchSize, effective, steps) => {
    expect(effectiveBatchSize(count, batchSize)).toBe(effective)
    expect(stepsPerEpoch(count, batchSize)).toBe(steps)
  })

  it('has no steps for no images', () => {
    expect(() => stepsPerEpoch(0, 8)).toThrow('got 0 images, expected at least 1')
  })
})

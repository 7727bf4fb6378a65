// The defaults for sets of every size, and which runs are too short.
import { describe, expect, it } from 'vitest'
import { lengthInSteps, suitedLength } from './length.js'

describe('suitedLength', () => {
  it.each([
    [1, 8, 1000],
    [9, 8, 1000],
    [36, 8, 1000],
    [100, 8, 334],
    [243, 16, 267],
    [270, 16, 250],
    [1000, 64, 267],
    [2000, 128, 267],
    [20_000, 128, 26],
    [60_000, 128, 10],
    [1_000_000, 128, 10],
  ])('of %i images is batches of %i, %i epochs', (count, batchSize, epochs) => {
    expect(suitedLength(count)).toEqual({ batchSize, epochs })
  })

  it('is batches of 128 and 10 epochs where the number of images is unknown', () => {
    expect(suitedLength()).toEqual({ batchSize: 128, epochs: 10 })
  })

  it('leaves what is asked for, and the other follows from it', () => {
    expect(suitedLength(270, { batchSize: 128 })).toEqual({ batchSize: 128, epochs: 1000 })
    expect(suitedLength(270, { epochs: 3 })).toEqual({ batchSize: 16, epochs: 3 })
    expect(suitedLength(60_000, { batchSize: 1000 })).toEqual({ batchSize: 1000, epochs: 67 })
  })

  it('is never short', () => {
    for (let count = 1; count < 100_000; count = Math.ceil(count * 1.3)) {
      const { steps, isShort } = lengthInSteps(suitedLength(count), count)
      expect(isShort, String(count)).toBe(false)
      expect(steps).toBeGreaterThanOrEqual(count < 32 ? 1000 : 4000)
    }
  })
})

describe('lengthInSteps', () => {
  it('counts whole batches', () => {
    expect(lengthInSteps({ epochs: 10, batchSize: 128 }, 60_000)).toEqual({
      stepsPerEpoch: 468,
      steps: 4680,
      isShort: false,
      suitedEpochs: 10,
    })
  })

  it('tells of a short run, and what would do', () => {
    expect(lengthInSteps({ epochs: 10, batchSize: 128 }, 270)).toMatchObject({
      steps: 20,
      isShort: true,
      suitedEpochs: 1000,
    })
    expect(lengthInSteps({ epochs: 1, batchSize: 16 }, 270)).toMatchObject({
      steps: 16,
      isShort: true,
      suitedEpochs: 250,
    })
  })
})

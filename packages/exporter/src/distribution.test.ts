import { beforeAll, describe, expect, it } from 'vitest'
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { type Distribution, distributionOf } from './distribution.js'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

const seeds = Array.from({ length: 128 }, (_, seed) => seed + 0.5)
const draw = (make: () => tf.Tensor) => make().dataSync<'float32'>()

describe('the distribution of a draw', () => {
  it.each<[string, Distribution, (size: number, seed: number) => tf.Tensor]>([
    [
      'randomNormal',
      { kind: 'normal', mean: 3, deviation: 0.25 },
      (size, seed) => tf.randomNormal([size], 3, 0.25, 'float32', seed),
    ],
    [
      'truncatedNormal',
      { kind: 'truncated-normal', mean: 1, deviation: 2 },
      (size, seed) => tf.truncatedNormal([size], 1, 2, 'float32', seed),
    ],
    [
      'randomUniform',
      { kind: 'uniform', low: -2, high: 5 },
      (size, seed) => tf.randomUniform([size], -2, 5, 'float32', seed),
    ],
  ])('is found of each seed: %s', (op, distribution, make) => {
    for (const seed of seeds) {
      const values = draw(() => make(16, seed))
      expect(distributionOf({ op, values, seed, draw }), `seed ${seed}`).toEqual(distribution)
    }
  })

  it('is unknown of two numbers, which fit any', () => {
    const values = draw(() => tf.randomNormal([2], 3, 0.25, 'float32', 0.5))
    const given = { op: 'randomNormal', values, seed: 0.5, draw }
    expect(distributionOf(given)).toEqual({ kind: 'unknown', op: 'randomNormal' })
  })
})

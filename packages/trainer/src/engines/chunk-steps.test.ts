import { expect, it } from 'vitest'
import { parseNetworkConfig } from '../index.js'
import { chunkStepsOf, planOf } from './chunk-steps.js'

it.each([
  ['conv as it is', { architecture: 'conv' }, 120],
  ['a wide mlp', { hidden: [4000, 4000] }, 8],
  ['many filters', { architecture: 'conv', filters: [256, 512] }, 1],
  ['a small resnet', { architecture: 'resnet', filters: [8, 16] }, 77],
  ['resnet as it is', { architecture: 'resnet' }, 3],
  ['a resnet of many blocks', { architecture: 'resnet', filters: [8, 16], blocks: 10 }, 8],
] as const)('takes no more at once than a second or two: %s', (_, network, steps) => {
  const config = parseNetworkConfig({ image: { channels: 1, height: 28, width: 28 }, ...network })
  expect(chunkStepsOf(config, 128)).toBe(steps)
})

it.each([
  ['MNIST', [1, 28, 28], 20, 128, 120],
  ['64x64 in colour', [3, 64, 64], 20, 128, 10],
  ['256x256 in colour', [3, 256, 256], 20, 32, 2],
  ['512x512 in colour', [3, 512, 512], 20, 128, 1],
  ['a pixel and many latents', [1, 1, 1], 4096, 128, 7],
] as const)('takes few large steps at once: %s', (_, shape, latent, batchSize, steps) => {
  const [channels, height, width] = shape
  const config = parseNetworkConfig({ image: { channels, height, width }, latent })
  expect(chunkStepsOf(config, batchSize)).toBe(steps)
})

const mlp = parseNetworkConfig({ image: { channels: 1, height: 28, width: 28 } })
const large = parseNetworkConfig({ ...mlp, hidden: [4000, 4000] })

it.each([
  ['MNIST in batches of 128', mlp, { epochSteps: 468 }, 117, 9],
  ['MNIST in batches of 100', mlp, { epochSteps: 600 }, 120, 10],
  ['a number that none divides', mlp, { epochSteps: 467 }, 120, 10],
  ['an epoch of 7 steps', mlp, { epochSteps: 7 }, 119, 7],
  ['an epoch of 11 steps', mlp, { epochSteps: 11 }, 120, 10],
  ['an epoch of one step', mlp, { epochSteps: 1 }, 120, 1],
  ['an unknown epoch', mlp, {}, 120, 10],
  ['large steps', large, { epochSteps: 468 }, 8, 1],
  ['chunks that are given', mlp, { chunkSteps: 50 }, 50, 10],
  ['chunks that are given, of a short epoch', mlp, { chunkSteps: 50, epochSteps: 7 }, 50, 7],
  ['chunks that are given, of 14', mlp, { chunkSteps: 14, epochSteps: 468 }, 14, 7],
  ['small chunks that are given', mlp, { chunkSteps: 7 }, 7, 1],
] as const)('divides an epoch: %s', (_, config, asked, chunkSteps, bodySteps) => {
  expect(planOf(config, { batchSize: 128, ...asked })).toEqual({ chunkSteps, bodySteps })
})

it.each([0, -3, 2.5, NaN])('refuses an epoch of %s steps', (epochSteps) => {
  expect(() => planOf(mlp, { batchSize: 128, epochSteps })).toThrow(
    `epochSteps: not a number of steps, got ${epochSteps}, expected a whole number from 1`,
  )
})

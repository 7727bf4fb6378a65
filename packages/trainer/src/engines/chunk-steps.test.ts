import { expect, it } from 'vitest'
import { parseNetworkConfig } from '../index.js'
import { bodyStepsOf, chunkStepsOf } from './chunk-steps.js'

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

it.each([
  ['MNIST in batches of 128', 120, 468, 9],
  ['MNIST in batches of 100', 120, 600, 10],
  ['a number that none divides', 120, 467, 10],
  ['an epoch of 7 steps', 120, 7, 7],
  ['an epoch of one step', 120, 1, 1],
  ['large steps', 4, 468, 1],
  ['chunks that are given', 50, undefined, 10],
  ['small chunks that are given', 7, undefined, 1],
] as const)('divides an epoch into bodies of a Loop: %s', (_, chunkSteps, epochSteps, steps) => {
  expect(bodyStepsOf(chunkSteps, epochSteps)).toBe(steps)
})

import { expect, it } from 'vitest'
import { parseNetworkConfig } from '../index.js'
import { chunkStepsOf } from './chunk-steps.js'

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

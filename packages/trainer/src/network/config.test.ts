import { expect, it } from 'vitest'
import { parseNetworkConfig, TrainError } from '../index.js'

const image = { channels: 3, height: 32, width: 32 }

it.each([
  [{ activation: 'softplus' }, { architecture: 'mlp', hidden: [400], activation: 'softplus' }],
  [{ architecture: 'resnet' }, { architecture: 'resnet', filters: [32, 64, 128], blocks: 1 }],
  [
    { architecture: 'resnet', filters: [4], blocks: 3, latent: 7 },
    { architecture: 'resnet', filters: [4], blocks: 3, latent: 7 },
  ],
] as const)('fills %j in, and keeps it when read back', (given, expected) => {
  const config = parseNetworkConfig({ image, ...given })
  expect(config).toEqual({ image, latent: 20, likelihood: 'bernoulli', ...expected })
  expect(parseNetworkConfig(JSON.parse(JSON.stringify(config)))).toEqual(config)
})

it.each([
  [
    { architecture: 'resnet', blocks: 1_000_000 },
    'blocks: too many, got 1000000, expected at most 100',
  ],
  [
    { architecture: 'conv', blocks: 2 },
    'blocks: not a setting of conv, got 2, expected it to be left out; settings of conv are filters and kernelSize',
  ],
  [
    { architecture: 'conv', activation: 'relu' },
    'activation: not a setting of conv, got "relu", expected it to be left out; settings of conv are filters and kernelSize',
  ],
  [
    { architecture: 'resnet', kernelSize: 5 },
    'kernelSize: not a setting of resnet, got 5, expected it to be left out; settings of resnet are filters and blocks',
  ],
  [{ activation: 'tanh' }, 'activation: unknown, got "tanh", expected relu or softplus'],
  [
    { architecture: 'resnet', blocks: 0 },
    'blocks: out of range, got 0, expected a whole number of at least 1',
  ],
  [
    { architecture: 'resnet', filters: [] },
    'filters: no sizes, got [], expected a list of whole numbers',
  ],
])('refuses %j', (given, message) => {
  expect(() => parseNetworkConfig({ image, ...given })).toThrow(new TrainError(message))
})

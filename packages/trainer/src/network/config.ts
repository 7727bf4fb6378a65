// Checks of a network's configuration, with defaults filled in.
import { TrainError } from '../error.js'
import { fields, known, oneOf, positive, positives } from '../check.js'
import type { Architecture, NetworkConfig } from './types.js'

const ARCHITECTURES = ['mlp', 'conv', 'resnet'] as const
const LIKELIHOODS = ['bernoulli', 'gaussian'] as const
const COMMON = ['architecture', 'image', 'latent', 'likelihood']
const ACTIVATIONS = ['relu', 'softplus'] as const
const OWN: Readonly<Record<Architecture, readonly string[]>> = {
  mlp: ['hidden', 'activation'],
  conv: ['filters', 'kernelSize'],
  resnet: ['filters', 'blocks'],
}

/**
 * A whole network configuration from a partial one, such as JSON. Defaults: `mlp`, 20 latents, Bernoulli,
 * one hidden layer of 400 with ReLU; for `conv` 5 x 5 filters, 16 and 32 of them; for `resnet` a block a
 * level, levels of 32, 64 and 128 filters.
 *
 * @throws TrainError for an unknown architecture, likelihood or activation, a size that is no whole number above 0,
 *   or a field that the architecture does not have, such as a misspelt one
 */
export function parseNetworkConfig(value: unknown): NetworkConfig {
  const given = fields('network', value)
  const architecture = oneOf('architecture', given.architecture ?? 'mlp', ARCHITECTURES)
  checkNames(given, architecture)
  const common = {
    image: parseImage(given.image),
    latent: positive('latent', given.latent ?? 20),
    likelihood: oneOf('likelihood', given.likelihood ?? 'bernoulli', LIKELIHOODS),
  }
  if (architecture === 'mlp') {
    const hidden = positives('hidden', given.hidden ?? [400])
    const activation = oneOf('activation', given.activation ?? 'relu', ACTIVATIONS)
    return { architecture, ...common, hidden, activation }
  }
  if (architecture === 'conv') {
    const filters = positives('filters', given.filters ?? [16, 32])
    const kernelSize = positive('kernelSize', given.kernelSize ?? 5)
    return { architecture, ...common, filters, kernelSize }
  }
  const filters = positives('filters', given.filters ?? [32, 64, 128])
  return { architecture, ...common, filters, blocks: parseBlocks(given.blocks ?? 1) }
}

/** More would take long to be refused for their number of parameters. */
const MOST_BLOCKS = 100

function parseBlocks(value: unknown): number {
  const blocks = positive('blocks', value)
  if (blocks <= MOST_BLOCKS) return blocks
  throw new TrainError(`blocks: too many, got ${blocks}, expected at most ${MOST_BLOCKS}`)
}

function parseImage(value: unknown): NetworkConfig['image'] {
  const image = fields('image', value)
  return {
    channels: positive('image.channels', image.channels),
    height: positive('image.height', image.height),
    width: positive('image.width', image.width),
  }
}

function checkNames(given: Record<string, unknown>, architecture: Architecture): void {
  const own = OWN[architecture]
  const found = Object.values(OWN)
    .flat()
    .find((name) => given[name] !== undefined && !own.includes(name))
  if (found === undefined) return known('network', given, [...COMMON, ...own])
  throw new TrainError(
    `${found}: not a setting of ${architecture}, got ${JSON.stringify(given[found])}, expected it to be left out; settings of ${architecture} are ${own.join(' and ')}`,
  )
}

// Checks of a network's configuration, with defaults filled in.
import { TrainError } from '../error.js'
import { fields, known, oneOf, positive, positives } from '../check.js'
import type { NetworkConfig } from './types.js'

const ARCHITECTURES = ['mlp', 'conv'] as const
const LIKELIHOODS = ['bernoulli', 'gaussian'] as const
const COMMON = ['architecture', 'image', 'latent', 'likelihood']
const OWN = { mlp: ['hidden'], conv: ['filters', 'kernelSize'] } as const

/**
 * A whole network configuration from a partial one, such as JSON. Defaults: `mlp`, 20 latents, Bernoulli,
 * one hidden layer of 400; for `conv` 5 x 5 filters, 16 and 32 of them.
 *
 * @throws TrainError for an unknown architecture or likelihood, a size that is no whole number above 0,
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
    return { architecture, ...common, hidden: positives('hidden', given.hidden ?? [400]) }
  }
  return {
    architecture,
    ...common,
    filters: positives('filters', given.filters ?? [16, 32]),
    kernelSize: positive('kernelSize', given.kernelSize ?? 5),
  }
}

function parseImage(value: unknown): NetworkConfig['image'] {
  const image = fields('image', value)
  return {
    channels: positive('image.channels', image.channels),
    height: positive('image.height', image.height),
    width: positive('image.width', image.width),
  }
}

function checkNames(given: Record<string, unknown>, architecture: keyof typeof OWN): void {
  const other = architecture === 'mlp' ? 'conv' : 'mlp'
  const found = OWN[other].find((name) => given[name] !== undefined)
  if (found === undefined) return known('network', given, [...COMMON, ...OWN[architecture]])
  throw new TrainError(
    `${found}: not a setting of ${architecture}, got ${JSON.stringify(given[found])}, expected it to be left out`,
  )
}

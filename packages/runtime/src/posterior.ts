// Latents drawn from posteriors.
import { checkAlike } from './check.js'
import { normals } from './latents.js'

/**
 * Draws one latent for each posterior: mean + exp(log variance / 2) × noise, value by value, in
 * float64 and rounded once to float32, with noise i being normal i of the stream `posterior`.
 *
 * @throws RuntimeError where there are not as many means as log variances, or the seed is out of range
 */
export function drawPosterior(
  posterior: { readonly mean: Float32Array; readonly logVariance: Float32Array },
  seed: number,
): Float32Array {
  const { mean, logVariance } = posterior
  checkAlike('mean and logVariance', mean, logVariance)
  const noise = normals(seed, 'posterior', mean.length)
  return mean.map((m, i) => m + Math.exp((logVariance[i] ?? 0) / 2) * (noise[i] ?? 0))
}

// The terms of the negative ELBO from what a bundle's two halves compute, in float64.
import type { Manifest, TensorValue } from '@anyvae/runtime'
import type { EvaluationTerms } from '@anyvae/trainer'
import { BundleError } from './error.js'

/** Outputs of a session by name. */
export type Results = Readonly<Record<string, TensorValue>>

/** Some images with the posteriors of their latents and what was decoded from draws of these. */
export interface Coded {
  readonly count: number
  /** 0 to 1, channels first. */
  readonly pixels: Float32Array
  readonly posterior: Results
  readonly decoded: Results
}

/**
 * Reconstruction and KL of each image, in nats. The likelihood is computed from the decoder's `logits`
 * (Bernoulli) or `log_scale` (Gaussian): independently of the graphs that trained it.
 */
export function elboTerms(manifest: Manifest, coded: Coded): EvaluationTerms {
  const { count, pixels, posterior, decoded } = coded
  const mean = floatsOf(posterior, 'mean')
  const logVariance = floatsOf(posterior, 'log_variance')
  const loss = pixelLoss(manifest, decoded)
  return {
    reconstruction: rowSums(count, pixels.length / count, (i) => loss(pixels[i] ?? 0, i)),
    kl: rowSums(count, manifest.latentSize, (i) => klTerm(mean[i] ?? 0, logVariance[i] ?? 0)),
    mean,
  }
}

/** Latents of posteriors: mean + exp(log_variance / 2) * noise. */
export function posteriorLatents(posterior: Results, noise: Float32Array): Float32Array {
  const logVariance = floatsOf(posterior, 'log_variance')
  return floatsOf(posterior, 'mean').map(
    (value, i) => value + Math.exp((logVariance[i] ?? 0) / 2) * (noise[i] ?? 0),
  )
}

/** -log p(x given z) of one pixel, in nats. */
function pixelLoss(manifest: Manifest, decoded: Results): (x: number, i: number) => number {
  if (manifest.likelihood === 'bernoulli') {
    const logits = floatsOf(decoded, 'logits')
    return (x, i) => softplus(logits[i] ?? 0) - x * (logits[i] ?? 0)
  }
  const image = floatsOf(decoded, 'image')
  const logScale = floatsOf(decoded, 'log_scale')[0] ?? 0
  const constant = logScale + Math.log(2 * Math.PI) / 2
  const precision = Math.exp(-2 * logScale)
  return (x, i) => constant + (precision * (x - (image[i] ?? 0)) ** 2) / 2
}

/** log(1 + exp(x)) without overflow. */
function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))
}

/** KL(N(mean, variance) || N(0, 1)) of one latent (Kingma and Welling 2014, appendix B). */
function klTerm(mean: number, logVariance: number): number {
  return (mean * mean + Math.exp(logVariance) - logVariance - 1) / 2
}

function rowSums(rows: number, columns: number, term: (i: number) => number): Float32Array {
  return Float32Array.from({ length: rows }, (_, row) => {
    let sum = 0
    for (let column = 0; column < columns; column++) {
      sum += term(row * columns + column)
    }
    return sum
  })
}

/** The values of a float32 output. Throws BundleError where there is none. */
export function floatsOf(results: Results, name: string): Float32Array {
  const value = results[name]
  if (value?.type !== 'float32') {
    throw new BundleError(`${name}: missing from the model's outputs, expected float32 values`)
  }
  return value.data
}

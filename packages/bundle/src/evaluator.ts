// A bundle as what the trainer's evaluation asks for: the negative ELBO's terms of each image.
import { unitPixels } from '@anyvae/images'
import {
  type BundleReader,
  type ImageShape,
  type Manifest,
  readManifest,
  readModel,
  type Role,
  type Session,
  type SessionBackend,
  type SessionOptions,
  type TensorValue,
} from '@anyvae/runtime'
import type { EvaluationBatch, EvaluationTerms, Evaluator } from '@anyvae/trainer'
import { BundleError } from './error.js'

/** An open bundle that can be evaluated. */
export interface BundleEvaluator extends Evaluator {
  readonly manifest: Manifest
  readonly latent: number
  readonly image: ImageShape
  release(): Promise<void>
}

/**
 * Opens a bundle for evaluation. Its likelihood is computed here, in float64, from the decoder's
 * `logits` (Bernoulli) or `log_scale` (Gaussian): independently of the graphs that trained it.
 */
export async function bundleEvaluator(
  reader: BundleReader,
  backend: SessionBackend,
  options: SessionOptions = {},
): Promise<BundleEvaluator> {
  const manifest = await readManifest(reader)
  const open = async (role: Role) => {
    const file = fileOf(manifest, role)
    return backend.createSession(await readModel(reader, manifest, file), options)
  }
  const sessions = { encoder: await open('encoder'), decoder: await open('decoder') }
  return {
    manifest,
    latent: manifest.latentSize,
    image: manifest.image,
    evaluate: (batch) => evaluateBatch(sessions, manifest, batch),
    async release() {
      await Promise.all([sessions.encoder.release(), sessions.decoder.release()])
    },
  }
}

function fileOf(manifest: Manifest, role: Role): string {
  const entry = Object.entries(manifest.files).find(
    ([, file]) => file.role === role && file.precision === 'float32',
  )
  if (entry === undefined) {
    const got = Object.keys(manifest.files).join(', ')
    throw new BundleError(`bundle: has no ${role}, got ${got}, expected one of precision float32`)
  }
  return entry[0]
}

interface Sessions {
  readonly encoder: Session
  readonly decoder: Session
}

async function evaluateBatch(
  { encoder, decoder }: Sessions,
  manifest: Manifest,
  { images, noise, count }: EvaluationBatch,
): Promise<EvaluationTerms> {
  const { channels, height, width } = manifest.image
  const pixels = unitPixels(images)
  const posterior = await encoder.run({
    image: { type: 'float32', dims: [count, channels, height, width], data: pixels },
  })
  const mean = floats(posterior, 'mean')
  const logVariance = floats(posterior, 'log_variance')
  const latent = mean.map(
    (value, i) => value + Math.exp((logVariance[i] ?? 0) / 2) * (noise[i] ?? 0),
  )
  const decoded = await decoder.run({
    latent: { type: 'float32', dims: [count, manifest.latentSize], data: latent },
  })
  const loss = pixelLoss(manifest, decoded)
  return {
    reconstruction: rowSums(count, pixels.length / count, (i) => loss(pixels[i] ?? 0, i)),
    kl: rowSums(count, manifest.latentSize, (i) => klTerm(mean[i] ?? 0, logVariance[i] ?? 0)),
    mean,
  }
}

type Results = Readonly<Record<string, TensorValue>>

/** -log p(x given z) of one pixel, in nats. */
function pixelLoss(manifest: Manifest, decoded: Results): (x: number, i: number) => number {
  if (manifest.likelihood === 'bernoulli') {
    const logits = floats(decoded, 'logits')
    return (x, i) => softplus(logits[i] ?? 0) - x * (logits[i] ?? 0)
  }
  const image = floats(decoded, 'image')
  const logScale = floats(decoded, 'log_scale')[0] ?? 0
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

function floats(results: Results, name: string): Float32Array {
  const value = results[name]
  if (value?.type !== 'float32') {
    throw new BundleError(`${name}: missing from the model's outputs, expected float32 values`)
  }
  return value.data
}

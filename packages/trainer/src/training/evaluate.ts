// How good a model is on a set: the negative ELBO, its two terms and the active units, over one draw or more.
import { describeShape, imageSize, type ImageSet, type ImageSource } from '@anyvae/images'
import { fastNormals } from '@anyvae/random/fast'
import { checkSignal, whole } from '../check.js'
import type { EvaluationBatch, EvaluationTerms, Evaluator } from '../engines/engine.js'
import { TrainError } from '../error.js'
import { oneAhead } from './ahead.js'
import { pause } from './pause.js'

/** Means over a set's images, nats per image, one posterior sample of each, beta = 1. */
export interface Evaluation {
  /** reconstruction + kl */
  readonly negativeElbo: number
  readonly reconstruction: number
  readonly kl: number
  /** Latents whose posterior mean has a variance over the data above 0.01 (Burda et al. 2015). */
  readonly activeUnits: number
  readonly images: number
  /** Posterior samples per image. */
  readonly samples: 1
  readonly seed: number
}

/** How to evaluate. The figures follow from `seed`, not from `batchSize`, up to rounding. */
export interface EvaluateOptions {
  /** Image i takes normals i * latent on of this seed's stream `evaluation`. */
  readonly seed: number
  /** Images at a time; it changes no draw. */
  readonly batchSize: number
  readonly latent: number
  /** Aborting it rejects with its reason, between two batches. */
  readonly signal?: AbortSignal | undefined
}

const ACTIVE_VARIANCE = 0.01

/** Figures over several draws of the posterior samples: means over draws. */
export interface DrawnEvaluation extends Evaluation {
  readonly draws: number
  /** Of negativeElbo over the draws, with draws - 1 as divisor; none of one draw. */
  readonly standardDeviation?: number
}

/**
 * Evaluates a model on a whole set; the last batch may be shorter. Sums are kept in float64. A source's
 * next batch is read while one is computed.
 *
 * @throws TrainError (by rejection) where there are no images, or where they are of another shape than the
 *   model's
 */
export async function evaluate(
  evaluator: Evaluator,
  set: ImageSet | ImageSource,
  options: EvaluateOptions,
): Promise<Evaluation> {
  const drawn = await evaluateDraws(evaluator, set, { ...options, draws: 1 })
  const { negativeElbo, reconstruction, kl, activeUnits, images, samples, seed } = drawn
  return { negativeElbo, reconstruction, kl, activeUnits, images, samples, seed }
}

/**
 * Evaluates several times at once: draw d is the evaluation of seed + d, in a model that encodes each image
 * once for all draws where it can.
 *
 * @throws TrainError (by rejection) as `evaluate` does, and for a number of draws below 1
 */
export async function evaluateDraws(
  evaluator: Evaluator,
  set: ImageSet | ImageSource,
  { draws: asked, ...options }: EvaluateOptions & { readonly draws: number },
): Promise<DrawnEvaluation> {
  const { seed, batchSize, latent, signal } = options
  const draws = whole('draws', asked, 1)
  checkSignal(signal)
  checkShape(evaluator, set)
  const streams = Array.from({ length: draws }, (_, d) => fastNormals(seed + d, 'evaluation'))
  const units = new UnitVariances(latent)
  const reconstructions = new Float64Array(draws)
  let kl = 0
  for await (const { images, first, count } of oneAhead(batchesOf(set, batchSize))) {
    const noises = streams.map((normals) => () => normals(count * latent, first * latent))
    const terms = await termsOf(evaluator, { images, count }, noises)
    terms.forEach(
      ({ reconstruction }, d) =>
        (reconstructions[d] = (reconstructions[d] ?? 0) + sum(reconstruction)),
    )
    const [one] = terms
    kl += sum(one?.kl ?? [])
    units.add(one?.mean ?? new Float32Array())
    await pause()
    signal?.throwIfAborted()
  }
  kl /= set.count
  const activeUnits = units.variances().filter((variance) => variance > ACTIVE_VARIANCE).length
  const each = reconstructions.map((reconstruction) => reconstruction / set.count)
  const reconstruction = sum(each) / draws
  const figures = { negativeElbo: reconstruction + kl, reconstruction, kl, activeUnits }
  const protocol = { images: set.count, samples: 1 as const, seed, draws }
  const spread = draws > 1 && { standardDeviation: deviation(each, reconstruction) }
  return { ...figures, ...protocol, ...spread }
}

/** The terms of one batch for each draw's noise, which is made when its turn comes. */
async function termsOf(
  evaluator: Evaluator,
  batch: Omit<EvaluationBatch, 'noise'>,
  noises: readonly (() => Float32Array)[],
): Promise<EvaluationTerms[]> {
  const evaluateNoise =
    noises.length > 1 && evaluator.encoded
      ? await evaluator.encoded(batch)
      : (noise: Float32Array) => evaluator.evaluate({ ...batch, noise })
  const terms: EvaluationTerms[] = []
  for (const noise of noises) terms.push(await evaluateNoise(noise()))
  return terms
}

function sum(values: Iterable<number>): number {
  let total = 0
  for (const value of values) total += value
  return total
}

/** Standard deviation of a sample. KL has no noise: the reconstruction's is the whole negative ELBO's. */
function deviation(values: Float64Array, mean: number): number {
  return Math.sqrt(sum(values.map((value) => (value - mean) ** 2)) / (values.length - 1))
}

interface Batch {
  readonly images: Uint8Array
  /** The first image's place. */
  readonly first: number
  readonly count: number
}

/** Every image once, in order; those in memory are not copied. */
function* batchesOf(set: ImageSet | ImageSource, batchSize: number) {
  const size = imageSize(set.shape)
  for (let first = 0; first < set.count; first += batchSize) {
    const count = Math.min(batchSize, set.count - first)
    const batch = (images: Uint8Array): Batch => ({ images, first, count })
    if ('data' in set) yield batch(set.data.subarray(first * size, (first + count) * size))
    else yield read(set, first, count).then(batch)
  }
}

async function read(source: ImageSource, first: number, count: number): Promise<Uint8Array> {
  return source.read(Uint32Array.from({ length: count }, (_, i) => first + i))
}

function checkShape({ image }: Evaluator, { name, shape, count }: ImageSet | ImageSource): void {
  if (count < 1) throw new TrainError(`${name}: no images, got 0, expected at least 1`)
  const [got, expected] = [describeShape(shape), describeShape(image)]
  if (got === expected) return
  throw new TrainError(
    `${name}: images of another shape than the model's, got ${got}, expected ${expected}`,
  )
}

/** Welford's running variance of each latent. */
class UnitVariances {
  #count = 0
  readonly #means: Float64Array
  readonly #squares: Float64Array

  constructor(latent: number) {
    this.#means = new Float64Array(latent)
    this.#squares = new Float64Array(latent)
  }

  add(rows: Float32Array): void {
    const latent = this.#means.length
    for (let row = 0; row < rows.length; row += latent) {
      this.#count++
      for (let unit = 0; unit < latent; unit++) {
        const value = rows[row + unit] ?? 0
        const mean = this.#means[unit] ?? 0
        const next = mean + (value - mean) / this.#count
        this.#means[unit] = next
        this.#squares[unit] = (this.#squares[unit] ?? 0) + (value - mean) * (value - next)
      }
    }
  }

  variances(): number[] {
    return [...this.#squares].map((squares) => squares / Math.max(1, this.#count))
  }
}

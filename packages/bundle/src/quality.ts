// Measured quality as a manifest states it: figures with their whole protocol.
import type { ImageSet, ImageSource } from '@anyvae/images'
import type { QualitySummary, SessionBackend } from '@anyvae/runtime'
import { type DrawnEvaluation, evaluateDraws } from '@anyvae/trainer'
import type { BundleFiles } from './bundle.js'
import { bundleEvaluator } from './evaluator.js'
import { memoryReader } from './memory.js'
import { nameOf } from './names.js'

/** What every figure of this program means by its likelihood of images. */
export const BINARISATION = 'none (grey values as probabilities)'

/** How many times a card's figures are drawn, unless asked otherwise: one draw is off by some 0.03 nats. */
export const DEFAULT_DRAWS = 10

/** What figures were measured on. */
export interface MeasuredOn {
  /** What the images are called; of a path its last part is kept. */
  readonly data: string
  readonly split: 'train' | 'test'
  readonly likelihood: string
}

/** An evaluation with its protocol, in the manifest's words. */
export function qualityOf(
  evaluation: DrawnEvaluation,
  { data, split, likelihood }: MeasuredOn,
): QualitySummary {
  const { negativeElbo, standardDeviation, reconstruction, kl, activeUnits } = evaluation
  const { images, samples, draws, seed } = evaluation
  return {
    data: nameOf(data),
    split,
    images,
    ...(likelihood === 'bernoulli' ? { binarisation: BINARISATION } : {}),
    samples,
    draws,
    seed,
    negativeElbo,
    ...(standardDeviation !== undefined && { standardDeviation }),
    reconstruction,
    kl,
    activeUnits,
  }
}

/** How to measure a bundle. */
export interface QualityOptions extends Omit<MeasuredOn, 'likelihood'> {
  readonly set: ImageSet | ImageSource
  /** Default {@link DEFAULT_DRAWS}. */
  readonly draws?: number | undefined
  /** Of the first draw, 0 where left out; draw d has this and d more. */
  readonly seed?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** Images at a time; it changes no draw. */
const BATCH = 500

/**
 * Measures a bundle's float32 files on images.
 *
 * @throws BundleError, RuntimeError or TrainError (by rejection) where it cannot be opened, or the images are
 * of another shape
 */
export async function measureQuality(
  files: BundleFiles,
  backend: SessionBackend,
  { set, data, split, draws = DEFAULT_DRAWS, seed = 0, signal }: QualityOptions,
): Promise<QualitySummary> {
  const evaluator = await bundleEvaluator(memoryReader(files), backend)
  try {
    const { latent, manifest } = evaluator
    const options = { seed, draws, batchSize: BATCH, latent, signal }
    const evaluation = await evaluateDraws(evaluator, set, options)
    return qualityOf(evaluation, { data, split, likelihood: manifest.likelihood })
  } finally {
    await evaluator.release()
  }
}

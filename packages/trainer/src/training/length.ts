// How long a training lasts: the defaults that suit a number of images, and what is too short.
import { stepsPerEpoch } from '@anyvae/images'

/** Steps of a training that nobody asked to be shorter. */
const DEFAULT_STEPS = 4000
/** With fewer steps a decoder draws little more than the mean image. */
const LEAST_STEPS = 1000
const LEAST_EPOCHS = 10
/** Each epoch is evaluated and, in a run folder, kept on disk. */
const MOST_EPOCHS = 1000
/** Batches that an epoch is cut into where batches would be smaller than the largest. */
const BATCHES = 16
const SMALLEST_BATCH = 8
const LARGEST_BATCH = 128

/** A training's length, as its configuration has it. */
export interface TrainingLength {
  readonly epochs: number
  readonly batchSize: number
}

/** What the length of a training comes to on a number of images. */
export interface LengthInSteps {
  readonly stepsPerEpoch: number
  readonly steps: number
  /** Whether the steps are too few for images worth looking at. */
  readonly isShort: boolean
  /** Of batches of that size: the epochs that {@link suitedLength} would choose. */
  readonly suitedEpochs: number
}

/**
 * The length that suits a number of training images. Batches: a sixteenth of the images as the nearest power
 * of two, 8 to 128. Epochs: as many as 4,000 steps take, at least 10 and at most 1,000. So 60,000 images are
 * trained on in batches of 128 for 10 epochs, 270 images in batches of 16 for 250.
 *
 * @param count of training images; without it, as many as make batches of 128 and 10 epochs
 * @param asked what is given already: it stays, and the other follows from it
 */
export function suitedLength(
  count = Infinity,
  asked: Partial<TrainingLength> = {},
): TrainingLength {
  const batchSize = asked.batchSize ?? suitedBatch(count)
  return { batchSize, epochs: asked.epochs ?? suitedEpochs(count, batchSize) }
}

/** What a length comes to on a number of training images, at least one. */
export function lengthInSteps({ epochs, batchSize }: TrainingLength, count: number): LengthInSteps {
  const perEpoch = stepsPerEpoch(count, batchSize)
  const steps = epochs * perEpoch
  const suited = suitedEpochs(count, batchSize)
  const isShort = steps < LEAST_STEPS && epochs < suited
  return { stepsPerEpoch: perEpoch, steps, isShort, suitedEpochs: suited }
}

function suitedBatch(count: number): number {
  const power = 2 ** Math.round(Math.log2(count / BATCHES))
  return Math.min(LARGEST_BATCH, Math.max(SMALLEST_BATCH, power))
}

function suitedEpochs(count: number, batchSize: number): number {
  if (!(count >= 1 && count < Infinity && batchSize >= 1)) return LEAST_EPOCHS
  const epochs = Math.ceil(DEFAULT_STEPS / stepsPerEpoch(count, Math.floor(batchSize)))
  return Math.min(MOST_EPOCHS, Math.max(LEAST_EPOCHS, epochs))
}

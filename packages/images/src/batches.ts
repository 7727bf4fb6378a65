// Batches: shuffled and resumable for training, in order and complete for evaluation.
import { randomStream, type Shuffle } from '@anyvae/random'
import { ImagesError } from './error.js'
import { gatherImages, type ImageSet } from './image-set.js'

/** Some images of a set, still 8-bit. */
export interface Batch {
  /** Place of the batch in its epoch, from 0. */
  readonly index: number
  readonly count: number
  /** `count` images, CHW, one after another; a fresh array for each batch. */
  readonly images: Uint8Array
  /** Where in the set each image comes from. */
  readonly indices: Uint32Array
}

/** Which batches of which epoch. The images of each follow from these and the set alone. */
export interface TrainingBatchOptions {
  readonly batchSize: number
  readonly seed: number
  /** Each epoch has an order of its own. */
  readonly epoch: number
  /** The first batch to give, from 0: a resumed epoch goes on where it stopped. */
  readonly start?: number
}

/** The order of one epoch: the shuffle of stream `shuffle/<epoch>`, and so any stretch of any epoch alone. */
export function epochOrder(count: number, seed: number, epoch: number): Shuffle {
  return randomStream(seed, `shuffle/${epoch}`).shuffle(count)
}

/**
 * The batch size that training uses: a set smaller than a batch is one batch, the whole set.
 *
 * @throws ImagesError where the set is empty or the batch size is no positive whole number
 */
export function effectiveBatchSize(count: number, batchSize: number): number {
  checkSize('batch size', batchSize)
  if (count < 1) {
    throw new ImagesError(
      `images: nothing to make batches of, got ${count} images, expected at least 1`,
    )
  }
  return Math.min(count, batchSize)
}

/**
 * Batches per training epoch. What is left over after the last whole batch sits this epoch out; the
 * next epoch's order differs, so every image has its turn.
 */
export function stepsPerEpoch(count: number, batchSize: number): number {
  return Math.floor(count / effectiveBatchSize(count, batchSize))
}

/** Whole batches in the epoch's shuffled order, from batch `start` on; see `stepsPerEpoch`. */
export function* trainingBatches(
  set: ImageSet,
  { batchSize, seed, epoch, start = 0 }: TrainingBatchOptions,
): Generator<Batch, void, undefined> {
  checkFilled(set)
  const size = effectiveBatchSize(set.count, batchSize)
  const order = epochOrder(set.count, seed, epoch)
  for (let index = start; index < stepsPerEpoch(set.count, batchSize); index++) {
    yield batch(set, index, order(index * size, size))
  }
}

/** Every image once, in the set's order; the last batch may be shorter and is never dropped. */
export function* evaluationBatches(
  set: ImageSet,
  { batchSize }: { readonly batchSize: number },
): Generator<Batch, void, undefined> {
  checkFilled(set)
  checkSize('batch size', batchSize)
  for (let index = 0; index * batchSize < set.count; index++) {
    const first = index * batchSize
    const count = Math.min(batchSize, set.count - first)
    yield batch(
      set,
      index,
      Uint32Array.from({ length: count }, (_, i) => first + i),
    )
  }
}

function batch(set: ImageSet, index: number, indices: Uint32Array): Batch {
  return { index, count: indices.length, images: gatherImages(set, indices), indices }
}

function checkSize(what: string, size: number): void {
  if (!Number.isInteger(size) || size < 1) {
    throw new ImagesError(`${what}: not usable, got ${size}, expected a whole number from 1`)
  }
}

function checkFilled(set: ImageSet): void {
  if (set.count < 1) {
    throw new ImagesError(`${set.name}: no images, got 0, expected at least 1`)
  }
}

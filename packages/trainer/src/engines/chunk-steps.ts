// How many steps the onnx engine takes at once: by their size.
import type { NetworkConfig } from '../network/types.js'

/** Enough to hide the cost of a run. */
const MOST_STEPS = 50

/**
 * Bytes of images and noise a chunk: a bound on its memory, and, since a step's time grows with its
 * pixels, on the time between two signs of life. Of `conv` at 64x64 in colour and batches of 128, a step of
 * which takes 0.3 s on two cores, 5 steps fit; of MNIST all 50.
 */
const BUDGET = 8 * 2 ** 20

/** A whole number of steps from 1 to 50. Results do not depend on it. */
export function chunkStepsOf({ image, latent }: NetworkConfig, batchSize: number): number {
  const { channels, height, width } = image
  const noise = latent * Float32Array.BYTES_PER_ELEMENT
  const step = batchSize * (channels * height * width + noise)
  return Math.max(1, Math.min(MOST_STEPS, Math.floor(BUDGET / step)))
}

// How many steps the onnx engine takes at once: by their size.
import type { NetworkConfig } from '../network/types.js'

/** Enough to hide the cost of a run. */
const MOST_STEPS = 50

/** Bytes of images and noise a chunk: a bound on its memory. */
const BYTES = 8 * 2 ** 20

/**
 * Multiply-adds of a chunk's forward passes: a bound on its time, since nothing is shown and no signal
 * heard before it ends. Two cores do 1e10 to 2e10 of them a second, the way back included.
 */
const MULTIPLY_ADDS = 1.5e10

/** A whole number of steps from 1 to 50. Results do not depend on it. */
export function chunkStepsOf(config: NetworkConfig, batchSize: number): number {
  const { image, latent } = config
  const noise = latent * Float32Array.BYTES_PER_ELEMENT
  const bytes = batchSize * (image.channels * image.height * image.width + noise)
  const steps = Math.min(BYTES / bytes, MULTIPLY_ADDS / (batchSize * multiplyAdds(config)))
  return Math.max(1, Math.min(MOST_STEPS, Math.floor(steps)))
}

/** Multiply-adds for an image, there and (a mirror of it) back. */
function multiplyAdds(config: NetworkConfig): number {
  const { image, latent } = config
  let [{ channels, height, width }, sum] = [image, 0]
  if (config.architecture === 'mlp') {
    const widths = [channels * height * width, ...config.hidden, latent]
    widths.slice(1).forEach((each, i) => (sum += each * (widths[i] ?? 0)))
    return 2 * sum
  }
  for (const filters of config.filters) {
    ;[height, width] = [Math.ceil(height / 2), Math.ceil(width / 2)]
    sum += height * width * config.kernelSize ** 2 * channels * filters
    channels = filters
  }
  return 2 * (sum + height * width * channels * latent)
}

// How many steps the onnx engine takes at once, and in one body of its Loop: by their size and number.
import type { ConvConfig, MlpConfig, NetworkConfig, ResnetConfig } from '../network/types.js'

/** Enough to hide the cost of a run, and of the copy of the state that it leaves behind as garbage. */
const MOST_STEPS = 120

/** Bytes of images and noise a chunk: a bound on its memory. */
const BYTES = 16 * 2 ** 20

/**
 * Multiply-adds of a chunk's forward passes: a bound on its time, since nothing is shown and no signal
 * heard before it ends. Two cores do 2e10 to 5e10 of them a second, the way back included.
 */
const MULTIPLY_ADDS = 4e10

/** A whole number of steps from 1 to 120. Results do not depend on it. */
export function chunkStepsOf(config: NetworkConfig, batchSize: number): number {
  const { image, latent } = config
  const noise = latent * Float32Array.BYTES_PER_ELEMENT
  const bytes = batchSize * (image.channels * image.height * image.width + noise)
  const steps = Math.min(BYTES / bytes, MULTIPLY_ADDS / (batchSize * multiplyAdds(config)))
  return Math.max(1, Math.min(MOST_STEPS, Math.floor(steps)))
}

/** Steps in the body of a Loop, at most: each further one is a copy of the graph to load. */
const MOST_A_BODY = 10

/** Fewer than these do not pay for their copies, unless they are all that there is. */
const LEAST_A_BODY = 6

/**
 * How many steps a body of the Loop best has where a run takes up to `chunkSteps`: all of a short epoch,
 * else a number that divides the epoch's steps, since those left over run one by one. 1 for steps so large
 * that a run takes few.
 */
export function bodyStepsOf(chunkSteps: number, epochSteps = chunkSteps): number {
  if (chunkSteps < MOST_A_BODY) return 1
  if (epochSteps <= MOST_A_BODY) return epochSteps
  for (let steps = MOST_A_BODY; steps >= LEAST_A_BODY; steps--) {
    if (epochSteps % steps === 0) return steps
  }
  return MOST_A_BODY
}

/** Multiply-adds for an image, there and (a mirror of it) back. */
function multiplyAdds(config: NetworkConfig): number {
  if (config.architecture === 'mlp') return 2 * ofMlp(config)
  return 2 * (config.architecture === 'conv' ? ofConv(config) : ofResnet(config))
}

function ofMlp({ image, hidden, latent }: MlpConfig): number {
  const widths = [image.channels * image.height * image.width, ...hidden, latent]
  return widths.slice(1).reduce((sum, each, i) => sum + each * (widths[i] ?? 0), 0)
}

function ofConv({ image, filters, kernelSize, latent }: ConvConfig): number {
  let [{ channels, height, width }, sum] = [image, 0]
  for (const outputs of filters) {
    ;[height, width] = [Math.ceil(height / 2), Math.ceil(width / 2)]
    sum += height * width * kernelSize ** 2 * channels * outputs
    channels = outputs
  }
  return sum + height * width * channels * latent
}

/** Two 3 x 3 convolutions a block; 3 x 3 into the first level, 2 x 2 into each of the others. */
function ofResnet({ image, filters, blocks, latent }: ResnetConfig): number {
  let [{ channels, height, width }, sum] = [image, 0]
  filters.forEach((outputs, level) => {
    if (level > 0) [height, width] = [Math.ceil(height / 2), Math.ceil(width / 2)]
    const weights = (level === 0 ? 9 : 4) * channels * outputs + blocks * 18 * outputs ** 2
    sum += height * width * weights
    channels = outputs
  })
  return sum + height * width * channels * latent
}

// How many steps the onnx engine takes at once, and in one body of its Loop: by their size and number.
import { TrainError } from '../error.js'
import type { EngineOptions } from './engine.js'
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

/** How an epoch's steps are divided. */
export interface StepPlan {
  readonly chunkSteps: number
  readonly bodySteps: number
}

/**
 * Chunks, and bodies of a Loop: a whole number of bodies to a chunk, where its size is not given, and of
 * steps that divide the epoch's, where they can be, since those left over run one by one.
 *
 * @throws TrainError where `epochSteps` is no whole number from 1
 */
export function planOf(config: NetworkConfig, options: EngineOptions): StepPlan {
  const { batchSize, chunkSteps, epochSteps } = options
  if (epochSteps !== undefined && !(Number.isInteger(epochSteps) && epochSteps >= 1)) {
    throw new TrainError(
      `epochSteps: not a number of steps, got ${epochSteps}, expected a whole number from 1`,
    )
  }
  const most = chunkSteps ?? chunkStepsOf(config, batchSize)
  // Steps so large that a run takes few gain nothing from a body of several.
  if (most < MOST_A_BODY) return { chunkSteps: most, bodySteps: 1 }
  const whole = Math.min(epochSteps ?? most, chunkSteps ?? Infinity)
  const bodySteps = divisorOf(whole)
  return { chunkSteps: chunkSteps ?? most - (most % bodySteps), bodySteps }
}

/** How many steps a body best has where so many are taken: all, or a number that divides them. */
function divisorOf(steps: number): number {
  if (steps <= MOST_A_BODY) return steps
  for (let each = MOST_A_BODY; each >= LEAST_A_BODY; each--) if (steps % each === 0) return each
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

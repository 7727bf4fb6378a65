// The inputs of an epoch's steps, in chunks of as many as the engine takes at once.
import { epochOrder, imageSize, type ImageSource } from '@anyvae/images'
import { randomStream } from '@anyvae/random'
import type { Chunk } from '../engines/engine.js'
import { oneAhead } from './ahead.js'
import type { TrainConfig } from './config.js'
import { scalarsOf } from './schedule.js'

export interface ChunkPlan {
  readonly config: TrainConfig
  readonly source: ImageSource
  readonly batchSize: number
  readonly stepsPerEpoch: number
  /** Steps at most in a chunk. */
  readonly chunkSteps: number
}

/** The chunks of an epoch, 0 for the first. One epoch at a time. */
export type Chunks = (epoch: number) => AsyncGenerator<Chunk, void>

/**
 * Makes epochs' chunks. Each step's inputs follow from the seed and the step's number alone: images from
 * the epoch's shuffle, noise from the stream `noise` at step * batch * latent. So the size of a chunk
 * changes nothing.
 *
 * A chunk is read while the one before it is worked on. Two buffers hold the images of all chunks in turn:
 * new memory for each would take longer than filling it. So a chunk's images are gone once the next
 * one is asked for.
 */
export function createChunks(plan: ChunkPlan): Chunks {
  const { batchSize, stepsPerEpoch, chunkSteps, source } = plan
  const length = Math.min(chunkSteps, stepsPerEpoch) * batchSize * imageSize(source.shape)
  const buffers = [new Uint8Array(length), new Uint8Array(length)] as const
  return (epoch) => oneAhead(chunksOf(plan, epoch, buffers))
}

function* chunksOf(
  { config, source, batchSize, stepsPerEpoch, chunkSteps }: ChunkPlan,
  epoch: number,
  buffers: readonly [Uint8Array, Uint8Array],
): Generator<Chunk | Promise<Chunk>, void> {
  const order = epochOrder(source.count, config.seed, epoch)
  const noise = randomStream(config.seed, 'noise')
  const normalsPerStep = batchSize * config.network.latent
  const size = imageSize(source.shape)
  let [buffer, other] = buffers
  for (let start = 0; start < stepsPerEpoch; start += chunkSteps) {
    const steps = Math.min(chunkSteps, stepsPerEpoch - start)
    const first = epoch * stepsPerEpoch + start
    const count = steps * batchSize
    const images = source.read(order(start * batchSize, count), buffer.subarray(0, count * size))
    const inputs = {
      steps,
      noise: noise.normals(steps * normalsPerStep, first * normalsPerStep),
      ...scalars(config, { first, steps, stepsPerEpoch }),
    }
    yield images instanceof Promise
      ? images.then((read) => ({ images: read, ...inputs }))
      : { images, ...inputs }
    ;[buffer, other] = [other, buffer]
  }
}

interface Stretch {
  readonly first: number
  readonly steps: number
  readonly stepsPerEpoch: number
}

function scalars(config: TrainConfig, { first, steps, stepsPerEpoch }: Stretch) {
  const each = Array.from({ length: steps }, (_, i) => scalarsOf(config, first + i, stepsPerEpoch))
  return {
    stepSize: Float32Array.from(each, ({ stepSize }) => stepSize),
    epsilon: Float32Array.from(each, ({ epsilon }) => epsilon),
    beta: Float32Array.from(each, ({ beta }) => beta),
  }
}

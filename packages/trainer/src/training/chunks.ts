// The inputs of an epoch's steps, in chunks of as many as the engine takes at once.
import { epochOrder, gatherImages, type ImageSet } from '@anyvae/images'
import { randomStream } from '@anyvae/random'
import type { Chunk } from '../engines/engine.js'
import type { TrainConfig } from './config.js'
import { scalarsOf } from './schedule.js'

export interface EpochPlan {
  readonly config: TrainConfig
  readonly set: ImageSet
  /** 0 for the first. */
  readonly epoch: number
  readonly batchSize: number
  readonly stepsPerEpoch: number
}

/**
 * An epoch's chunks. Each step's inputs follow from the seed and the step's number alone: images from
 * the epoch's shuffle, noise from the stream `noise` at step * batch * latent. So the size of a chunk
 * changes nothing.
 */
export function* epochChunks(plan: EpochPlan, chunkSteps: number): Generator<Chunk, void> {
  const { config, set, epoch, batchSize, stepsPerEpoch } = plan
  const order = epochOrder(set.count, config.seed, epoch)
  const noise = randomStream(config.seed, 'noise')
  const normalsPerStep = batchSize * config.network.latent
  for (let start = 0; start < stepsPerEpoch; start += chunkSteps) {
    const steps = Math.min(chunkSteps, stepsPerEpoch - start)
    const first = epoch * stepsPerEpoch + start
    const indices = order(start * batchSize, steps * batchSize)
    const scalars = Array.from({ length: steps }, (_, i) =>
      scalarsOf(config, first + i, stepsPerEpoch),
    )
    yield {
      steps,
      images: gatherImages(set, indices),
      noise: noise.normals(steps * normalsPerStep, first * normalsPerStep),
      stepSize: Float32Array.from(scalars, (each) => each.stepSize),
      epsilon: Float32Array.from(scalars, (each) => each.epsilon),
      beta: Float32Array.from(scalars, (each) => each.beta),
    }
  }
}

// The inputs of an epoch's steps, in chunks of as many as the engine takes at once.
import { epochOrder, imageSize, sourceOf, type ImageSet, type ImageSource } from '@anyvae/images'
import { fastNormals } from '@anyvae/random/fast'
import type { Chunk, TrainingEngine } from '../engines/engine.js'
import { oneAhead } from './ahead.js'
import type { TrainConfig } from './config.js'
import { scalarsOf } from './schedule.js'

export interface ChunkPlan {
  readonly config: TrainConfig
  readonly images: ImageSet | ImageSource
  readonly batchSize: number
  readonly stepsPerEpoch: number
  readonly engine: Pick<TrainingEngine, 'chunkSteps' | 'readsInPlace'>
}

/** The chunks of an epoch, 0 for the first. One epoch at a time. */
export type Chunks = (epoch: number) => AsyncGenerator<Chunk, void>

/**
 * Makes epochs' chunks. Each step's inputs follow from the seed and the step's number alone: images from
 * the epoch's shuffle, noise from the stream `noise` at step * batch * latent. So the size of a chunk
 * changes nothing.
 *
 * A chunk is read while the one before it is worked on. A set in memory is not copied where the engine
 * reads in place. Elsewhere a chunk's images are gone once the next one is asked for.
 */
export function createChunks(plan: ChunkPlan): Chunks {
  const { images, engine, batchSize, stepsPerEpoch } = plan
  const most = Math.min(engine.chunkSteps, stepsPerEpoch) * batchSize
  const take =
    engine.readsInPlace && 'data' in images ? inPlace(images) : copied(sourceOf(images), most)
  return (epoch) => oneAhead(chunksOf(plan, epoch, take))
}

type Pictures = Pick<Chunk, 'images' | 'places'>

/** The images at some places of the set. */
type Take = (order: Uint32Array) => Pictures | Promise<Pictures>

function inPlace({ data }: ImageSet): Take {
  return (order) => ({
    images: data,
    places: new Int32Array(order.buffer, order.byteOffset, order.length),
  })
}

/** Two buffers hold all chunks in turn: new memory for each would take longer than filling it. */
function copied(source: ImageSource, most: number): Take {
  const size = imageSize(source.shape)
  const inOrder = Int32Array.from({ length: most }, (_, i) => i)
  let [buffer, other] = [new Uint8Array(most * size), new Uint8Array(most * size)]
  return (order) => {
    const places = inOrder.subarray(0, order.length)
    const images = source.read(order, buffer.subarray(0, order.length * size))
    ;[buffer, other] = [other, buffer]
    return images instanceof Promise
      ? images.then((read) => ({ images: read, places }))
      : { images, places }
  }
}

function* chunksOf(
  { config, images, batchSize, stepsPerEpoch, engine: { chunkSteps } }: ChunkPlan,
  epoch: number,
  take: Take,
): Generator<Chunk | Promise<Chunk>, void> {
  const order = epochOrder(images.count, config.seed, epoch)
  const noise = fastNormals(config.seed, 'noise')
  const normalsPerStep = batchSize * config.network.latent
  for (let start = 0; start < stepsPerEpoch; start += chunkSteps) {
    const steps = Math.min(chunkSteps, stepsPerEpoch - start)
    const first = epoch * stepsPerEpoch + start
    const taken = take(order(start * batchSize, steps * batchSize))
    const inputs = {
      steps,
      noise: noise(steps * normalsPerStep, first * normalsPerStep),
      ...scalars(config, { first, steps, stepsPerEpoch }),
    }
    yield taken instanceof Promise
      ? taken.then((pictures) => ({ ...pictures, ...inputs }))
      : { ...taken, ...inputs }
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

// How the onnx engine takes its steps: many in a run, or one, with the state left on the device.
import { imageSize, unitPixels } from '@anyvae/images'
import type { Provider, Session, SessionBackend, SessionOptions } from '@anyvae/runtime'
import type { Network } from '../network/types.js'
import type { Chunk, ChunkMetrics, TrainingState } from './engine.js'
import { float32, floats, stateFeeds, valueOf, type Feeds } from './feeds.js'
import { carriedNames, hasCpuKernels, LOSSES, stepModel, trainingModel } from './onnx-graphs.js'

/** Takes steps, and holds the state that they leave. */
export interface Stepper {
  readonly session: Session
  run(chunk: Chunk): Promise<ChunkMetrics>
  /** The state as the graphs have it: by `stateNames` of each group. Not to be written to. */
  state(): Promise<Feeds>
}

/** What a stepper is made for. */
export interface StepperOptions {
  readonly network: Network
  readonly initial: TrainingState
  readonly batchSize: number
  /** Steps in a body of the Loop, for CPU kernels. */
  readonly bodySteps: number
}

/**
 * Providers whose Loop keeps the state where they compute. Of the others onnxruntime runs a Loop on the
 * CPU, to which the state would cross at every step.
 */
const LOOPING: readonly Provider[] = ['cpu', 'wasm', 'cuda']

/** The way of taking steps that suits the provider. Rejects where the session cannot be created. */
export async function createStepper(
  backend: SessionBackend,
  settings: SessionOptions,
  options: StepperOptions,
): Promise<Stepper> {
  const { provider = 'cpu' } = settings
  const { network, batchSize, bodySteps, initial } = options
  const feeds = stateFeeds(network, initial)
  if (LOOPING.includes(provider)) {
    const model = trainingModel(network, { batchSize, bodySteps, provider })
    return manyAtOnce(
      await backend.createSession(model, asWritten(provider, settings)),
      options,
      feeds,
    )
  }
  const model = stepModel(network, { batchSize, provider })
  const carried = carriedNames(network)
  return oneByOne(await backend.createSession(model, { ...settings, carried }), options, feeds)
}

/** A graph for CPU kernels is what they do best; onnxruntime's optimiser would undo some of it. */
function asWritten(provider: Provider, settings: SessionOptions): SessionOptions {
  const { graphOptimization = 'disabled' } = settings
  return hasCpuKernels(provider) ? { ...settings, graphOptimization } : settings
}

/** A run a chunk, its steps in a Loop: the state comes and goes with every run. */
function manyAtOnce(session: Session, options: StepperOptions, initial: Feeds): Stepper {
  const { network, batchSize } = options
  const { channels, height, width } = network.config.image
  let state = initial
  return {
    session,
    async run({ steps, images, places, noise, stepSize, epsilon, beta }) {
      const count = images.length / imageSize(network.config.image)
      const results = await session.run({
        ...state,
        steps: { type: 'int64', dims: [], data: BigInt64Array.of(BigInt(steps)) },
        images: { type: 'uint8', dims: [count, channels, height, width], data: images },
        places: { type: 'int32', dims: [steps, batchSize], data: places },
        noise: float32([steps, batchSize, network.config.latent], noise),
        step_size: float32([steps], stepSize),
        epsilon: float32([steps], epsilon),
        beta: float32([steps], beta),
      })
      state = Object.fromEntries(
        Object.keys(state).map((name) => [name, valueOf(results, `next_${name}`)]),
      )
      const [reconstruction, kl, loss] = LOSSES.map((name) => floats(results, name))
      return { reconstruction, kl, loss } as ChunkMetrics
    },
    // No copies: each run gives new memory, and nothing is written to what it gave.
    state: () => Promise.resolve(state),
  }
}

/** A run a step: the state is fed once, and then stays where the provider computes. */
function oneByOne(session: Session, options: StepperOptions, initial: Feeds): Stepper {
  const step = stepFeeds(options)
  let first: Feeds | undefined = initial
  let read: Promise<Feeds> | undefined
  return {
    session,
    async run(chunk) {
      read = undefined
      const metrics = LOSSES.map(() => new Float32Array(chunk.steps))
      for (let i = 0; i < chunk.steps; i++) {
        const results = await session.run({ ...first, ...step(chunk, i) }, LOSSES)
        first = undefined
        LOSSES.forEach((name, kind) => metrics[kind]?.set(floats(results, name), i))
      }
      read = undefined
      const [reconstruction, kl, loss] = metrics
      return { reconstruction, kl, loss } as ChunkMetrics
    },
    // Read once, however many batches are evaluated.
    state: () => (read ??= first ? Promise.resolve(first) : session.carried()),
  }
}

/** The inputs of one step of a chunk, in memory that the next one uses again. */
function stepFeeds({ network, batchSize }: StepperOptions): (chunk: Chunk, index: number) => Feeds {
  const { image, latent } = network.config
  const size = imageSize(image)
  const bytes = new Uint8Array(batchSize * size)
  const pixels = new Float32Array(batchSize * size)
  return ({ images, places, noise, ...scalars }, index) => {
    for (let i = 0; i < batchSize; i++) {
      const place = places[index * batchSize + i] ?? 0
      bytes.set(images.subarray(place * size, (place + 1) * size), i * size)
    }
    const normals = batchSize * latent
    const scalar = (values: Float32Array) => float32([], values.subarray(index, index + 1))
    return {
      images: float32(
        [batchSize, image.channels, image.height, image.width],
        unitPixels(bytes, pixels),
      ),
      noise: float32([batchSize, latent], noise.subarray(index * normals, (index + 1) * normals)),
      step_size: scalar(scalars.stepSize),
      epsilon: scalar(scalars.epsilon),
      beta: scalar(scalars.beta),
    }
  }
}

// The default engine: the traced training step in ONNX Runtime, many steps a run.
import { unitPixels, type ImageShape } from '@anyvae/images'
import type { Session, SessionBackend, SessionOptions, TensorValue } from '@anyvae/runtime'
import { TrainError } from '../error.js'
import type { ParameterValues } from '../network/initial.js'
import type { Network } from '../network/types.js'
import type {
  Chunk,
  ChunkMetrics,
  EngineFactory,
  EngineOptions,
  EvaluationBatch,
} from './engine.js'
import type { EvaluationTerms, TrainingEngine, TrainingState } from './engine.js'
import { chunkStepsOf } from './chunk-steps.js'
import { groupsOf, packValues, unpackValues, type Group } from './packing.js'
import { decodingModel, evaluationModel, LOSSES, stateNames, trainingModel } from './onnx-graphs.js'

type Feeds = Record<string, TensorValue>

/**
 * An engine factory on the runtime behind a session seam. Losses and parameters are TensorFlow.js's
 * own up to rounding; they repeat bit for bit on the same machine at the same number of threads.
 */
export function onnxEngine(backend: SessionBackend, session: SessionOptions = {}): EngineFactory {
  return async (network, initial, options) => {
    const settings = {
      ...session,
      ...(options.threads === undefined ? {} : { threads: options.threads }),
    }
    const chunkSteps = options.chunkSteps ?? chunkStepsOf(network.config, options.batchSize)
    const { provider = 'cpu' } = settings
    const { batchSize } = options
    const model = trainingModel(network, { batchSize, steps: chunkSteps, provider })
    const training = await backend.createSession(model, settings)
    const evaluation = await backend.createSession(evaluationModel(network), settings)
    const decoding = await backend.createSession(decodingModel(network), settings)
    const sessions = { training, evaluation, decoding }
    const versions = versionsOf(backend)
    return new OnnxEngine({ network, options, chunkSteps, versions, ...sessions }, initial)
  }
}

interface Parts {
  readonly network: Network
  readonly versions: Readonly<Record<string, string>>
  readonly options: EngineOptions
  readonly chunkSteps: number
  readonly training: Session
  readonly evaluation: Session
  readonly decoding: Session
}

function versionsOf({ name, version }: SessionBackend): Record<string, string> {
  return version === undefined ? {} : { [name]: version }
}

class OnnxEngine implements TrainingEngine {
  readonly name = 'onnx'
  readonly image: ImageShape
  readonly provider: string
  readonly threads: number
  readonly chunkSteps: number
  readonly readsInPlace: boolean
  readonly versions: Readonly<Record<string, string>>
  readonly #parts: Parts
  readonly #groups: readonly Group[]
  #feeds: Feeds
  #pixels = new Float32Array(0)
  #step: number

  constructor(parts: Parts, initial: TrainingState) {
    this.#parts = parts
    this.image = parts.network.config.image
    this.#step = initial.step
    this.#groups = groupsOf(parts.network.parameters)
    this.#feeds = stateFeeds(this.#groups, initial)
    this.provider = parts.training.provider
    this.threads = parts.training.threads
    this.versions = parts.versions
    this.chunkSteps = parts.chunkSteps
    // Any other takes what it is fed to a memory of its own, at every run.
    this.readsInPlace = this.provider === 'cpu'
  }

  async run(chunk: Chunk): Promise<ChunkMetrics> {
    const { network, options, training } = this.#parts
    const { channels, height, width } = network.config.image
    const { steps, images, places, noise, stepSize, epsilon, beta } = chunk
    const results = await training.run({
      ...this.#feeds,
      steps: { type: 'int64', dims: [], data: BigInt64Array.of(BigInt(steps)) },
      images: {
        type: 'uint8',
        dims: [images.length / (channels * height * width), channels, height, width],
        data: images,
      },
      places: { type: 'int32', dims: [steps, options.batchSize], data: places },
      noise: float32([steps, options.batchSize, network.config.latent], noise),
      step_size: float32([steps], stepSize),
      epsilon: float32([steps], epsilon),
      beta: float32([steps], beta),
    })
    const [reconstruction, kl, loss] = LOSSES.map((name) => floats(results, name))
    for (const name of Object.keys(this.#feeds)) {
      this.#feeds[name] = valueOf(results, `next_${name}`)
    }
    this.#step += steps
    return { reconstruction, kl, loss } as ChunkMetrics
  }

  async evaluate({ images, noise, count }: EvaluationBatch): Promise<EvaluationTerms> {
    const { network, evaluation } = this.#parts
    const results = await evaluation.run({
      ...this.#parameters(),
      images: this.#images(images, count),
      noise: float32([count, network.config.latent], noise),
    })
    const [reconstruction, kl, mean] = ['reconstruction', 'kl', 'mean'].map((name) =>
      floats(results, name),
    )
    return { reconstruction, kl, mean } as EvaluationTerms
  }

  async reconstruct(images: Uint8Array, count: number): Promise<Float32Array> {
    const noise = new Float32Array(count * this.#parts.network.config.latent)
    const { mean } = await this.evaluate({ images, noise, count })
    return this.decode(mean, count)
  }

  async decode(latents: Float32Array, count: number): Promise<Float32Array> {
    const { network, decoding } = this.#parts
    const latent = float32([count, network.config.latent], latents)
    const results = await decoding.run({ ...this.#parameters(), latent })
    return floats(results, 'image')
  }

  state(): Promise<TrainingState> {
    return Promise.resolve({
      step: this.#step,
      // No copies: each run gives new memory, and nothing is written to what it gave.
      parameters: this.#values('parameter'),
      firstMoments: this.#values('first'),
      secondMoments: this.#values('second'),
    })
  }

  async release(): Promise<void> {
    const { training, evaluation, decoding } = this.#parts
    await Promise.all([training, evaluation, decoding].map((session) => session.release()))
  }

  /** Views of the state, by parameter. */
  #values(kind: keyof ReturnType<typeof stateNames>): ParameterValues {
    const packed = this.#groups.map(
      ({ name }) => [name, floats(this.#feeds, stateNames(name)[kind])] as const,
    )
    return unpackValues(this.#groups, Object.fromEntries(packed))
  }

  #parameters(): Feeds {
    const values = this.#values('parameter')
    return Object.fromEntries(
      this.#parts.network.parameters.map(({ name, shape }) => {
        return [stateNames(name).parameter, float32(shape, values[name])] as const
      }),
    )
  }

  #images(bytes: Uint8Array, count: number): TensorValue {
    const { channels, height, width } = this.#parts.network.config.image
    // One buffer for all batches: as garbage, new ones would cost an epoch more than its shuffle.
    if (this.#pixels.length < bytes.length) this.#pixels = new Float32Array(bytes.length)
    const pixels = this.#pixels.subarray(0, bytes.length)
    return float32([count, channels, height, width], unitPixels(bytes, pixels))
  }
}

function stateFeeds(groups: readonly Group[], initial: TrainingState): Feeds {
  const { parameters, firstMoments, secondMoments } = initial
  const packed = [parameters, firstMoments, secondMoments].map((each) => packValues(groups, each))
  return Object.fromEntries(
    groups.flatMap(({ name, shape }) =>
      Object.values(stateNames(name)).map(
        (state, i) => [state, float32(shape, packed[i]?.[name])] as const,
      ),
    ),
  )
}

function float32(dims: readonly number[], data: Float32Array = new Float32Array()): TensorValue {
  return { type: 'float32', dims, data }
}

function valueOf(values: Readonly<Feeds>, name: string): TensorValue {
  const value = values[name]
  if (value === undefined) {
    throw new TrainError(`onnx engine: a result is missing, got none named ${name}, expected one`)
  }
  return value
}

function floats(values: Readonly<Feeds>, name: string): Float32Array {
  const value = valueOf(values, name)
  if (value.type !== 'float32') {
    throw new TrainError(
      `onnx engine: ${name} has a wrong type, got ${value.type}, expected float32`,
    )
  }
  return value.data
}

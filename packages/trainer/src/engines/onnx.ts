// The default engine: the traced training step in ONNX Runtime.
import { unitPixels, type ImageShape } from '@anyvae/images'
import type { Session, SessionBackend, SessionOptions, TensorValue } from '@anyvae/runtime'
import type { ParameterValues } from '../network/initial.js'
import type { Network } from '../network/types.js'
import type { Chunk, ChunkMetrics, EngineFactory, EvaluationBatch } from './engine.js'
import type { EvaluationTerms, TrainingEngine, TrainingState } from './engine.js'
import { planOf } from './chunk-steps.js'
import { float32, floats, type Feeds } from './feeds.js'
import { groupsOf, unpackValues, type Group } from './packing.js'
import { decodingModel, evaluationModel, stateNames } from './onnx-graphs.js'
import { createStepper, type Stepper } from './steps.js'

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
    const { chunkSteps, bodySteps } = planOf(network.config, options)
    const about = { network, initial, batchSize: options.batchSize, bodySteps }
    const made: Session[] = []
    const kept = (created: Session): Session => {
      made.push(created)
      return created
    }
    try {
      const stepper = await createStepper(backend, settings, about)
      kept(stepper.session)
      const evaluation = kept(await backend.createSession(evaluationModel(network), settings))
      const decoding = kept(await backend.createSession(decodingModel(network), settings))
      const versions = versionsOf(backend)
      const parts = { network, chunkSteps, versions, stepper, evaluation, decoding }
      return new OnnxEngine(parts, initial.step)
    } catch (error) {
      await Promise.allSettled(made.map((each) => each.release()))
      throw error
    }
  }
}

interface Parts {
  readonly network: Network
  readonly versions: Readonly<Record<string, string>>
  readonly chunkSteps: number
  readonly stepper: Stepper
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
  #pixels = new Float32Array(0)
  #step: number

  constructor(parts: Parts, step: number) {
    this.#parts = parts
    this.image = parts.network.config.image
    this.#step = step
    this.#groups = groupsOf(parts.network.parameters)
    this.provider = parts.stepper.session.provider
    this.threads = parts.stepper.session.threads
    this.versions = parts.versions
    this.chunkSteps = parts.chunkSteps
    // Any other takes what it is fed to a memory of its own, at every run.
    this.readsInPlace = this.provider === 'cpu'
  }

  async run(chunk: Chunk): Promise<ChunkMetrics> {
    const metrics = await this.#parts.stepper.run(chunk)
    this.#step += chunk.steps
    return metrics
  }

  async evaluate({ images, noise, count }: EvaluationBatch): Promise<EvaluationTerms> {
    const { network, evaluation } = this.#parts
    const results = await evaluation.run({
      ...(await this.#parameters()),
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
    const results = await decoding.run({ ...(await this.#parameters()), latent })
    return floats(results, 'image')
  }

  async state(): Promise<TrainingState> {
    const state = await this.#parts.stepper.state()
    return {
      step: this.#step,
      parameters: this.#values(state, 'parameter'),
      firstMoments: this.#values(state, 'first'),
      secondMoments: this.#values(state, 'second'),
    }
  }

  async release(): Promise<void> {
    const { stepper, evaluation, decoding } = this.#parts
    await Promise.all([stepper.session, evaluation, decoding].map((session) => session.release()))
  }

  /** Views of the state, by parameter. */
  #values(state: Feeds, kind: keyof ReturnType<typeof stateNames>): ParameterValues {
    const packed = this.#groups.map(
      ({ name }) => [name, floats(state, stateNames(name)[kind])] as const,
    )
    return unpackValues(this.#groups, Object.fromEntries(packed))
  }

  async #parameters(): Promise<Feeds> {
    const values = this.#values(await this.#parts.stepper.state(), 'parameter')
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

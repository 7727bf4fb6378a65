// What trains: the seam between the training loop and whatever computes the steps.
import type { ImageShape } from '@anyvae/images'
import type { ParameterValues } from '../network/initial.js'
import type { Network } from '../network/types.js'

/** All that a run carries from one step to the next. */
export interface TrainingState {
  /** Steps done. */
  readonly step: number
  readonly parameters: ParameterValues
  readonly firstMoments: ParameterValues
  readonly secondMoments: ParameterValues
}

/** The inputs of some steps, one after another. */
export interface Chunk {
  /** At most the engine's `chunkSteps`. */
  readonly steps: number
  /** Images in any number, channels first, 0 to 255; an engine divides them by 255 in float32. */
  readonly images: Uint8Array
  /** steps * batch places among `images`, 0 for the first: whom each step takes. */
  readonly places: Int32Array
  /** steps * batch * latent standard normals */
  readonly noise: Float32Array
  /** One of each a step. */
  readonly stepSize: Float32Array
  readonly epsilon: Float32Array
  readonly beta: Float32Array
}

/** Means over each step's batch, nats per image, one value a step. */
export interface ChunkMetrics {
  readonly reconstruction: Float32Array
  readonly kl: Float32Array
  readonly loss: Float32Array
}

/** Images to be evaluated, `count` of them. */
export interface EvaluationBatch {
  /** count images, channels first, 0 to 255 */
  readonly images: Uint8Array
  /** count * latent standard normals */
  readonly noise: Float32Array
  readonly count: number
}

/** The negative ELBO's terms of each image in nats, [count], and posterior means, [count, latent]. */
export interface EvaluationTerms {
  readonly reconstruction: Float32Array
  readonly kl: Float32Array
  readonly mean: Float32Array
}

/** What an evaluation needs: a training engine, or a finished model behind the same function. */
export interface Evaluator {
  /** The shape of the images that the model takes. */
  readonly image: ImageShape
  evaluate(batch: EvaluationBatch): Promise<EvaluationTerms>
  /** Encodes images once, for as many evaluations as there is noise; absent where that saves nothing. */
  encoded?(
    batch: Omit<EvaluationBatch, 'noise'>,
  ): Promise<(noise: Float32Array) => Promise<EvaluationTerms>>
}

/** Trains one network from one state on. One call at a time. */
export interface TrainingEngine extends Evaluator {
  readonly name: 'onnx' | 'tfjs'
  /** The execution provider or TensorFlow.js backend. */
  readonly provider: string
  readonly threads: number
  /** Versions of what computes, such as `{ onnxruntime: '1.30.0' }`, for the record. */
  readonly versions?: Readonly<Record<string, string>>
  /** How many steps at most a chunk should hold. */
  readonly chunkSteps: number
  /**
   * Whether a run reads images where they lie, however many there are. Where it copies them first, a chunk
   * should hold none but its own.
   */
  readonly readsInPlace: boolean
  run(chunk: Chunk): Promise<ChunkMetrics>
  /** The decoded posterior means of `count` images, [count, channels, height, width], range 0 to 1. */
  reconstruct(images: Uint8Array, count: number): Promise<Float32Array>
  /** The mean images of `count` latents [count, latent]. */
  decode(latents: Float32Array, count: number): Promise<Float32Array>
  state(): Promise<TrainingState>
  /** Frees what it holds; a further call does no more. */
  release(): Promise<void>
}

/** What the training loop asks of an engine. */
export interface EngineOptions {
  /** Images a step. */
  readonly batchSize: number
  /** Steps an epoch, so that an engine can divide it well; results do not depend on it. */
  readonly epochSteps?: number
  /** How many steps a chunk may hold; an engine has its own default. */
  readonly chunkSteps?: number
  /** Threads asked for; an engine has its own default. */
  readonly threads?: number
}

/**
 * Makes an engine that trains a network from a state on; the state given is not changed. Whoever calls it
 * releases the engine. It rejects where the runtime, provider or backend cannot start.
 */
export type EngineFactory = (
  network: Network,
  initial: TrainingState,
  options: EngineOptions,
) => Promise<TrainingEngine>

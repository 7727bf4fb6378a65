// What a training run tells about itself.
import type { TrainingState } from '../engines/engine.js'
import type { Evaluation } from './evaluate.js'

/** Means over a stretch of training, nats per image. */
export interface Losses {
  /** reconstruction + beta * kl, with each step's beta */
  readonly loss: number
  readonly reconstruction: number
  readonly kl: number
}

/** One epoch's computed figures: equal runs give equal ones. */
export interface ComputedRecord {
  /** 1 for the first. */
  readonly epoch: number
  /** Steps done since the run began. */
  readonly step: number
  /** Of the epoch's last step. */
  readonly learningRate: number
  /** Of the epoch's last step. */
  readonly beta: number
  readonly train: Losses
  readonly test: Evaluation
}

/** One epoch as its log line tells it: what is computed, and under `measured` what is not. */
export interface EpochRecord extends ComputedRecord {
  readonly measured: Measured
}

/** What differs from run to run. */
export interface Measured {
  /**
   * From the end of the epoch before, or from the start, to the end of this one's evaluation: so with what
   * keeping the epoch before took of the time.
   */
  readonly seconds: number
  /** Within the engine's steps. What is left of `seconds` after these and the evaluation is overhead. */
  readonly stepSeconds: number
  readonly evaluationSeconds: number
  /** Training images, batches and noise included, evaluation not. */
  readonly imagesPerSecond: number
}

/** Images of the test set and what the model makes of their posterior means. */
export interface Examples {
  readonly count: number
  /** count images, channels first, 0 to 255 */
  readonly images: Uint8Array
  /** count images, channels first, range 0 to 1 */
  readonly reconstructions: Float32Array
}

/**
 * What training tells a {@link Listener}: `start` once, `chunk` after some steps, `epoch` after each epoch
 * and its evaluation, `stopped` where the signal ended it, and `warning`.
 */
export type TrainEvent =
  | {
      readonly type: 'start'
      /** Epochs done before. */
      readonly epoch: number
      readonly epochs: number
      readonly stepsPerEpoch: number
      /** The configured one, or the whole set where that is smaller. */
      readonly batchSize: number
      /** Number of trained values. */
      readonly parameters: number
      readonly engine: string
      readonly provider: string
      readonly threads: number
    }
  | {
      readonly type: 'chunk'
      readonly epoch: number
      /** Steps of this epoch done, of `stepsPerEpoch`. */
      readonly stepOfEpoch: number
      readonly stepsPerEpoch: number
      /** Means over the chunk. */
      readonly losses: Losses
      readonly imagesPerSecond: number
    }
  | {
      readonly type: 'epoch'
      readonly record: EpochRecord
      readonly examples: Examples
      readonly state: TrainingState
    }
  | {
      readonly type: 'stopped'
      /** Whole epochs done; what was begun of the next is lost. */
      readonly epoch: number
      readonly epochs: number
    }
  | { readonly type: 'warning'; readonly message: string }

/** Awaited before training goes on; what it throws ends the training. See `trainInFolder` for its `epoch`. */
export type Listener = (event: TrainEvent) => void | Promise<void>

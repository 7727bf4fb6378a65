// What a page and the worker that trains for it say to each other.
import type { Provider, SessionOptions } from '@anyvae/runtime'
import type { ImageSet } from '@anyvae/images'
import type { Checkpoint } from '../checkpoint/checkpoint.js'
import type { TrainSettings } from '../training/config.js'
import type { TrainEvent } from '../training/events.js'
import type { TrainResult } from '../training/train.js'

/** One end of a channel: a worker as its page sees it, the worker's own scope, or a message port. */
export interface TrainingPort {
  postMessage(message: unknown, options?: { transfer?: Transferable[] }): void
  addEventListener(type: string, listener: (event: Event) => void): void
  removeEventListener(type: string, listener: (event: Event) => void): void
}

/** How a provider did when it was tried: its pace, or why it cannot train here. */
export interface Trial {
  readonly provider: Provider
  readonly stepsPerSecond?: number
  readonly reason?: string
}

/**
 * What a training in a worker tells: what `train` tells, without the state, and before that, where the
 * provider was chosen by trial, how each one did.
 */
export type WorkerEvent =
  | Exclude<TrainEvent, { type: 'epoch' }>
  | Omit<TrainEvent & { type: 'epoch' }, 'state'>
  | { readonly type: 'trials'; readonly trials: readonly Trial[] }

/** What a worker is asked to train. */
export interface Order {
  /** Sets in memory; the worker gets a copy. */
  readonly images: { readonly train: ImageSet; readonly test: ImageSet }
  readonly config?: TrainSettings
  readonly checkpoint?: Checkpoint
  /**
   * What computes; of `auto` the fastest of the worker's providers, each tried for some steps. The
   * backend's own choice where left out.
   */
  readonly provider?: Provider | 'auto'
  /** Further options of the worker's sessions, such as threads; they are sent as they are. */
  readonly session?: SessionOptions
  /** Steps between two events at most; the engine's choice where left out. */
  readonly chunkSteps?: number
}

/** What can be asked of a worker, each with what it is given and what it answers. */
export interface Calls {
  readonly train: { readonly given: Order; readonly answer: TrainResult }
  readonly pause: { readonly given: undefined; readonly answer: undefined }
  readonly resume: { readonly given: undefined; readonly answer: undefined }
  readonly stop: { readonly given: undefined; readonly answer: undefined }
  readonly decode: {
    readonly given: { readonly latents: Float32Array; readonly count: number }
    readonly answer: Float32Array
  }
  readonly checkpoint: { readonly given: undefined; readonly answer: Checkpoint }
  readonly release: { readonly given: undefined; readonly answer: undefined }
}

export type CallName = keyof Calls

/** A call on its way. The field `training` tells these messages from others on the same channel. */
export type Request = {
  [K in CallName]: {
    readonly training: number
    readonly call: K
    readonly given: Calls[K]['given']
  }
}[CallName]

/** What comes back: the answer or failure of the call of that number, or an event of it. */
export type Reply =
  | { readonly training: number; readonly answer: unknown }
  | { readonly training: number; readonly error: string }
  | { readonly training: number; readonly event: WorkerEvent }

/** The message within an event, where it is one of these. */
export function messageIn<T extends Request | Reply>(event: Event): T | undefined {
  const { data } = event as MessageEvent<Partial<T> | null>
  return typeof data?.training === 'number' ? (data as T) : undefined
}

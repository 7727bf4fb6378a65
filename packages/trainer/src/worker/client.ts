// The page's side of a training in a worker.
import type { Checkpoint } from '../checkpoint/checkpoint.js'
import { TrainError } from '../error.js'
import type { TrainResult } from '../training/train.js'
import { messageIn, type CallName, type Calls, type Reply } from './messages.js'
import type { Order, TrainingPort, WorkerEvent } from './messages.js'

/** What to train in a worker: from settings on, or from a checkpoint on, with its settings. */
export interface TrainInWorkerOptions extends Order {
  readonly onEvent?: (event: WorkerEvent) => void
}

/** A training that goes on in a worker. */
export interface WorkerTraining {
  /** How it ended. It rejects with a TrainError where it fails, or the worker does. */
  readonly ended: Promise<TrainResult>
  /** Holds it after the steps that are under way; nothing is lost. */
  pause(): Promise<void>
  /** Lets it go on. */
  resume(): Promise<void>
  /** Ends it after the steps that are under way; what was begun of an epoch is lost. */
  stop(): Promise<void>
  /**
   * The mean images of `count` latents [count, latent] by the parameters of the moment, [count, channels,
   * height, width], range 0 to 1. While it trains, paused or not, and after it.
   */
  decode(latents: Float32Array, count: number): Promise<Float32Array>
  /** The last whole epoch: to go on from, or for a bundle. It rejects where there is none yet. */
  checkpoint(): Promise<Checkpoint>
  /**
   * Ends it and frees what it holds; the worker can train anew. It is the caller's to terminate. A further
   * call does no more.
   */
  release(): Promise<void>
}

/**
 * Trains in a worker that `serveTraining` serves in, one training at a time.
 *
 * @throws TrainError (by rejection of `ended`) where images and settings do not fit, the provider cannot
 *   start, or the worker does not run
 */
export function trainInWorker(port: TrainingPort, options: TrainInWorkerOptions): WorkerTraining {
  const { onEvent, ...order } = options
  const calls = new CallsOut(port, onEvent)
  const ended = calls.make('train', order)
  let failed = false
  // Whoever asks for it is told; nobody has to.
  ended.catch(() => (failed = true))
  const release = async (): Promise<void> => {
    try {
      // A training that has failed is the worker's no more: there is nothing left to free.
      if (!failed) await calls.make('release', undefined)
    } finally {
      calls.close()
    }
  }
  let releasing: Promise<void> | undefined
  return {
    ended,
    pause: () => calls.make('pause', undefined),
    resume: () => calls.make('resume', undefined),
    stop: () => calls.make('stop', undefined),
    decode: (latents, count) => calls.make('decode', { latents, count }),
    checkpoint: () => calls.make('checkpoint', undefined),
    release: () => (releasing ??= release()),
  }
}

interface Pending {
  readonly resolve: (answer: unknown) => void
  readonly reject: (error: Error) => void
}

/** Numbers are never used twice: a worker may serve several trainings, one after another. */
let last = 0

function unsendable(call: CallName, cause: unknown): TrainError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  const what = `${call}: cannot be sent to the worker, got ${reason}`
  return new TrainError(`${what}, expected values without functions`, { cause })
}

/** Calls that wait for their answers. */
class CallsOut {
  readonly #port: TrainingPort
  readonly #onEvent: ((event: WorkerEvent) => void) | undefined
  readonly #pending = new Map<number, Pending>()
  #failed: TrainError | undefined

  constructor(port: TrainingPort, onEvent?: (event: WorkerEvent) => void) {
    this.#port = port
    this.#onEvent = onEvent
    port.addEventListener('message', this.#heard)
    port.addEventListener('error', this.#broken)
    port.addEventListener('messageerror', this.#broken)
  }

  make<K extends CallName>(call: K, given: Calls[K]['given']): Promise<Calls[K]['answer']> {
    if (this.#failed) return Promise.reject(this.#failed)
    const training = ++last
    return new Promise((resolve, reject) => {
      const done = (answer: unknown) => resolve(answer as Calls[K]['answer'])
      try {
        this.#port.postMessage({ training, call, given })
      } catch (cause) {
        return reject(unsendable(call, cause))
      }
      this.#pending.set(training, { resolve: done, reject })
    })
  }

  close(): void {
    this.#fail(new TrainError('training: released already, got a further use, expected none'))
  }

  readonly #heard = (event: Event): void => {
    const reply = messageIn<Reply>(event)
    const pending = reply && this.#pending.get(reply.training)
    if (!reply || !pending) return
    if ('event' in reply) return this.#onEvent?.(reply.event)
    this.#pending.delete(reply.training)
    if ('error' in reply) pending.reject(new TrainError(reply.error))
    else pending.resolve(reply.answer)
  }

  readonly #broken = (event: Event): void => {
    const { message } = event as Partial<ErrorEvent>
    const reason = message || event.type
    this.#fail(
      new TrainError(
        `worker: does not run, got ${reason}, expected a module that serves training`,
        {
          cause: event,
        },
      ),
    )
  }

  #fail(error: TrainError): void {
    this.#failed = error
    for (const { reject } of this.#pending.values()) reject(error)
    this.#pending.clear()
    this.#port.removeEventListener('message', this.#heard)
    this.#port.removeEventListener('error', this.#broken)
    this.#port.removeEventListener('messageerror', this.#broken)
  }
}

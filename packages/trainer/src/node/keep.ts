// Epochs go to the disk while the next one is computed: one at a time, in their order.
import type { Listener, TrainEvent } from '../training/events.js'

type EpochEvent = TrainEvent & { readonly type: 'epoch' }

/** What keeps epochs, and whom it tells. */
export interface KeepOptions {
  readonly write: (event: EpochEvent) => Promise<void>
  /** Told of an epoch once it is written, of anything else at once. */
  readonly onEvent: Listener | undefined
  readonly signal: AbortSignal | undefined
}

/** A listener for `train`, and what waits for the last writing. */
export interface Keeper {
  readonly onEvent: Listener
  /** Throws what writing or telling of an epoch threw, unless the listener has. */
  finish(): Promise<void>
}

/**
 * Writes each epoch behind the computing of the next. Where that fails, or the listener does, training
 * ends at its next event.
 */
export function createKeeper({ write, onEvent, signal }: KeepOptions): Keeper {
  let pending: Promise<void> = Promise.resolve()
  let isEnough = false
  const isStopped = () => signal?.aborted === true
  let failed: { readonly error: unknown } | undefined
  const finish = async () => {
    const last = pending
    pending = Promise.resolve()
    await last
  }
  const keep = async (event: EpochEvent) => {
    try {
      await write(event)
      const before = isStopped()
      await onEvent?.(event)
      isEnough = !before && isStopped()
    } catch (error) {
      failed = { error }
      throw error
    }
  }
  return {
    finish,
    onEvent: async (event) => {
      if (failed !== undefined || event.type === 'stopped') await finish()
      if (event.type !== 'epoch') return onEvent?.(event)
      await finish()
      // Who stops the training when told of an epoch wants no other; any other stop loses none.
      if (isEnough) signal?.throwIfAborted()
      pending = keep(event)
      pending.catch(() => undefined)
    },
  }
}

// Signals that end a load.
import { kindOf } from '../check.js'
import { RuntimeError, refuse } from '../error.js'
import type { Releasable } from '../release.js'

/** The error of a load that was aborted: the signal's reason is its cause. */
export function abortError({ reason }: AbortSignal): RuntimeError {
  return new RuntimeError(`load: aborted, got '${String(reason)}', expected no abort`, {
    cause: reason,
  })
}

/** Whether a value can be listened to as a signal is, of whatever realm or library it comes. */
export function isAbortSignal(value: unknown): value is AbortSignal {
  if (typeof value !== 'object' || value === null || !('addEventListener' in value)) return false
  return 'aborted' in value && typeof value.aborted === 'boolean'
}

/** Throws RuntimeError where a signal is none, or is aborted already. */
export function checkSignal(signal: AbortSignal | undefined): void {
  if (signal === undefined) return
  if (!isAbortSignal(signal)) refuse('signal: not usable', kindOf(signal), 'an AbortSignal')
  if (signal.aborted) throw abortError(signal)
}

/**
 * What a load gives, released again where the signal was aborted meanwhile. The signal that it passes on
 * ends the loading alone: what is read later, such as a lazy encoder, is not its concern.
 *
 * @throws RuntimeError (by rejection) where the signal is aborted before the end
 */
export async function abortable<T extends Releasable>(
  signal: AbortSignal | undefined,
  load: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const loading = new AbortController()
  const abort = (): void => loading.abort(signal?.reason)
  signal?.addEventListener('abort', abort)
  try {
    const loaded = await load(loading.signal)
    if (!signal?.aborted) return loaded
    await loaded.release()
    throw abortError(signal)
  } finally {
    signal?.removeEventListener('abort', abort)
  }
}

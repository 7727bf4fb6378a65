// What can be released: calls that came before finish first, and those that come later are refused.
import { refuse } from './error.js'

/** Has a release. */
export interface Releasable {
  /** Frees what is held once the calls under way have ended. A further call does no more, and waits too. */
  release(): Promise<void>
}

type Method = (...args: unknown[]) => Promise<unknown>

/** The methods with a release beside them, which frees what they need. */
export function releasable<T extends object>(
  methods: T,
  free: () => Promise<void>,
): T & Releasable {
  let ended: Promise<unknown> | undefined
  let releasing: Promise<void> | undefined
  const guard = (method: Method): Method => {
    return async (...args) => {
      if (releasing) refuse('session: already released', 'a further use', 'none')
      const before = ended
      const call = method(...args)
      const after = (): unknown => before
      ended = call.then(after, after)
      return call
    }
  }
  const guarded = Object.entries(methods).map(([name, method]) => [name, guard(method as Method)])
  const release = async (): Promise<void> => {
    await ended
    await free()
  }
  return { ...(Object.fromEntries(guarded) as T), release: () => (releasing ??= release()) }
}

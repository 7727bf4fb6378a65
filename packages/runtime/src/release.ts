// What can be released: calls that came before finish first, and those that come later are refused.
import { refuse } from './error.js'

/** Has a release. */
export interface Releasable {
  /** Frees what is held once the calls under way have ended; a second call is a RuntimeError. */
  release(): Promise<void>
}

type Method = (...args: unknown[]) => Promise<unknown>

/** The methods with a release beside them, which frees what they need. */
export function releasable<T extends object>(methods: T, free: () => Promise<void>): T & Releasable {
  let ended: Promise<unknown> | undefined
  let released = false
  const enter = (): void => {
    if (released) refuse('session: already released', 'a further use', 'none')
  }
  const guard = (method: Method): Method => {
    return async (...args) => {
      enter()
      const call = method(...args)
      const before = ended
      const after = (): unknown => before
      ended = call.then(after, after)
      return call
    }
  }
  const guarded = Object.entries(methods).map(([name, method]) => [name, guard(method as Method)])
  return {
    ...(Object.fromEntries(guarded) as T),
    async release() {
      enter()
      released = true
      await ended
      await free()
    },
  }
}

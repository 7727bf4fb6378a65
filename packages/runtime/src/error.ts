// The error that the runtimes throw.

/**
 * A bundle, model, session or argument that a runtime cannot use. The message says what is wrong,
 * what was got and what was expected; `cause` holds the error underneath, where there is one.
 */
export class RuntimeError extends Error {
  override readonly name = 'RuntimeError'
}

/** What a caught value says, for the `got` of a message. */
export function causeText(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).trim()
}

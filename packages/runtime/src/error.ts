// The error that the runtimes throw.

/**
 * A bundle, model, session or argument that a runtime cannot use. The message says what is wrong,
 * what was got and what was expected; `cause` holds the error underneath, where there is one.
 */
export class RuntimeError extends Error {
  override readonly name = 'RuntimeError'

  /** The message becomes one line of at most 2,000 characters: it may quote names and values from files. */
  constructor(message: string, options?: ErrorOptions) {
    super(message.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, encodeURIComponent).slice(0, 2000), options)
  }
}

/**
 * Throws a RuntimeError: `problem, got …, expected …`. For backends.
 *
 * @param got what there was; an error is quoted and becomes the cause
 */
export function refuse(problem: string, got: unknown, expected: unknown): never {
  const cause = got instanceof Error ? { cause: got } : undefined
  throw new RuntimeError(`${problem}, got ${shown(got)}, expected ${String(expected)}`, cause)
}

function shown(got: unknown): string {
  if (got instanceof Error) return `'${got.message.trim()}'${reason(got.cause)}`
  return Array.isArray(got) ? `[${got.join(', ')}]` : String(got)
}

/** `fetch failed` alone says nothing: the code of its cause, such as ECONNREFUSED, does. */
function reason(cause: unknown): string {
  if (!(cause instanceof Error)) return ''
  return ` (${'code' in cause ? String(cause.code) : cause.message.trim()})`
}

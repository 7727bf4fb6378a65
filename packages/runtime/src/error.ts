// The error that the runtimes throw.

/**
 * A bundle, model, session or argument that a runtime cannot use. The message says what is wrong,
 * what was got and what was expected; `cause` holds the error underneath, where there is one.
 */
export class RuntimeError extends Error {
  override readonly name = 'RuntimeError'
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
  if (got instanceof Error) return `'${got.message.trim()}'`
  return Array.isArray(got) ? `[${got.join(', ')}]` : String(got)
}

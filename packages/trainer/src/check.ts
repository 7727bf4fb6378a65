// Checks of values that come from outside: JSON files, flags, other programs.
import { isAbortSignal } from '@anyvae/runtime'
import { TrainError } from './error.js'

/** A JSON object's fields. */
export function fields(what: string, value: unknown): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>
  }
  throw new TrainError(`${what}: not an object, got ${show(value)}, expected an object`)
}

/** One of a few strings. */
export function oneOf<T extends string>(what: string, value: unknown, permitted: readonly T[]): T {
  const found = permitted.find((each) => each === value)
  if (found !== undefined) return found
  throw new TrainError(`${what}: unknown, got ${show(value)}, expected ${permitted.join(' or ')}`)
}

/** A whole number of at least `least`. */
export function whole(what: string, value: unknown, least: number): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least) return value
  throw new TrainError(
    `${what}: out of range, got ${show(value)}, expected a whole number of at least ${least}`,
  )
}

/** A whole number above 0. */
export function positive(what: string, value: unknown): number {
  return whole(what, value, 1)
}

/** One or more whole numbers above 0. */
export function positives(what: string, value: unknown): readonly number[] {
  if (Array.isArray(value) && value.length > 0) {
    return value.map((each, index) => positive(`${what}[${index}]`, each))
  }
  throw new TrainError(`${what}: no sizes, got ${show(value)}, expected a list of whole numbers`)
}

/** A finite number within bounds. */
export function finite(
  what: string,
  value: unknown,
  { least, above }: { least?: number; above?: number },
): number {
  const bound = above === undefined ? `of at least ${least ?? 0}` : `above ${above}`
  const number = typeof value === 'number' ? value : Number.NaN
  const inside = above === undefined ? number >= (least ?? 0) : number > above
  if (Number.isFinite(number) && inside) return number
  throw new TrainError(
    `${what}: out of range, got ${show(value)}, expected a finite number ${bound}`,
  )
}

/** Any finite number. */
export function number(what: string, value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value
  throw new TrainError(`${what}: no number, got ${show(value)}, expected a finite number`)
}

/** A string. */
export function text(what: string, value: unknown): string {
  if (typeof value === 'string') return value
  throw new TrainError(`${what}: no text, got ${show(value)}, expected a string`)
}

/** A value as a message shows it. */
export function show(value: unknown): string {
  if (typeof value === 'number' || value === undefined) return String(value)
  const shown = JSON.stringify(value) ?? typeof value
  return shown.length > 80 ? `${shown.slice(0, 77)}...` : shown
}

/** Refuses a field that nothing reads, such as a misspelt one; one that is undefined is left out. */
export function known(
  what: string,
  given: Record<string, unknown>,
  permitted: readonly string[],
): void {
  const found = Object.keys(given).find(
    (name) => given[name] !== undefined && !permitted.includes(name),
  )
  if (found === undefined) return
  throw new TrainError(
    `${what}: unknown setting, got ${show(found)}, expected one of ${permitted.join(', ')}`,
  )
}

/**
 * Refuses what is no signal.
 *
 * @throws the signal's reason where it is aborted already, TrainError where it is none
 */
export function checkSignal(signal: AbortSignal | undefined): void {
  if (signal === undefined) return
  if (!isAbortSignal(signal)) {
    throw new TrainError(`signal: not usable, got ${show(signal)}, expected an AbortSignal`)
  }
  signal.throwIfAborted()
}

// Checks of numbers that callers pass in.
import { RuntimeError } from './error.js'

/** Throws RuntimeError unless the value is a whole number of at least `least`. */
export function checkWhole(name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return
  throw new RuntimeError(
    `${name}: not usable, got ${value}, expected a whole number of at least ${least}`,
  )
}

/** Throws RuntimeError at the first value that is NaN, infinite, below `least` or above `most`. */
export function checkValues(
  name: string,
  data: Float32Array,
  { least = -Infinity, most = Infinity, expected = 'finite values' } = {},
): void {
  const at = data.findIndex((x) => !(x >= least && x <= most && Number.isFinite(x)))
  if (at < 0) return
  throw new RuntimeError(`${name}: unusable value, got ${data[at]} at ${at}, expected ${expected}`)
}

/** How many rows of `size` values there are. Throws RuntimeError unless they are whole and not 0. */
export function rowCount(name: string, length: number, size: number): number {
  if (length > 0 && length % size === 0) return length / size
  throw new RuntimeError(
    `${name}: wrong length, got ${length} values, expected a multiple of ${size}`,
  )
}

/** Throws RuntimeError where a shape and the number of values beside it disagree. */
export function checkLength(name: string, length: number, shape: readonly number[]): void {
  const size = shape.reduce((product, dim) => product * dim, 1)
  if (length === size) return
  const dims = `[${shape.join(', ')}]`
  throw new RuntimeError(
    `${name}: values and shape disagree, got ${length} values, expected ${size} for ${dims}`,
  )
}

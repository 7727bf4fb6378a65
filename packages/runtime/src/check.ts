// Checks of numbers that callers pass in.
import { refuse } from './error.js'

/** Throws RuntimeError unless the value is a whole number of at least `least` and at most `most`. */
export function checkWhole(
  name: string,
  value: number,
  least: number,
  most = Number.MAX_SAFE_INTEGER,
): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return
  const range = most === Number.MAX_SAFE_INTEGER ? `at least ${least}` : `${least} to ${most}`
  refuse(`${name}: not usable`, value, `a whole number of ${range}`)
}

/** Throws RuntimeError at the first value that is NaN, infinite, below `least` or above `most`. */
export function checkValues(
  name: string,
  data: Float32Array,
  { least = -Infinity, most = Infinity, expected = 'finite values' } = {},
): void {
  const at = data.findIndex((x) => !(x >= least && x <= most && Number.isFinite(x)))
  if (at < 0) return
  refuse(`${name}: unusable value`, `${data[at]} at ${at}`, expected)
}

/** How many rows of `size` values there are. Throws RuntimeError unless they are whole and not 0. */
export function rowCount(name: string, length: number, size: number): number {
  if (length > 0 && length % size === 0) return length / size
  refuse(`${name}: wrong length`, `${length} values`, `a multiple of ${size}`)
}

/** Throws RuntimeError where a shape and the number of values beside it disagree. */
export function checkLength(name: string, length: number, shape: readonly number[]): void {
  const size = shape.reduce((product, dim) => product * dim, 1)
  if (length === size) return
  refuse(
    `${name}: wrong length for its shape`,
    `${length} values`,
    `${size} by [${shape.join(', ')}]`,
  )
}

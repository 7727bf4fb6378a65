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
  refuse(`${name}: not usable`, quoted(value), `a whole number of ${range}`)
}

/** A value for messages: a string is told from a number. */
export function quoted(value: unknown): unknown {
  return typeof value === 'string' ? `'${value}'` : value
}

interface Usable {
  readonly usable?: (value: number) => boolean
  readonly expected?: string
}

/** Throws RuntimeError at the first value that is not usable: NaN or infinite, unless told otherwise. */
export function checkValues(
  name: string,
  data: Float32Array,
  { usable = Number.isFinite, expected = 'finite values' }: Usable = {},
): void {
  const at = data.findIndex((x) => !usable(x))
  if (at >= 0) refuse(`${name}: unusable value`, `${data[at]} at ${at}`, expected)
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

/** Throws RuntimeError where two arrays are not of one length. */
export function checkAlike(names: string, first: Float32Array, second: Float32Array): void {
  if (first.length === second.length) return
  const got = `${first.length} and ${second.length} values`
  refuse(`${names}: not of one length`, got, 'as many of both')
}

/** The values of an argument that may come with their shape (`dims`: a tensor), as whatever they are. */
export function valuesAndShape(argument: unknown): { data: unknown; shape: unknown } {
  const whole = typeof argument === 'object' && argument !== null && 'data' in argument
  if (!whole) return { data: argument, shape: undefined }
  const { data, dims, shape = dims }: { data: unknown; dims?: unknown; shape?: unknown } = argument
  return { data, shape }
}

/** So many values, zeros unless made. Throws RuntimeError where there is no memory for them. */
export function allocate(length: number): Float32Array
export function allocate<T>(length: number, make: (length: number) => T): T
export function allocate(
  length: number,
  make: (length: number) => unknown = (length) => new Float32Array(length),
): unknown {
  try {
    return make(length)
  } catch (cause) {
    refuse(`memory: none for ${length} values`, cause, 'fewer')
  }
}

/** Whether a shape is written as a list. */
export function isDims(shape: unknown): shape is readonly number[] {
  return Array.isArray(shape)
}

/** What a value of a wrong type is, for messages: `null`, `string`, `Float64Array`. */
export function kindOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value
  return Object.prototype.toString.call(value).slice('[object '.length, -1)
}

/** Throws RuntimeError unless options are an object that has none but these. */
export function checkOptions(name: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null) {
    refuse(`${name}: unusable options`, kindOf(options), `an object of ${known.join(', ')}`)
  }
  const unknown = Object.keys(options).find((key) => !known.includes(key))
  if (unknown !== undefined) refuse(`${name}: unknown option`, `'${unknown}'`, known.join(' or '))
}

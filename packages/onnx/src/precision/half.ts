// float16: numbers to its bits, and which numbers it can hold.
import { numbersOf } from '../builder/tensor.js'
import { OnnxError } from '../error.js'
import type { TensorData } from '../types.js'

/** From here on a number rounds to infinity: halfway from 65504, the largest, to the next step. */
const OVERFLOW = 65_520

/** Below here numbers lose bits, and some processors take them for zero. */
const SMALLEST = 2 ** -14

const float = new Float32Array(1)
const bits = new Uint32Array(float.buffer)

/** The 16 bits of a float32 number, rounded to the nearest, to the even one of two. */
export function halfBits(value: number): number {
  float[0] = value
  const [whole = 0] = bits
  const sign = (whole >>> 16) & 0x8000
  const size = Math.abs(float[0])
  if (Number.isNaN(size)) return sign | 0x7e00
  if (size >= OVERFLOW) return sign | 0x7c00
  // Below 2^-14 the steps are 2^-24 wide; a carry into the exponent is right as it is.
  if (size < 2 ** -14) return sign | roundedToEven(size * 2 ** 24)
  const exponent = ((whole >>> 23) & 0xff) - 127 + 15
  return sign | roundedToEven(exponent * 1024 + (whole & 0x7fffff) / 8192)
}

function roundedToEven(value: number): number {
  const below = Math.floor(value)
  const rest = value - below
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below
}

/**
 * A float32 tensor in float16. Numbers too small for it become zero.
 *
 * @throws OnnxError where a finite number is too large
 */
export function halfTensor(tensor: TensorData, what: string): TensorData {
  const numbers = numbersOf(tensor)
  const large = numbers.find(isTooLarge)
  if (large !== undefined) {
    throw new OnnxError(`${what}: too large for float16, got ${large}, expected at most 65504`)
  }
  const bytes = new Uint8Array(numbers.length * 2)
  const view = new DataView(bytes.buffer)
  numbers.forEach((value, index) => view.setUint16(index * 2, halfBits(value), true))
  return { dataType: 'float16', dims: tensor.dims, bytes }
}

/**
 * Whether float16 holds a constant for what it is: no finite number becomes infinite, and it does not
 * vanish as a whole, as an epsilon of 1e-7 would. Single numbers may become zero.
 */
export function halfHolds(tensor: TensorData): boolean {
  const numbers = numbersOf(tensor)
  if (numbers.some(isTooLarge)) return false
  const others = numbers.filter((value) => value !== 0)
  return others.length === 0 || others.some((value) => !(Math.abs(value) < SMALLEST))
}

function isTooLarge(value: number): boolean {
  return Number.isFinite(value) && Math.abs(value) >= OVERFLOW
}

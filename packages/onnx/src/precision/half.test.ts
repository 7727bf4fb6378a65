import { describe, expect, it } from 'vitest'
import { tensorOf } from '../builder/tensor.js'
import { OnnxError } from '../error.js'
import { halfBits, halfHolds, halfTensor } from './half.js'

/** Bits by the standard's own definition (IEEE 754-2019, binary16). */
const CASES: [value: number, bits: number][] = [
  [0, 0x0000],
  [-0, 0x8000],
  [1, 0x3c00],
  [-2, 0xc000],
  [65504, 0x7bff],
  [65519.99, 0x7bff],
  [65520, 0x7c00],
  [-Infinity, 0xfc00],
  [1 / 3, 0x3555],
  // Ties go to the even one, on both sides.
  [1 + 2 ** -11, 0x3c00],
  [1 + 3 * 2 ** -11, 0x3c02],
  // A mantissa that rounds up into the next exponent.
  [2 - 2 ** -12, 0x4000],
  // The largest subnormal, the smallest, what rounds up to it, and what vanishes.
  [2 ** -14 - 2 ** -24, 0x03ff],
  [2 ** -24, 0x0001],
  [1.01 * 2 ** -25, 0x0001],
  [2 ** -25, 0x0000],
  [2 ** -14 - 2 ** -26, 0x0400],
]

describe('halfBits', () => {
  it.each(CASES)('of %f', (value, bits) => {
    expect(halfBits(value)).toBe(bits)
  })

  it('of NaN is NaN', () => {
    expect(halfBits(Number.NaN) & 0x7fff).toBeGreaterThan(0x7c00)
  })

  it('gives back every float16 number', () => {
    for (let bits = 0; bits < 0x7c00; bits++) {
      const exponent = bits >>> 10
      const mantissa = bits & 0x3ff
      const value = exponent === 0 ? mantissa * 2 ** -24 : (1024 + mantissa) * 2 ** (exponent - 25)
      if (halfBits(value) !== bits) expect([value, halfBits(value)]).toEqual([value, bits])
    }
  })
})

describe('halfTensor', () => {
  it('is little-endian', () => {
    const tensor = halfTensor(tensorOf('float32', [2], [1, -2]), 'w')
    expect(tensor).toEqual({
      dataType: 'float16',
      dims: [2],
      bytes: Uint8Array.of(0, 0x3c, 0, 0xc0),
    })
  })

  it('refuses what it cannot hold, and takes infinity', () => {
    expect(() => halfTensor(tensorOf('float32', [2], [1, 7e4]), 'initializer w')).toThrow(
      new OnnxError('initializer w: too large for float16, got 70000, expected at most 65504'),
    )
    expect(halfTensor(tensorOf('float32', [1], [-Infinity]), 'w').bytes).toEqual(
      Uint8Array.of(0, 0xfc),
    )
  })
})

describe('halfHolds', () => {
  it.each([
    [[0, 0], true],
    [[1e-12], false],
    [[1e-12, 1], true],
    [[65504], true],
    [[1, -1e5], false],
    [[Infinity], true],
  ])('%j: %s', (values, holds) => {
    expect(halfHolds(tensorOf('float32', [values.length], values))).toBe(holds)
  })
})

import { expect, it } from 'vitest'
import { bytePixels, unitPixels } from './unit.js'

it('brings every byte to 0 to 1 and back', () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, i) => i)
  const pixels = unitPixels(bytes)
  expect([pixels[0], pixels[51], pixels[255]]).toEqual([0, Math.fround(0.2), 1])
  expect(bytePixels(pixels)).toEqual(bytes)
})

it('clamps what lies a little outside and refuses NaN', () => {
  expect([...bytePixels(Float32Array.of(-0.01, 1.01, 0.5))]).toEqual([0, 255, 128])
  expect(() => bytePixels(Float32Array.of(0, NaN))).toThrow(
    'pixels: not a number, got NaN at index 1, expected values 0 to 1',
  )
})

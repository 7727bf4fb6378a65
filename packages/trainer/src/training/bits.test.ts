// Bits per dimension against figures worked out by hand.
import { expect, it } from 'vitest'
import { bitsNote, bitsPerDimension } from './bits.js'

it('divides by ln 2 and by pixels times channels', () => {
  expect(bitsPerDimension(Math.LN2 * 3 * 32 * 32, { channels: 3, height: 32, width: 32 })).toBe(1)
  const mnist = bitsPerDimension(98.3, { channels: 1, height: 28, width: 28 })
  expect(mnist).toBeCloseTo(0.18089, 5)
  // A uniform density on 256 values is 8 bits for each of them.
  const uniform = 3 * 8 * 8 * Math.log(256)
  expect(bitsPerDimension(uniform, { channels: 3, height: 8, width: 8 })).toBeCloseTo(8, 12)
})

it('says of each likelihood what the figure is', () => {
  expect(bitsNote('bernoulli')).toContain('no likelihood of 8-bit values')
  expect(bitsNote('gaussian')).toContain('add 8')
})

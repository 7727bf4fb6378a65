import { describe, expect, it } from 'vitest'
import { bytesOf, RangeObserver } from './range.js'

describe('RangeObserver', () => {
  it('leaves out one value of 30,000 at each end', () => {
    const observer = new RangeObserver()
    const ramp = Float32Array.from({ length: 60_000 }, (_, i) => i)
    observer.add(ramp.subarray(0, 45_000))
    observer.add(ramp.subarray(45_000))
    expect(observer.range()).toEqual({ least: 2, most: 59_997 })
  })

  it('keeps both ends of few values, and its own copy', () => {
    const observer = new RangeObserver()
    const values = Float32Array.of(3, -1, 2)
    observer.add(values)
    values.fill(9)
    expect(observer.range()).toEqual({ least: -1, most: 3 })
  })

  it('sees every channel of a large value', () => {
    // Whatever the stride of an even choice, one of these sizes is a multiple of it.
    for (const channels of [2, 3, 4, 5, 7, 8, 16]) {
      const observer = new RangeObserver()
      observer.add(Float32Array.from({ length: 400_000 }, (_, i) => i % channels))
      expect(observer.range()).toEqual({ least: 0, most: channels - 1 })
    }
  })

  it('tells no range of nothing, or of NaN', () => {
    const observer = new RangeObserver()
    expect(observer.range()).toEqual({ least: NaN, most: NaN })
    observer.add(Float32Array.of(1, NaN, 2))
    expect(observer.range()).toEqual({ least: NaN, most: NaN })
  })
})

describe('bytesOf', () => {
  it.each([
    [0, 255, 1, 0],
    [-128, 127, 1, 128],
    // Zero belongs to every range.
    [51, 255, 1, 0],
    [-255, -51, 1, 255],
    [0, 0, 1, 0],
  ])('of %d to %d', (least, most, scale, zeroPoint) => {
    expect(bytesOf({ least, most })).toEqual({ scale, zeroPoint })
  })
})

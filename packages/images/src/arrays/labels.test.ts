import { describe, expect, it } from 'vitest'
import { labelsOfArray } from './labels.js'

describe('labelsOfArray', () => {
  it('takes [n] and [n, 1] of whole numbers of any type', () => {
    const data = BigInt64Array.of(3n, 9n)
    expect(labelsOfArray({ shape: [2], data }, 'f')).toEqual(Uint16Array.of(3, 9))
    expect(labelsOfArray({ shape: [2, 1], data }, 'f')).toEqual(Uint16Array.of(3, 9))
    const floats = Float32Array.of(0, 65535)
    expect(labelsOfArray({ shape: [2], data: floats }, 'f')).toEqual(Uint16Array.of(0, 65535))
  })

  it('takes one-hot rows for their classes', () => {
    const data = Float64Array.of(0, 1, 0, 1, 0, 0, 0, 0, 1)
    expect(labelsOfArray({ shape: [3, 3], data }, 'f')).toEqual(Uint16Array.of(1, 0, 2))
  })

  it.each([
    ['attributes', [2, 2], Float32Array.of(0.3, 1, 0, 1), 'which row 0 is not'],
    ['several classes an image', [2, 2], Uint8Array.of(1, 0, 1, 1), 'which row 1 is not'],
    [
      'rows without a class',
      [1, 3],
      Uint8Array.of(0, 0, 0),
      'got shape [1, 3], expected [n] or one',
    ],
    [
      'a square for each',
      [1, 2, 2],
      Uint8Array.of(1, 0, 1, 1),
      'got shape [1, 2, 2], expected [n]',
    ],
    ['negative ones', [2], Int8Array.of(0, -1), 'got -1 at index 1, expected a whole number from'],
    ['fractions', [2], Float64Array.of(1, 2.5), 'f: no label, got 2.5 at index 1'],
    ['large ones', [1], Uint32Array.of(65536), 'got 65536 at index 0'],
  ])('refuses %s', (_, shape, data, message) => {
    expect(() => labelsOfArray({ shape, data }, 'f')).toThrow(message)
  })
})

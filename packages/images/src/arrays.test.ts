import { describe, expect, it } from 'vitest'
import { imagesOfArray, labelsOfArray } from './arrays.js'
import type { NpyArray } from './npy.js'

function floats(...values: number[]): NpyArray {
  return { dtype: 'f4', shape: [1, 1, values.length], data: Float32Array.from(values) }
}

function bytes(...shape: number[]): NpyArray {
  const length = shape.reduce((product, dim) => product * dim, 1)
  return { dtype: 'u1', shape, data: Uint8Array.from({ length }, (_, i) => i + 2) }
}

describe('imagesOfArray: layouts', () => {
  it('takes [n, h, w] as grey', () => {
    const { shape, data } = imagesOfArray(bytes(2, 2, 3), 'f')
    expect(shape).toEqual({ channels: 1, height: 2, width: 3 })
    expect(data).toEqual(bytes(2, 2, 3).data)
  })

  it('takes [n, c, h, w] as it is', () => {
    const { shape, data } = imagesOfArray(bytes(1, 3, 5, 6), 'f')
    expect(shape).toEqual({ channels: 3, height: 5, width: 6 })
    expect(data).toEqual(bytes(1, 3, 5, 6).data)
  })

  it('brings [n, h, w, c] into planes', () => {
    const { shape, data } = imagesOfArray(bytes(2, 1, 2, 3), 'f')
    expect(shape).toEqual({ channels: 3, height: 1, width: 2 })
    expect([...data]).toEqual([2, 5, 3, 6, 4, 7, 8, 11, 9, 12, 10, 13])
  })

  it('cuts [n, h * w] where a size is given', () => {
    const size = { height: 2, width: 3 }
    expect(imagesOfArray(bytes(4, 6), 'f', { size }).shape).toEqual({ channels: 1, ...size })
    expect(imagesOfArray(bytes(4, 18), 'f', { size, channels: 3 }).shape.channels).toBe(3)
  })

  it.each([
    [[6], 'f: no images, got shape [6], expected [n, h, w], [n, h, w, c]'],
    [[2, 6], 'got shape [2, 6]'],
    [[1, 5, 6, 7], 'got shape [1, 5, 6, 7]'],
    [[0, 28, 28], 'f: empty, got shape [0, 28, 28], expected images'],
  ])('refuses shape %j', (shape, message) => {
    expect(() => imagesOfArray(bytes(...shape), 'f')).toThrow(message)
  })
})

describe('imagesOfArray: values', () => {
  it('takes floats up to 1 as 0 to 1, others as 0 to 255', () => {
    expect([...imagesOfArray(floats(0, 0.5, 1), 'f').data]).toEqual([0, 128, 255])
    expect([...imagesOfArray(floats(0, 0.4, 254.6), 'f').data]).toEqual([0, 0, 255])
  })

  it('takes a binary set of whole numbers as black and white', () => {
    const data = Uint8Array.of(0, 1)
    expect([...imagesOfArray({ dtype: 'b1', shape: [1, 1, 2], data }, 'f').data]).toEqual([0, 255])
    expect([...imagesOfArray({ dtype: 'u1', shape: [1, 1, 2], data }, 'f').data]).toEqual([0, 255])
  })

  it('takes wide whole numbers', () => {
    const data = BigInt64Array.of(3n, 200n)
    expect([...imagesOfArray({ dtype: 'i8', shape: [1, 1, 2], data }, 'f').data]).toEqual([3, 200])
  })

  it.each([
    [NaN, 'f: no pixel value, got NaN at index 1, expected 0 to 1 or 0 to 255'],
    [-0.5, 'got -0.5 at index 1'],
    [1023, 'got 1023 at index 1, expected 0 to 1 or 0 to 255 (rescale the array to one of these)'],
    [255.5, 'got 255.5 at index 1'],
    [Infinity, 'got Infinity at index 1'],
  ])('refuses %s', (value, message) => {
    expect(() => imagesOfArray(floats(0, value), 'f')).toThrow(message)
  })
})

describe('labelsOfArray', () => {
  it('takes [n] and [n, 1] of any whole numbers', () => {
    const data = BigInt64Array.of(3n, 9n)
    expect(labelsOfArray({ dtype: 'i8', shape: [2], data }, 'f')).toEqual(Uint16Array.of(3, 9))
    expect(labelsOfArray({ dtype: 'i8', shape: [2, 1], data }, 'f')).toEqual(Uint16Array.of(3, 9))
  })

  it('refuses one-hot labels and what is no label', () => {
    expect(() => labelsOfArray(bytes(2, 10), 'f')).toThrow(
      'f: no labels, got shape [2, 10], expected [n]',
    )
    const data = Float64Array.of(1, 2.5)
    expect(() => labelsOfArray({ dtype: 'f8', shape: [2], data }, 'f')).toThrow(
      'f: no label, got 2.5 at index 1, expected a whole number from 0 to 65535',
    )
  })
})

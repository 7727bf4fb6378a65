import { describe, expect, it } from 'vitest'
import { imagesOfArray, imagesOfArrays } from './arrays.js'
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
    const { shape, data } = imagesOfArray(bytes(2, 1, 2, 3), 'f', { layout: 'nhwc' })
    expect(shape).toEqual({ channels: 3, height: 1, width: 2 })
    expect([...data]).toEqual([2, 5, 3, 6, 4, 7, 8, 11, 9, 12, 10, 13])
    expect(imagesOfArray(bytes(1, 5, 6, 3), 'f').shape.channels).toBe(3)
  })

  it.each([
    [1, 'nchw (9x4, 1 channel) or --layout nhwc (1x9, 4 channels)'],
    [3, 'nchw (9x4, 3 channels) or --layout nhwc (3x9, 4 channels)'],
  ])('refuses narrow [n, %i, 9, 4], which may be two things', (channels, orders) => {
    const array = bytes(10, channels, 9, 4)
    expect(() => imagesOfArray(array, 'f')).toThrow(
      `f: order of dimensions not clear, got shape [10, ${channels}, 9, 4], expected --layout ${orders}`,
    )
    const right = { shape: { channels, height: 9, width: 4 }, data: array.data }
    expect(imagesOfArray(array, 'f', { layout: 'nchw' })).toMatchObject(right)
    expect(imagesOfArray(array, 'f', { channels })).toMatchObject(right)
    expect(imagesOfArray(array, 'f', { size: { height: 9, width: 4 } })).toMatchObject(right)
  })

  it('takes axes in any order that is named', () => {
    const planes = imagesOfArray(bytes(2, 1, 2, 3), 'f', { layout: 'nchw' }).data
    const value = (n: number, h: number, w: number) => planes[n * 6 + h * 3 + w] ?? 0
    const turned = Uint8Array.from({ length: 12 }, (_, i) => {
      const [h, w, n] = [Math.floor(i / 6), Math.floor(i / 2) % 3, i % 2]
      return value(n, h, w)
    })
    const layouts = { hwcn: [2, 3, 1, 2], hwn: [2, 3, 2] }
    for (const [layout, shape] of Object.entries(layouts)) {
      expect(imagesOfArray({ shape, data: turned }, 'f', { layout }).data).toEqual(planes)
    }
    expect(() => imagesOfArray(bytes(2, 2, 3), 'f', { layout: 'nhww' })).toThrow(
      "layout: unknown, got 'nhww', expected the letters n, c, h, w (or n, h, w)",
    )
    expect(() => imagesOfArray(bytes(2, 2, 3), 'f', { layout: 'nchw' })).toThrow(
      'f: another number of dimensions, got shape [2, 2, 3], expected 4 as in layout nchw',
    )
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
    [
      1023,
      'got 1023 at index 1, expected 0 to 1 or 0 to 255 (rescale the array, or say what is black and white: --range 0..1023)',
    ],
    [255.5, 'got 255.5 at index 1'],
    [Infinity, 'got Infinity at index 1'],
  ])('refuses %s', (value, message) => {
    expect(() => imagesOfArray(floats(0, value), 'f')).toThrow(message)
  })
})

describe('imagesOfArray: ranges', () => {
  const read = (values: number[], range?: { black: number; white: number }) =>
    imagesOfArray(floats(...values), 'f', { range })

  it('clips what rounding put barely beyond 0 to 1, or 0 to 255', () => {
    const values = [1.0000001, 68 / 255, 10 / 255, -1e-7]
    expect([...read(values).data]).toEqual([255, 68, 10, 0])
    expect([...read([255.2, 100, -0.1]).data]).toEqual([255, 100, 0])
    expect(read(values).note).toBeUndefined()
  })

  it.each([
    [[0, 0.5, 1.25], 'got 0 to 1.25, expected 0 to 1 or 0 to 255 (--range'],
    [[0, 8, 16], 'got 0 to 16, expected 0 to 1 or 0 to 255 (--range says which values are'],
    [[-1, 0, 1], 'got -1 at index 0, expected 0 to 1 or 0 to 255 (rescale the array, or say what'],
    [[-1, 0, 1], '--range -1..1)'],
    [[-2, 0, 100], '--range -100..100)'],
    [[0, 3000], '--range 0..4095)'],
    [[0, 40_000], '--range 0..65535)'],
  ])('refuses %j, which may be several things', (values, message) => {
    expect(() => read(values)).toThrow(message)
  })

  it('takes the range that it is told, clips what lies beyond, and says so', () => {
    expect([...read([-1, 0, 1], { black: -1, white: 1 }).data]).toEqual([0, 128, 255])
    expect([...read([0, 8, 16], { black: 0, white: 16 }).data]).toEqual([0, 128, 255])
    const clipped = read([-0.5, 0.5, 1.5], { black: 0, white: 1 })
    expect([...clipped.data]).toEqual([0, 128, 255])
    expect(clipped.note).toBe('f: values of -0.5 to 1.5, those beyond 0 to 1 are clipped')
    expect(() => read([1], { black: 1, white: 1 })).toThrow('range: not usable, got 1 to 1')
    expect(() => read([1], { black: 0, white: NaN })).toThrow('range: not usable')
  })

  it('takes bytes for 0 to 255 by their type, with a word where they are dark', () => {
    const array = { shape: [1, 1, 2], data: Uint8Array.of(3, 16) }
    const { data, note } = imagesOfArray(array, 'f')
    expect([...data]).toEqual([3, 16])
    expect(note).toBe(
      'f: dark, the greatest value is 16 of 255 (--range 0..16 where that is white)',
    )
    const range = { black: 0, white: 16 }
    expect([...imagesOfArray(array, 'f', { range }).data]).toEqual([48, 255])
  })

  it('reads the parts of one source alike', () => {
    const arrays = [floats(0, 200), floats(0, 1)].map((array) => ({ array, where: 'f' }))
    expect(imagesOfArrays(arrays).map(({ data }) => [...data])).toEqual([
      [0, 200],
      [0, 1],
    ])
  })
})

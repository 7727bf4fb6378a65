import { describe, expect, it } from 'vitest'
import { ImagesError } from './error.js'
import { decodeIdx, encodeIdx } from './idx.js'

const images = encodeIdx({ dims: [3, 2, 2], data: Uint8Array.from({ length: 12 }, (_, i) => i) })
const labels = encodeIdx({ dims: [3], data: Uint8Array.of(7, 8, 9) })

it('writes MNIST headers and reads them back', () => {
  expect([...images.subarray(0, 16)]).toEqual([0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 2])
  expect(decodeIdx(images, 'images', 'f')).toEqual({ dims: [3, 2, 2], data: images.slice(16) })
  expect(decodeIdx(labels, 'labels', 'f')).toEqual({ dims: [3], data: Uint8Array.of(7, 8, 9) })
})

it('reads a part of a larger buffer', () => {
  const larger = new Uint8Array(images.length + 5)
  larger.set(images, 5)
  expect(decodeIdx(larger.subarray(5), 'images', 'f').data).toEqual(images.slice(16))
})

describe('refuses', () => {
  it.each([
    [
      'a truncated file',
      images.slice(0, -1),
      'images',
      'f: truncated, got 27 bytes, expected 28 (3 x 2 x 2 images)',
    ],
    [
      'a file that is too long',
      Uint8Array.of(...labels, 0),
      'labels',
      'f: too long, got 12 bytes, expected 11 (3 labels)',
    ],
    [
      'half a header',
      images.slice(0, 9),
      'images',
      'f: truncated, got 9 bytes, expected a header of 16',
    ],
    ['no header', new Uint8Array(3), 'images', 'f: truncated, got 3 bytes, expected IDX images'],
    [
      'labels named images',
      labels,
      'images',
      'f: not IDX images, got magic number 0x00000801 (labels), expected 0x00000803',
    ],
    [
      'images named labels',
      images,
      'labels',
      'f: not IDX labels, got magic number 0x00000803 (images), expected 0x00000801',
    ],
    [
      'another format',
      Uint8Array.of(137, 80, 78, 71),
      'images',
      'f: not IDX images, got magic number 0x89504e47 (neither), expected 0x00000803',
    ],
    [
      'no images',
      encodeIdx({ dims: [0, 28, 28], data: new Uint8Array() }),
      'images',
      'f: empty, got 0 x 28 x 28 images, expected at least 1',
    ],
  ] as const)('%s', (_, bytes, kind, message) => {
    expect(() => decodeIdx(bytes, kind, 'f')).toThrow(new ImagesError(message))
  })
})

describe('values of other types', () => {
  /** A 1x1x2 image of values that a DataView writes. */
  const idx = (type: number, width: number, set: (view: DataView) => void) => {
    const file = new Uint8Array(16 + 2 * width)
    file.set([0, 0, type, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2])
    set(new DataView(file.buffer, 16))
    return file
  }
  it.each([
    ['int8', idx(9, 1, (v) => v.setInt8(1, -3)), Int8Array.of(0, -3)],
    ['int16', idx(11, 2, (v) => v.setInt16(2, 258)), Int16Array.of(0, 258)],
    ['int32', idx(12, 4, (v) => v.setInt32(4, 162)), Int32Array.of(0, 162)],
    ['float32', idx(13, 4, (v) => v.setFloat32(4, 0.25)), Float32Array.of(0, 0.25)],
    ['float64', idx(14, 8, (v) => v.setFloat64(8, Math.PI)), Float64Array.of(0, Math.PI)],
  ])('are read: %s', (_, file, data) => {
    expect(decodeIdx(file, 'images', 'f')).toEqual({ dims: [1, 1, 2], data })
    expect(() => decodeIdx(file.subarray(0, -1), 'images', 'f')).toThrow('f: truncated')
  })

  it('are refused where there are none such', () => {
    const file = idx(10, 2, () => undefined)
    expect(() => decodeIdx(file, 'images', 'f')).toThrow('got magic number 0x00000a03 (neither)')
  })
})

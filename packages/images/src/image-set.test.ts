import { describe, expect, it } from 'vitest'
import { ImagesError } from './error.js'
import { describeShape, gatherImages, imageSet, selectImages } from './image-set.js'

const shape = { channels: 1, height: 2, width: 2 }
const data = Uint8Array.from({ length: 12 }, (_, i) => i)
const labels = Uint16Array.of(2, 0, 1)
const set = imageSet({ name: 's', shape, data, labels, classNames: ['a', 'b', 'c'] })

describe('imageSet', () => {
  it('counts the images and keeps the bytes', () => {
    expect(set.count).toBe(3)
    expect(set.data).toBe(data)
    expect('labels' in imageSet({ name: 's', shape, data })).toBe(false)
  })

  it.each([
    [
      { data: new Uint8Array(13) },
      's: no whole number of images, got 13 bytes, expected a multiple of 4 (2x2 grey)',
    ],
    [{ data: new Uint8Array() }, 's: empty, got 0 images, expected at least 1'],
    [{ labels: Uint16Array.of(1) }, 's: labels do not fit the images, got 1 labels, expected 3'],
    [{ classNames: ['a', 'b'] }, 's: label of image 0 has no class name, got 2, expected 0 to 1'],
    [
      { shape: { ...shape, width: 0 } },
      'width: no usable size, got 0, expected a whole number from 1',
    ],
    [
      { shape: { ...shape, channels: 1.5 } },
      'channels: no usable size, got 1.5, expected a whole number from 1',
    ],
  ])('refuses %o', (change, message) => {
    const make = () =>
      imageSet({ name: 's', shape, data, labels, classNames: ['a', 'b', 'c'], ...change })
    expect(make).toThrow(new ImagesError(message))
  })
})

describe('selectImages', () => {
  it('takes images and labels in the order asked for', () => {
    const taken = selectImages(set, [2, 0])
    expect([...taken.data]).toEqual([8, 9, 10, 11, 0, 1, 2, 3])
    expect([...(taken.labels ?? [])]).toEqual([1, 2])
    expect(taken.classNames).toEqual(['a', 'b', 'c'])
  })
})

describe('gatherImages', () => {
  it('writes into the array given', () => {
    const out = new Uint8Array(8)
    expect(gatherImages(set, [1, 1], out)).toBe(out)
    expect([...out]).toEqual([4, 5, 6, 7, 4, 5, 6, 7])
  })

  it.each([3, -1, NaN])('refuses index %s', (index) => {
    expect(() => gatherImages(set, [index])).toThrow(
      `s: no such image, got index ${index}, expected 0 to 2`,
    )
  })

  it('refuses an array of another length', () => {
    expect(() => gatherImages(set, [0], new Uint8Array(5))).toThrow('got 5 bytes, expected 4')
  })
})

it('describes shapes', () => {
  expect(describeShape({ channels: 1, height: 2, width: 3 })).toBe('2x3 grey (height x width)')
  expect(describeShape({ channels: 3, height: 2, width: 3 })).toBe('2x3 colour (height x width)')
  expect(describeShape({ channels: 4, height: 2, width: 3 })).toBe(
    '2x3 with 4 channels (height x width)',
  )
  expect(describeShape({ channels: 3, height: 32, width: 32 })).toBe('32x32 colour')
})

import { describe, expect, it } from 'vitest'
import { checkImages, type Images } from './images.js'
import { RuntimeError } from './index.js'

const SHAPE = { channels: 3, height: 2, width: 2 }
const grey = new Float32Array(24).fill(0.5)

describe('checkImages', () => {
  it('divides bytes by 255 and leaves floats', () => {
    const bytes = checkImages(
      Uint8Array.from({ length: 24 }, (_, i) => i * 10),
      SHAPE,
    )
    expect(bytes.count).toBe(2)
    expect([...bytes.batch(1, 1)]).toEqual(
      Array.from({ length: 12 }, (_, i) => Math.fround(((i + 12) * 10) / 255)),
    )
    expect(checkImages(grey, SHAPE).batch(0, 2)).toEqual(grey)
  })

  it.each([[[2, 3, 2, 2]], [SHAPE]])('takes the shape %j', (shape) => {
    expect(checkImages({ data: grey, shape }, SHAPE).count).toBe(2)
  })

  it('takes a single image of three dimensions', () => {
    expect(checkImages({ data: grey.subarray(12), shape: [3, 2, 2] }, SHAPE).count).toBe(1)
  })

  const rgba = Uint8ClampedArray.of(1, 2, 3, 0, 10, 20, 30, 9, 255, 255, 255, 255, 77, 77, 77, 128)
  // Width and height of an ImageData are not its own properties.
  const canvas = (width: number, height: number, data = rgba): Images =>
    Object.assign(Object.create({ width, height }) as { width: number; height: number }, { data })

  it('takes the colours of a canvas', () => {
    const checked = checkImages(canvas(2, 2), SHAPE)
    const planes = [1, 10, 255, 77, 2, 20, 255, 77, 3, 30, 255, 77]
    expect(checked.count).toBe(1)
    expect(checked.batch(0, 1)).toEqual(Float32Array.from(planes, (value) => value / 255))
  })

  it('takes the luma of a canvas where the model is grey, and leaves greys as they are', () => {
    const checked = checkImages(canvas(2, 2), { ...SHAPE, channels: 1 })
    const luma = [1.815, 18.15, 255, 77]
    expect(checked.batch(0, 1)).toEqual(Float32Array.from(luma, (value) => value / 255))
  })

  it('takes a tensor with its dims, and refuses other dims', () => {
    expect(checkImages({ data: grey, dims: [2, 3, 2, 2] }, SHAPE).count).toBe(2)
    const check = (): unknown => checkImages({ data: grey, dims: [8, 3, 1, 1] }, SHAPE)
    expect(check).toThrow(/images: wrong height, got 1, expected 2/)
  })

  it.each([
    ['its data alone', rgba, SHAPE, /got Uint8ClampedArray, expected the whole ImageData.* RGBA/],
    ['with a shape', { data: rgba, shape: [1, 2, 2] }, SHAPE, /expected the whole ImageData/],
    ['of another width', canvas(1, 2), SHAPE, /images: wrong width, got 1, expected 2/],
    ['of another height', canvas(2, 3), SHAPE, /images: wrong height, got 3, expected 2/],
    ['cut short', canvas(2, 2, rgba.subarray(4)), SHAPE, /got 12 values, expected 16/],
    [
      'of other channels',
      canvas(2, 2),
      { ...SHAPE, channels: 2 },
      /ImageData, expected 2 channels/,
    ],
  ])('refuses pixels of a canvas: %s', (_, images, shape, message) => {
    const check = (): unknown => checkImages(images as Images, shape)
    expect(check).toThrow(RuntimeError)
    expect(check).toThrow(message)
  })

  it.each([
    [
      null,
      /images: wrong type, got null, expected a Float32Array \(see Float32Array.from\), a Uint8Array or/,
    ],
    [undefined, /wrong type, got undefined/],
    ['x', /wrong type, got string/],
    [{ data: new Float64Array(12) }, /wrong type, got Float64Array/],
    [{ data: grey, shape: 7 }, /wrong shape, got 7, expected \[images, channels/],
    [{ data: grey, shape: {} }, /wrong channels, got undefined, expected 3/],
  ])('refuses what is no images: %o', (images, message) => {
    expect(() => checkImages(images as Images, SHAPE)).toThrow(RuntimeError)
    expect(() => checkImages(images as Images, SHAPE)).toThrow(message)
  })

  const wrong: [string, Images, RegExp][] = [
    ['channels', { data: grey, shape: [6, 1, 2, 2] }, /wrong channels, got 1, expected 3/],
    [
      'channels of a set',
      { data: grey, shape: { ...SHAPE, channels: 1 } },
      /wrong channels, got 1/,
    ],
    ['height', { data: grey, shape: [2, 3, 1, 4] }, /wrong height, got 1, expected 2/],
    ['rank', { data: grey, shape: [2, 12] }, /wrong shape, got \[2, 12\], expected \[images,/],
    ['length', grey.subarray(1), /wrong length, got 23 values, expected a multiple of 12/],
    ['nothing', new Uint8Array(0), /wrong length, got 0 values/],
    ['too few for the shape', { data: grey, shape: [3, 3, 2, 2] }, /got 24 values, expected 36/],
    ['NaN', Float32Array.from({ length: 12 }, (_, i) => (i === 7 ? NaN : 0)), /got NaN at 7/],
    ['infinity', new Float32Array(12).fill(Infinity), /got Infinity at 0/],
    [
      '0 to 255',
      new Float32Array(12).fill(255),
      /got 255 at 0, expected float32 values from 0 to 1/,
    ],
    ['negative', new Float32Array(12).fill(-1), /got -1 at 0/],
  ]
  it.each(wrong)('refuses wrong images: %s', (_, images, message) => {
    expect(() => checkImages(images, SHAPE)).toThrow(RuntimeError)
    expect(() => checkImages(images, SHAPE)).toThrow(message)
  })
})

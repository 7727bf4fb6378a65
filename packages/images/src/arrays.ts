// Number arrays of the usual layouts as 8-bit images and labels.
import { ImagesError } from './error.js'
import type { ImageShape } from './image-set.js'
import type { NpyArray, NpyData } from './npy.js'

/** The height, width and channels of flat images, where an array does not say them. */
export interface FlatShape {
  readonly size?: { readonly height: number; readonly width: number } | undefined
  readonly channels?: number | undefined
}

/** Images of an array: [n, h, w], [n, h, w, c], [n, c, h, w] with at most 4 channels, [n, h * w * c]. */
export interface ArrayImages {
  readonly shape: ImageShape
  readonly data: Uint8Array
}

const MOST_CHANNELS = 4

/**
 * An array's images, as CHW bytes. Whole numbers and floats from 0 to 255 are rounded to bytes;
 * arrays whose greatest value is at most 1 (floats 0 to 1, or a binary set) are times 255 first;
 * bytes that go beyond 1 stay as they are.
 *
 * @param where the file's name, for messages
 * @param flat what images of a two-dimensional array look like
 * @throws ImagesError where the shape is none of these, the array is empty, or a value is NaN or
 * outside 0 to 255, with its index
 */
export function imagesOfArray(array: NpyArray, where: string, flat: FlatShape = {}): ArrayImages {
  const { shape, channelsLast } = arrayLayout(array.shape, where, flat)
  if (array.data.length === 0) {
    throw new ImagesError(`${where}: empty, got shape ${show(array.shape)}, expected images`)
  }
  const bytes = toBytes(array, where)
  return { shape, data: channelsLast && shape.channels > 1 ? toPlanes(bytes, shape) : bytes }
}

/**
 * An array's labels, one per image: whole numbers from 0 to 65535, of shape [n] or [n, 1].
 *
 * @throws ImagesError where the shape is neither, or a value is no such number, with its index
 */
export function labelsOfArray({ shape, data }: NpyArray, where: string): Uint16Array {
  if (shape.length !== 1 && !(shape.length === 2 && shape[1] === 1)) {
    throw new ImagesError(`${where}: no labels, got shape ${show(shape)}, expected [n]`)
  }
  const labels = Float64Array.from(Array.from(data, Number))
  const bad = labels.findIndex((label) => !Number.isInteger(label) || label < 0 || label > 65535)
  if (bad >= 0) {
    throw new ImagesError(
      `${where}: no label, got ${labels[bad]} at index ${bad}, expected a whole number from 0 to 65535`,
    )
  }
  return Uint16Array.from(labels)
}

/** How an array's values are images. */
export interface ArrayLayout {
  readonly shape: ImageShape
  readonly channelsLast: boolean
}

/**
 * What the images of an array of these dimensions look like.
 *
 * @throws ImagesError where they are none of those that `imagesOfArray` takes
 */
export function arrayLayout(
  dims: readonly number[],
  where: string,
  flat: FlatShape = {},
): ArrayLayout {
  const [, a = 0, b = 0, c = 0] = dims
  if (dims.length === 3) return { shape: { channels: 1, height: a, width: b }, channelsLast: false }
  if (dims.length === 4 && c <= MOST_CHANNELS) {
    return { shape: { channels: c, height: a, width: b }, channelsLast: true }
  }
  if (dims.length === 4 && a <= MOST_CHANNELS) {
    return { shape: { channels: a, height: b, width: c }, channelsLast: false }
  }
  const { size, channels = 1 } = flat
  if (dims.length === 2 && size && a === channels * size.height * size.width) {
    return { shape: { channels, ...size }, channelsLast: false }
  }
  const wanted = '[n, h, w], [n, h, w, c], [n, c, h, w], or [n, h * w] with a size given (--size)'
  throw new ImagesError(`${where}: no images, got shape ${show(dims)}, expected ${wanted}`)
}

function show(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`
}

function toBytes({ dtype, data }: NpyArray, where: string): Uint8Array {
  let greatest = 0
  for (let i = 0; i < data.length; i++) {
    const value = Number(data[i])
    if (!(value >= 0 && value <= 255)) {
      const advice = Number.isFinite(value) ? ' (rescale the array to one of these)' : ''
      throw new ImagesError(
        `${where}: no pixel value, got ${value} at index ${i}, expected 0 to 1 or 0 to 255${advice}`,
      )
    }
    if (value > greatest) greatest = value
  }
  const factor = greatest <= 1 ? 255 : 1
  return dtype === 'u1' && data instanceof Uint8Array && factor === 1 ? data : scaled(data, factor)
}

function scaled(data: NpyData, factor: number): Uint8Array {
  const bytes = new Uint8Array(data.length)
  for (let i = 0; i < data.length; i++) bytes[i] = Math.round(factor * Number(data[i]))
  return bytes
}

/** From HWC to CHW, image by image. */
export function toPlanes(bytes: Uint8Array, { channels, height, width }: ImageShape): Uint8Array {
  const area = height * width
  const planes = new Uint8Array(bytes.length)
  for (let first = 0; first < bytes.length; first += channels * area) {
    for (let pixel = 0; pixel < area; pixel++) {
      for (let c = 0; c < channels; c++) {
        planes[first + c * area + pixel] = bytes[first + pixel * channels + c] ?? 0
      }
    }
  }
  return planes
}

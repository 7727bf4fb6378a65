// Sets of 8-bit images of one shape: the type, its checked constructor, and subsets.
import { ImagesError } from './error.js'

/** Channels, rows and columns of an image. */
export interface ImageShape {
  readonly channels: number
  readonly height: number
  readonly width: number
}

/** 8-bit images of one shape, each channels x height x width (CHW), one after another. */
export interface ImageSet {
  readonly name: string
  readonly shape: ImageShape
  readonly count: number
  /** `count * channels * height * width` values, 0 to 255. */
  readonly data: Uint8Array
  /** One class index per image. */
  readonly labels?: Uint16Array
  readonly classNames?: readonly string[]
}

/** What a set is made of; its fields are those of {@link ImageSet}. */
export interface ImageSetOptions {
  readonly name: string
  readonly shape: ImageShape
  readonly data: Uint8Array
  readonly labels?: Uint16Array | undefined
  readonly classNames?: readonly string[] | undefined
}

/**
 * A set from its bytes; the count follows from the length of `data`, which is kept, not copied.
 *
 * @throws ImagesError where the bytes are no whole number of images (or none at all), or where the
 * labels do not fit the images or the class names
 */
export function imageSet(options: ImageSetOptions): ImageSet {
  const { name, shape, data, labels, classNames } = options
  const size = imageSize(shape)
  const count = data.length / size
  if (!Number.isInteger(count)) {
    throw new ImagesError(
      `${name}: no whole number of images, got ${data.length} bytes, expected a multiple of ${size} (${describeShape(shape)})`,
    )
  }
  if (count === 0) throw new ImagesError(`${name}: empty, got 0 images, expected at least 1`)
  if (labels) checkLabels(name, { labels, count, classes: classNames?.length ?? 2 ** 16 })
  return { name, shape, count, data, ...(labels && { labels }), ...(classNames && { classNames }) }
}

/**
 * Values per image.
 *
 * @throws ImagesError where a side is no positive whole number
 */
export function imageSize(shape: ImageShape): number {
  const { channels, height, width } = shape
  for (const [side, length] of Object.entries({ channels, height, width })) {
    if (!Number.isInteger(length) || length < 1) {
      throw new ImagesError(
        `${side}: no usable size, got ${length}, expected a whole number from 1`,
      )
    }
  }
  return channels * height * width
}

/**
 * A shape in words, height first: `28x28 grey`, `8x8 with 5 channels`, and where the sides differ
 * `12x16 colour (height x width)`.
 */
export function describeShape({ channels, height, width }: ImageShape): string {
  const names: Record<number, string> = { 1: ' grey', 3: ' colour' }
  const order = height === width ? '' : ' (height x width)'
  return `${height}x${width}${names[channels] ?? ` with ${channels} channels`}${order}`
}

/**
 * The images at `indices`, in that order, with their labels, as a set of its own.
 *
 * @throws ImagesError where there are no indices, or one lies outside the set
 */
export function selectImages(set: ImageSet, indices: ArrayLike<number>, name = set.name): ImageSet {
  return imageSet({
    name,
    shape: set.shape,
    data: gatherImages(set, indices),
    labels: set.labels && Uint16Array.from(indices, (index) => set.labels?.[index] ?? 0),
    classNames: set.classNames,
  })
}

/**
 * The raw bytes of the images at `indices`, in that order.
 *
 * @param out written to and returned where given; it must hold exactly those images
 * @throws ImagesError where an index lies outside the set, or `out` has another length
 */
export function gatherImages(
  set: ImageSet,
  indices: ArrayLike<number>,
  out?: Uint8Array,
): Uint8Array {
  const size = imageSize(set.shape)
  const images = out ?? new Uint8Array(indices.length * size)
  if (images.length !== indices.length * size) {
    throw new ImagesError(
      `out: wrong length, got ${images.length} bytes, expected ${indices.length * size}`,
    )
  }
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i] ?? -1
    if (!(index >= 0 && index < set.count)) {
      throw new ImagesError(
        `${set.name}: no such image, got index ${index}, expected 0 to ${set.count - 1}`,
      )
    }
    images.set(set.data.subarray(index * size, (index + 1) * size), i * size)
  }
  return images
}

function checkLabels(
  name: string,
  { labels, count, classes }: { labels: Uint16Array; count: number; classes: number },
): void {
  if (labels.length !== count) {
    throw new ImagesError(
      `${name}: labels do not fit the images, got ${labels.length} labels, expected ${count}`,
    )
  }
  const bad = labels.findIndex((label) => label >= classes)
  if (bad >= 0) {
    throw new ImagesError(
      `${name}: label of image ${bad} has no class name, got ${labels[bad]}, expected 0 to ${classes - 1}`,
    )
  }
}

// Single image files: what sharp reads, as bytes of a shape.
import type { Sharp } from 'sharp'
import { toPlanes } from '../arrays/layout.js'
import type { ValueRange } from '../arrays/value-range.js'
import { ImagesError } from '../error.js'
import type { ImageShape } from '../image-set.js'
import { messageOf, readBytes } from './bytes.js'
import {
  deepBytes,
  deepRanges,
  depthOf,
  readDeepPixels,
  surveyPixels,
  type DeepPixels,
  type DeepRanges,
  type DeepSurvey,
} from './deep-image.js'
import type { Fit, Size } from './options.js'

/** What an image file's header says, and of one beyond 8 bits its values. */
export interface ImageFacts extends Size {
  readonly colour: boolean
  /** Pictures in the file; the first of them is read. */
  readonly pages: number
  readonly deep: DeepSurvey
}

/**
 * The size of an image file, turned as its camera says, and whether it has colour; the values of one
 * beyond 8 bits are looked at.
 *
 * @throws ImagesError naming the file where it cannot be read
 */
export async function readImageFacts(path: string): Promise<ImageFacts> {
  const bytes = await readBytes(path)
  return naming(path, async () => {
    // sharp is loaded when the first image is: commands that need none start without it.
    const { default: sharp } = await import('sharp')
    const metadata = await sharp(bytes).metadata()
    const { autoOrient, space, pages = 1 } = metadata
    const pixels = depthOf(metadata) && (await readDeepPixels(bytes))
    const deep = pixels ? surveyPixels(pixels, path) : {}
    return { ...autoOrient, colour: space !== 'b-w' && space !== 'grey16', pages, deep }
  })
}

/** What an image file is to become. */
export interface ImageFileOptions {
  readonly shape: ImageShape
  /** Default `cover`: what sticks out is cut. */
  readonly fit?: Fit | undefined
  /** Which values are black and white in a file beyond 8 bits. */
  readonly range?: ValueRange | undefined
  /** The same, as they were chosen for all files of a folder. */
  readonly ranges?: DeepRanges | undefined
}

/**
 * An image file as CHW bytes of a shape: resized, made grey or coloured; transparent parts become black,
 * of several pictures the first is taken. Values beyond 8 bits become bytes as the range says; by default
 * 0 to 65535 of 16 bits, and of others as `imagesOfArray` takes them.
 *
 * @throws ImagesError naming the file where it cannot be read, or where channels are not 1 or 3
 */
export async function readImageFile(path: string, options: ImageFileOptions): Promise<Uint8Array> {
  const { shape, fit = 'cover' } = options
  const { channels, height, width } = shape
  if (channels !== 1 && channels !== 3) {
    throw new ImagesError(`${path}: channels not available, got ${channels}, expected 1 or 3`)
  }
  const bytes = await readBytes(path)
  return naming(path, async () => {
    const image = await openEightBit(bytes, path, options)
    const { data } = await image
      .flatten({ background: 'black' })
      .resize({ width, height, fit, background: 'black' })
      .toColourspace(channels === 1 ? 'b-w' : 'srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true })
    return toPlanes(data, shape)
  })
}

/** An image whose values are 0 to 255. */
async function openEightBit(
  bytes: Uint8Array,
  path: string,
  { range, ranges }: ImageFileOptions,
): Promise<Sharp> {
  const { default: sharp } = await import('sharp')
  const depth = depthOf(await sharp(bytes).metadata())
  const isUsual = depth === 'sixteen' && range === undefined && ranges?.sixteen === undefined
  const pixels = depth && !isUsual ? await readDeepPixels(bytes) : undefined
  if (!pixels) return sharp(bytes).autoOrient()
  const chosen = ranges ?? deepRanges(surveyPixels(pixels, path), range).ranges
  return sharp(deepBytes(pixels, chosen), { raw: rawOf(pixels, path) })
}

function rawOf({ width, height, channels, hasAlpha }: DeepPixels, path: string) {
  const shown = channels - (hasAlpha ? 1 : 0)
  if (shown === 1 || shown === 3) return { width, height, channels: shown } as const
  throw new ImagesError(
    `${path}: colours not readable beyond 8 bits, got ${shown} channels, expected grey or red, green and blue`,
  )
}

async function naming<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (cause) {
    if (cause instanceof ImagesError) throw cause
    const reason = messageOf(cause).replaceAll(/\s+/g, ' ').trim()
    throw new ImagesError(
      `${path}: no readable image, got ${reason}, expected a whole image file`,
      { cause },
    )
  }
}

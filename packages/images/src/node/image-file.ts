// Single image files: what sharp reads, as bytes of a shape.
import { toPlanes } from '../arrays.js'
import { ImagesError } from '../error.js'
import type { ImageShape } from '../image-set.js'
import { messageOf, readBytes } from './bytes.js'
import type { Fit, Size } from './options.js'

/** What an image file's header says. */
export interface ImageFacts extends Size {
  readonly colour: boolean
}

/** sharp is loaded when the first image is: commands that need none start without it. */
async function open(path: string) {
  const { default: sharp } = await import('sharp')
  return sharp(await readBytes(path)).autoOrient()
}

/**
 * The size of an image file, turned as its camera says, and whether it has colour.
 *
 * @throws ImagesError naming the file where it cannot be read
 */
export async function readImageFacts(path: string): Promise<ImageFacts> {
  return naming(path, async () => {
    const { autoOrient, space } = await (await open(path)).metadata()
    return { ...autoOrient, colour: space !== 'b-w' && space !== 'grey16' }
  })
}

/**
 * An image file as CHW bytes of a shape: resized, made grey or coloured, 16 bits made 8;
 * transparent parts become black.
 *
 * @param options the shape to bring it to; `fit` says how, default `cover`: what sticks out is cut
 * @throws ImagesError naming the file where it cannot be read, or where channels are not 1 or 3
 */
export async function readImageFile(
  path: string,
  { shape, fit = 'cover' }: { readonly shape: ImageShape; readonly fit?: Fit | undefined },
): Promise<Uint8Array> {
  const { channels, height, width } = shape
  if (channels !== 1 && channels !== 3) {
    throw new ImagesError(`${path}: channels not available, got ${channels}, expected 1 or 3`)
  }
  return naming(path, async () => {
    const image = (await open(path)).flatten({ background: 'black' })
    const { data } = await image
      .resize({ width, height, fit, background: 'black' })
      .toColourspace(channels === 1 ? 'b-w' : 'srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true })
    return toPlanes(data, shape)
  })
}

async function naming<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (cause) {
    if (cause instanceof ImagesError) throw cause
    const reason = messageOf(cause).replaceAll(/\s+/g, ' ').trim()
    throw new ImagesError(
      `${path}: no readable image, got ${reason}, expected a whole image file`,
      {
        cause,
      },
    )
  }
}

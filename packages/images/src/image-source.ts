// Images that are read when they are asked for, be they in memory or elsewhere.
import { gatherImages, type ImageSet, type ImageShape } from './image-set.js'

/** Images of one shape that are read when they are asked for; in memory through `sourceOf`. */
export interface ImageSource {
  readonly name: string
  readonly shape: ImageShape
  readonly count: number
  /**
   * The images at these places, in that order, one after another, channels first, 0 to 255.
   *
   * @param out written to and given back where it is there; it must hold exactly those images
   * @throws ImagesError, by rejection where reading is asynchronous
   */
  read(indices: Uint32Array, out?: Uint8Array): Uint8Array | Promise<Uint8Array>
}

/** A set as a source, whose reads are copies out of its memory and synchronous; a source as it is. */
export function sourceOf(images: ImageSet | ImageSource): ImageSource {
  if ('read' in images) return images
  const { name, shape, count } = images
  return { name, shape, count, read: (indices, out) => gatherImages(images, indices, out) }
}

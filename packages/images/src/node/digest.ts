// The SHA-256 of images, in memory or read piece by piece.
import { createHash } from 'node:crypto'
import { imageSize, type ImageSet } from '../image-set.js'
import type { ImageSource } from '../image-source.js'

/** Bytes that are hashed between two looks at the signal. */
const PIECE = 2 ** 24

/**
 * SHA-256 of all images' bytes in their order, 64 lower-case hexadecimal digits: the same whether a set
 * is in memory or its source is read, which is done 16 MiB at a time.
 *
 * @throws ImagesError (by rejection) where the images cannot be read; the signal's reason where it is
 * aborted
 */
export async function imagesDigest(
  images: ImageSet | ImageSource,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<string> {
  const hash = createHash('sha256')
  const size = imageSize(images.shape)
  const most = Math.max(1, Math.floor(PIECE / size))
  for (let first = 0; first < images.count; first += most) {
    signal?.throwIfAborted()
    const count = Math.min(most, images.count - first)
    hash.update(await piece(images, first, count))
  }
  return hash.digest('hex')
}

function piece(
  images: ImageSet | ImageSource,
  first: number,
  count: number,
): Uint8Array | Promise<Uint8Array> {
  if ('read' in images) return images.read(Uint32Array.from({ length: count }, (_, i) => first + i))
  const size = imageSize(images.shape)
  return images.data.subarray(first * size, (first + count) * size)
}

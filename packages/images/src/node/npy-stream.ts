// A .npy file of bytes as images that are read where they lie.
import { arrayLayout, type FlatShape } from '../arrays.js'
import { ImagesError } from '../error.js'
import { imageSize } from '../image-set.js'
import type { ImageSource } from '../image-source.js'
import { decodeNpyHeader, isNpy, type NpyHeader } from '../npy.js'
import { factsOf, pixelFile, type OpenFile } from './pixel-file.js'

/** No header of format version 1 is longer. */
const HEAD = 2 ** 16 + 10
const PIECE = 2 ** 22

/** An open file's first bytes, enough for any header. */
export async function headOf({ handle }: OpenFile): Promise<Uint8Array> {
  const { buffer, bytesRead } = await handle.read(new Uint8Array(HEAD), 0, HEAD, 0)
  return buffer.subarray(0, bytesRead)
}

/** How the values of a .npy file can be read. */
export interface NpyStreamOptions {
  /** What images of a two-dimensional array look like. */
  readonly flat: FlatShape
  readonly signal?: AbortSignal | undefined
}

/** The header of an open file where it is a .npy file of values that are one byte each, 0 to 255. */
export async function byteNpyHeader(file: OpenFile): Promise<NpyHeader | undefined> {
  const head = await headOf(file)
  if (!isNpy(head)) return undefined
  const header = decodeNpyHeader(head, file.path, (await factsOf(file)).size)
  return header.dtype === 'u1' || header.dtype === 'b1' ? header : undefined
}

/**
 * The images of an open .npy file of bytes, the very ones that `imagesOfArray` makes of it: bytes none
 * of which is beyond 1 are times 255, which takes a look at all of them.
 *
 * @throws ImagesError where the array holds no images
 */
export async function npySource(
  file: OpenFile,
  { shape: dims, end }: NpyHeader,
  { flat, signal }: NpyStreamOptions,
): Promise<ImageSource> {
  const { path } = file
  const { shape, channelsLast } = arrayLayout(dims, path, flat)
  const count = dims[0] ?? 0
  if (count * shape.channels * shape.height * shape.width === 0) {
    throw new ImagesError(`${path}: empty, got shape [${dims.join(', ')}], expected images`)
  }
  const factor = (await isBinary(file, { end, length: count * imageSize(shape), signal })) ? 255 : 1
  return pixelFile(file, { name: path, shape, count, start: end, channelsLast, factor })
}

/** Whether no byte is beyond 1; seldom more than the first piece is looked at. */
async function isBinary(
  { handle }: OpenFile,
  { end, length, signal }: { end: number; length: number; signal: AbortSignal | undefined },
): Promise<boolean> {
  const piece = new Uint8Array(Math.min(PIECE, length))
  for (let done = 0; done < length; done += PIECE) {
    signal?.throwIfAborted()
    const { bytesRead } = await handle.read(piece, 0, Math.min(PIECE, length - done), end + done)
    if (piece.subarray(0, bytesRead).some((value) => value > 1)) return false
  }
  return true
}

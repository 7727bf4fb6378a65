// IDX files as images that are read where they lie, unpacked once where they are gzipped.
import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'
import { pipeline } from 'node:stream/promises'
import { ImagesError } from '../error.js'
import { decodeIdxHeader } from '../idx.js'
import type { ImageSource } from '../image-source.js'
import { gzipError } from './bytes.js'
import { headOf } from './npy-stream.js'
import { factsOf, openFile, pixelFile, type OpenFile } from './pixel-file.js'
import { openScratch } from './scratch.js'

/** What unpacking needs. */
export interface UnpackOptions {
  readonly cacheDir?: string | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * The images of an IDX file as a source, which reads from the file, or from a scratch file that it is
 * unpacked into.
 *
 * @param opened every file that is open then, to be closed by the caller even where this fails
 * @throws ImagesError naming the file that is truncated or no such file
 */
export async function idxSource(
  path: string,
  opened: OpenFile[],
  options: UnpackOptions,
): Promise<ImageSource> {
  const packed = await openFile(path)
  opened.push(packed)
  const start = await headOf(packed)
  const isPacked = start[0] === 0x1f && start[1] === 0x8b
  const file = isPacked ? await unpack(packed, opened, options) : packed
  const head = file === packed ? start : await headOf(file)
  const { size: length } = await factsOf(file)
  const { dims, end } = decodeIdxHeader(head, 'images', { where: path, length })
  const [count = 0, height = 0, width = 0] = dims
  const shape = { channels: 1, height, width }
  return pixelFile(file, { name: path, shape, count, start: end })
}

async function unpack(
  packed: OpenFile,
  opened: OpenFile[],
  { cacheDir, signal }: UnpackOptions,
): Promise<OpenFile> {
  const { path } = packed
  const scratch = await openScratch({ cacheDir, what: `${path}, unpacked` })
  opened.push(scratch)
  try {
    await pipeline(
      createReadStream(path),
      createGunzip(),
      async (pieces: AsyncIterable<Uint8Array>) => {
        for await (const piece of pieces) await scratch.append(piece)
      },
      { signal },
    )
  } catch (cause) {
    signal?.throwIfAborted()
    if (cause instanceof ImagesError) throw cause
    throw gzipError(path, (await factsOf(packed)).size, cause)
  }
  return scratch
}

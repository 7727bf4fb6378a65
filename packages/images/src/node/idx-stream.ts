// IDX files as images that are read where they lie, unpacked once where they are gzipped.
import { declaredPieces, idxDeclared } from '../packed/declared.js'
import { ImagesError } from '../error.js'
import { decodeIdxHeader } from '../idx.js'
import { isGzip, unpackTo } from './gzip.js'
import { headOf, type ByteArray } from './byte-array.js'
import { factsOf } from './pixel-file.js'
import { openFile, type OpenFile } from './regular-file.js'
import { openScratch } from './scratch.js'

/** What unpacking needs. */
export interface UnpackOptions {
  readonly cacheDir?: string | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * The images of an IDX file of bytes, which are read from the file, or from a scratch file that it is
 * unpacked into.
 *
 * @param opened every file that is open then, to be closed by the caller even where this fails
 * @throws ImagesError naming the file that is truncated, no such file, or of other values than bytes
 */
export async function openIdx(
  path: string,
  opened: OpenFile[],
  options: UnpackOptions,
): Promise<ByteArray> {
  const packed = await openFile(path)
  opened.push(packed)
  const start = await headOf(packed)
  const file = isGzip(start) ? await unpack(packed, opened, options) : packed
  const head = file === packed ? start : await headOf(file)
  const { size: length } = await factsOf(file)
  const { dims, end, bytes } = decodeIdxHeader(head, 'images', { where: path, length })
  if (!bytes) {
    throw new ImagesError(
      `${path}: not readable piece by piece, got another type of values, expected unsigned bytes, or all of it in memory (without --stream)`,
    )
  }
  return { file: { ...file, path }, dims, end, fortranOrder: false }
}

async function unpack(
  packed: OpenFile,
  opened: OpenFile[],
  { cacheDir, signal }: UnpackOptions,
): Promise<OpenFile> {
  const { path } = packed
  const scratch = await openScratch({ cacheDir, what: `${path}, unpacked` })
  opened.push(scratch)
  const { size: length } = await factsOf(packed)
  await unpackTo(
    { path, length },
    async (pieces) => {
      for await (const piece of declaredPieces(pieces, idxDeclared(path, length, 'images'))) {
        await scratch.append(piece)
      }
    },
    signal,
  )
  return scratch
}

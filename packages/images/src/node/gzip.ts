// Gzipped files, unpacked piece by piece.
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { ImagesError } from '../error.js'
import { isErrno, messageOf } from './bytes.js'

/** A gzipped file. */
export interface Packed {
  readonly path: string
  /** In bytes, while packed. */
  readonly length: number
}

/** Whether bytes begin as a gzipped file does, whatever its name. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b
}

/**
 * Gives a file's unpacked pieces to their use, no faster than it takes them; what it throws ends both.
 *
 * @throws ImagesError naming the file that cannot be unpacked
 */
export async function unpackTo<T>(
  { path, length }: Packed,
  use: (pieces: AsyncIterable<Uint8Array>) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  // The pipeline's own error is only that it was ended.
  let used: { value: T } | { failure: unknown } | undefined
  const end = async (pieces: AsyncIterable<Uint8Array>): Promise<void> => {
    try {
      used = { value: await use(pieces) }
    } catch (failure) {
      used = { failure }
      throw failure
    }
  }
  try {
    await pipeline(createReadStream(path), createGunzip(), end, { signal })
  } catch (cause) {
    signal?.throwIfAborted()
    used ??= { failure: cause }
  }
  if (used && 'value' in used) return used.value
  if (used?.failure instanceof ImagesError) throw used.failure
  throw gzipError(path, length, used?.failure)
}

function gzipError(path: string, length: number, cause: unknown): ImagesError {
  const early = isErrno(cause, 'Z_BUF_ERROR')
  const wrong = early ? `gzip data end early, got ${length} bytes` : 'gzip data damaged'
  const got = early ? '' : `, got ${messageOf(cause)}`
  return new ImagesError(`${path}: ${wrong}${got}, expected a whole gzip file`, { cause })
}

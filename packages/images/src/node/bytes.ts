// Reading whole files, unpacked where they are gzipped.
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { ImagesError } from '../error.js'

const unpack = promisify(gunzip)

/**
 * A file's bytes.
 *
 * @throws ImagesError naming the file where it cannot be read
 */
export async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return plain(await readFile(path))
  } catch (cause) {
    const reason = messageOf(cause)
    throw new ImagesError(`${path}: cannot be read, got ${reason}, expected a file`, { cause })
  }
}

/**
 * A file's bytes, unpacked if its first two are gzip's, whatever its name.
 *
 * @throws ImagesError naming the file where it cannot be read or unpacked
 */
export async function readUnpacked(path: string): Promise<Uint8Array> {
  const bytes = await readBytes(path)
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes
  try {
    return plain(await unpack(bytes))
  } catch (cause) {
    throw gzipError(path, bytes.length, cause)
  }
}

/**
 * The error of a gzipped file that cannot be unpacked.
 *
 * @param length the file's, in bytes
 */
export function gzipError(path: string, length: number, cause: unknown): ImagesError {
  const early = isErrno(cause, 'Z_BUF_ERROR')
  const wrong = early ? `gzip data end early, got ${length} bytes` : 'gzip data damaged'
  const got = early ? '' : `, got ${messageOf(cause)}`
  return new ImagesError(`${path}: ${wrong}${got}, expected a whole gzip file`, { cause })
}

/** Whether an error is a system's or zlib's with this code. */
export function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** The same memory without Buffer's own methods. */
function plain(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
}

// Reading whole files.
import { readFile } from 'node:fs/promises'
import { checkRegularFile, unreadable } from './regular-file.js'

/**
 * A file's bytes.
 *
 * @throws ImagesError naming the file where it cannot be read, or is none
 */
export async function readBytes(path: string): Promise<Uint8Array> {
  await checkRegularFile(path)
  try {
    const { buffer, byteOffset, byteLength } = await readFile(path)
    return new Uint8Array(buffer, byteOffset, byteLength)
  } catch (cause) {
    throw unreadable(path, cause)
  }
}

/** Whether an error is a system's or zlib's with this code. */
export function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

// Reads a file that a model consists of: a regular one, and no larger than it may be.
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { CliError } from '../../error.js'

/** What a file is expected to be, and its most bytes. */
export interface Bounds {
  /** Such as `a model.json`. */
  readonly expected: string
  readonly most: number
}

/**
 * The bytes of a file. A pipe, a device or a folder is refused before anything is read, and so is a file
 * of more bytes than it may have.
 *
 * @throws CliError, or the system's error where the file cannot be opened
 */
export async function readRegular(
  path: string,
  { expected, most }: Bounds,
): Promise<Uint8Array<ArrayBuffer>> {
  // Without O_NONBLOCK, to open a pipe is to wait for its other side.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const stat = await file.stat()
    if (!stat.isFile()) {
      const kind = stat.isDirectory() ? 'a folder' : 'a device or pipe'
      throw new CliError(`${path}: no regular file, got ${kind}, expected ${expected}`)
    }
    if (stat.size > most) {
      throw new CliError(
        `${path}: too large, got ${stat.size} bytes, expected ${expected} of at most ${most}`,
      )
    }
    return Uint8Array.from(await file.readFile())
  } finally {
    await file.close()
  }
}

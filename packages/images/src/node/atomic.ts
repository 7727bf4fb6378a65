// Writing files whole or not at all.
import fs, { closeSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import type { Picture } from '../picture.js'
import { ImagesError } from '../error.js'
import { isErrno } from './bytes.js'
import { deflatePng } from './png.js'

/**
 * Writes a file so that its path never names half of it, whatever happens: into `<path>.tmp`, to the
 * disk, then renamed, and the folder with its new name to the disk too. Once it resolves, a power cut
 * does not take the file back (on Windows, where folders cannot be flushed, it may). Missing folders are made. On failure, such as a full disk, what was there
 * before stays and nothing is left beside it; after a kill, `<path>.tmp` may stay, and the next
 * write replaces it. One writer per path at a time.
 *
 * @throws ImagesError with the system's error as its cause
 */
export async function writeFileAtomic(path: string, bytes: Uint8Array): Promise<void> {
  const beside = `${path}.tmp`
  try {
    mkdirSync(dirname(path), { recursive: true })
    // What a link of that name leads to is not ours, and a pipe would wait for its reader.
    rmSync(beside, { force: true })
    await withOpen(beside, 'wx', async (file) => {
      await writeAll(file, bytes)
      await flush(file)
    })
    renameSync(beside, path)
    await syncFolder(dirname(path))
  } catch (cause) {
    removeQuietly(beside)
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new ImagesError(
      `${path}: cannot be written, got ${reason}, expected room and the right to write there`,
      { cause },
    )
  }
}

// Only what may take long is asynchronous. Beside a training there are few turns of the event loop, and
// each call that is costs one: FileHandle.writeFile alone takes one for every half megabyte.
const flush = (file: number) => promisify(fs.fsync)(file)
const writePart = promisify(fs.write)

/** What one call may write: systems take less than 2^31 bytes. */
const MOST_BYTES = 2 ** 30

async function withOpen(path: string, flags: string, work: (file: number) => Promise<void>) {
  const file = openSync(path, flags)
  try {
    await work(file)
  } finally {
    closeSync(file)
  }
}

async function writeAll(file: number, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const part = bytes.subarray(done, done + MOST_BYTES)
    const { bytesWritten } = await writePart(file, part)
    done += bytesWritten
  }
}

function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch {
    // What could not be written is told of, not what is left of it.
  }
}

/** What systems and file systems answer that cannot flush a folder. */
const NO_FOLDER_SYNC = ['EACCES', 'EINVAL', 'EISDIR', 'ENOTSUP', 'EPERM']

async function syncFolder(path: string): Promise<void> {
  try {
    await withOpen(path, 'r', flush)
  } catch (cause) {
    if (!NO_FOLDER_SYNC.some((code) => isErrno(cause, code))) throw cause
  }
}

/**
 * Saves a picture as a PNG file, whole or not at all.
 *
 * @throws ImagesError where the file cannot be written
 */
export async function savePicture(path: string, picture: Picture): Promise<void> {
  await writeFileAtomic(path, deflatePng(picture))
}

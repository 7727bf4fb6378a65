// Writing files whole or not at all.
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
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
    await mkdir(dirname(path), { recursive: true })
    await writeThrough(beside, bytes)
    await rename(beside, path)
    await syncFolder(dirname(path))
  } catch (cause) {
    await rm(beside, { force: true }).catch(() => undefined)
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new ImagesError(
      `${path}: cannot be written, got ${reason}, expected room and the right to write there`,
      { cause },
    )
  }
}

async function writeThrough(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'w')
  try {
    await file.writeFile(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** What systems and file systems answer that cannot flush a folder. */
const NO_FOLDER_SYNC = ['EACCES', 'EINVAL', 'EISDIR', 'ENOTSUP', 'EPERM']

async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, 'r')
    try {
      await folder.sync()
    } finally {
      await folder.close()
    }
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

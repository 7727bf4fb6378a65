// Files for what does not fit in memory: without a name, so that nothing stays behind.
import { mkdir, open, statfs, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { ImagesError } from '../error.js'
import { isErrno, messageOf } from './bytes.js'
import { defaultCacheDir } from './datasets.js'
import type { OpenFile } from './regular-file.js'

/** A file that is written from front to back, and read anywhere. */
export interface Scratch extends OpenFile {
  /** Bytes so far. */
  readonly length: number
  append(bytes: Uint8Array): Promise<void>
  close(): Promise<void>
}

/** Where a scratch file lies, and how large it will be as far as is known. */
export interface ScratchOptions {
  /** Default `defaultCacheDir()`: the system's own folder for temporary files is often memory. */
  readonly cacheDir?: string | undefined
  /** What it is for, for messages. */
  readonly what: string
  readonly bytes?: number
}

/**
 * A new scratch file. Its name is taken away at once, so that its room is free again when it is closed
 * or the process ends, however it ends.
 *
 * @throws ImagesError where there is no room, or no right to write; `append` too, by rejection
 */
export async function openScratch(options: ScratchOptions): Promise<Scratch> {
  const folder = options.cacheDir ?? defaultCacheDir()
  const name = `scratch-${process.pid}-${Math.random().toString(36).slice(2)}`
  const path = join(folder, name)
  try {
    await mkdir(folder, { recursive: true })
    await checkRoom(folder, options)
    const handle = await open(path, 'wx+')
    await unlink(path)
    return new ScratchFile(handle, folder, options)
  } catch (cause) {
    throw unwritable(folder, options, cause)
  }
}

class ScratchFile implements Scratch {
  length = 0
  readonly handle: Scratch['handle']
  readonly path: string
  readonly #options: ScratchOptions

  constructor(handle: Scratch['handle'], folder: string, options: ScratchOptions) {
    this.handle = handle
    this.path = folder
    this.#options = options
  }

  async append(bytes: Uint8Array): Promise<void> {
    try {
      for (let done = 0; done < bytes.length;) {
        const { bytesWritten } = await this.handle.write(bytes, done, null, this.length)
        done += bytesWritten
        this.length += bytesWritten
      }
    } catch (cause) {
      throw unwritable(this.path, this.#options, cause)
    }
  }

  close(): Promise<void> {
    return this.handle.close()
  }
}

async function checkRoom(folder: string, { what, bytes = 0 }: ScratchOptions): Promise<void> {
  const { bavail, bsize } = await statfs(folder)
  const free = bavail * bsize
  if (free >= bytes) return
  throw new ImagesError(
    `${folder}: no room for ${what}, got ${free} bytes, expected ${bytes} (ANYVAE_CACHE names another folder)`,
  )
}

function unwritable(folder: string, { what, bytes }: ScratchOptions, cause: unknown): ImagesError {
  if (cause instanceof ImagesError) return cause
  const full = isErrno(cause, 'ENOSPC') || isErrno(cause, 'EDQUOT')
  const wanted = bytes === undefined ? 'room' : `room for ${bytes} bytes`
  const expected = full ? wanted : `${wanted} and the right to write there`
  return new ImagesError(
    `${folder}: cannot hold ${what}, got ${messageOf(cause)}, expected ${expected} (ANYVAE_CACHE names another folder)`,
    { cause },
  )
}

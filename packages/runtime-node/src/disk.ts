// Bundles and bare files on disk: regular files alone, of bounded size, a bundle's within its folder.
import { constants } from 'node:fs'
import { open, realpath, stat, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { RuntimeError, checkPath, checkSignal, mostBytes, refuse } from '@anyvae/runtime'
import type { BundleReader, DownloadOptions } from '@anyvae/runtime'
import { isWithin } from './within.js'

/** How to read from disk. */
export type DiskOptions = Pick<DownloadOptions, 'maxBytes' | 'signal'>

/** Reads a bundle from a folder. A file that is a link out of the folder is refused. */
export function diskReader(folder: string, options: DiskOptions = {}): BundleReader {
  return {
    location: folder,
    async read(file, bytes) {
      const path = join(folder, checkPath(file))
      const most = mostBytes(file, options)
      return reading(path, async () => {
        const target = await realpath(path)
        const root = await realpath(folder)
        if (!isWithin(root, target)) {
          const advice = `a file in the folder (cp -rL "${folder}" copies what links lead to)`
          refuse(`file '${path}': leaves the bundle`, `a link to '${target}'`, advice)
        }
        return readTarget({ path, target, bytes, most }, options)
      })
    },
  }
}

/** Reads one file. Throws RuntimeError (by rejection), naming it. */
export async function readDisk(path: string, options: DiskOptions = {}): Promise<Uint8Array> {
  const most = mostBytes(path, options)
  return reading(path, () => readTarget({ path, target: path, bytes: undefined, most }, options))
}

interface Target {
  /** The file's name, for messages. */
  readonly path: string
  /** Where it is. */
  readonly target: string
  /** The size that it should have, where that is known. */
  readonly bytes: number | undefined
  /** The most bytes that it may have. */
  readonly most: number
}

async function readTarget(file: Target, { signal }: DiskOptions): Promise<Uint8Array> {
  checkSignal(signal)
  // Before opening, since to open a FIFO is to wait for a writer, and devices act on it.
  checkRegular(file.path, await stat(file.target))
  const handle = await open(file.target, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  try {
    // What is open now may have taken the place of what was looked at.
    const stats = await handle.stat()
    checkRegular(file.path, stats)
    checkSize(file, stats.size)
    const bytes = await readAll(handle, stats.size, signal)
    checkSignal(signal)
    return bytes
  } finally {
    await handle.close()
  }
}

/** Bytes of one read, between which a signal is heard. */
const PIECE = 2 ** 24

async function readAll(
  handle: FileHandle,
  size: number,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(size)
  let at = 0
  while (at < size) {
    checkSignal(signal)
    const { bytesRead } = await handle.read(bytes, at, Math.min(PIECE, size - at), at)
    if (bytesRead === 0) break
    at += bytesRead
  }
  return at === size ? bytes : bytes.slice(0, at)
}

function checkSize({ path, bytes, most }: Target, size: number): void {
  if (bytes !== undefined && size > bytes) {
    refuse(`file '${path}' has the wrong size`, `${size} bytes`, bytes)
  }
  if (size > most) {
    refuse(`file '${path}': too large`, `${size} bytes`, `at most ${most} (see maxBytes)`)
  }
}

type Kinds = Record<
  'isFile' | 'isDirectory' | 'isFIFO' | 'isSocket' | 'isCharacterDevice',
  () => boolean
>

/** Throws RuntimeError unless it is a regular file. */
export function checkRegular(path: string, stats: Kinds): void {
  if (stats.isFile()) return
  const kind = stats.isDirectory()
    ? 'a folder'
    : stats.isFIFO()
      ? 'a FIFO'
      : stats.isSocket()
        ? 'a socket'
        : stats.isCharacterDevice()
          ? 'a character device'
          : 'a device'
  refuse(`file '${path}': cannot be read`, kind, 'a regular file')
}

/** Turns what the file system says into a RuntimeError that names the file. */
async function reading<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (cause) {
    if (cause instanceof RuntimeError) throw cause
    refuse(`file '${path}': cannot be read`, cause, 'a readable file')
  }
}

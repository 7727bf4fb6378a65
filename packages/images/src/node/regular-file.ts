// Files by their type: a pipe or device would keep its reader waiting, or never end.
import type { Stats } from 'node:fs'
import { open, stat, type FileHandle } from 'node:fs/promises'
import { ImagesError } from '../error.js'
import { messageOf } from './bytes.js'

/** A file that is open for reading. */
export interface OpenFile {
  /** For messages. */
  readonly path: string
  readonly handle: FileHandle
}

/**
 * Checks, before it is opened, that a path is an ordinary file, or a link to one.
 *
 * @throws ImagesError naming the file, and what it is instead
 */
export async function checkRegularFile(path: string): Promise<void> {
  const facts = await stat(path).catch((cause: unknown) => {
    throw unreadable(path, cause)
  })
  if (facts.isFile()) return
  throw new ImagesError(
    `${path}: no ordinary file, got ${typeName(facts)}, expected a file on disk (copy what it gives into one)`,
  )
}

function typeName(facts: Stats): string {
  if (facts.isFIFO()) return 'a pipe'
  if (facts.isSocket()) return 'a socket'
  return facts.isDirectory() ? 'a folder' : 'a device'
}

/**
 * Opens an ordinary file for reading.
 *
 * @throws ImagesError naming the file
 */
export async function openFile(path: string): Promise<OpenFile> {
  await checkRegularFile(path)
  try {
    return { path, handle: await open(path, 'r') }
  } catch (cause) {
    throw unreadable(path, cause)
  }
}

export function unreadable(path: string, cause: unknown): ImagesError {
  const reason = messageOf(cause)
  return new ImagesError(`${path}: cannot be read, got ${reason}, expected a file`, { cause })
}

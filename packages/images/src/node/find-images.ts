// Finding the image files of a folder and its sub-folders.
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ImagesError } from '../error.js'
import { messageOf } from './bytes.js'

/** An image file; its class is the sub-folder that it lies in or below. */
export interface Found {
  readonly path: string
  readonly className?: string
}

const IMAGE = /\.(png|jpe?g|webp|gif|tiff?|avif)$/i
const DEEPEST = 16

/**
 * All image files in and below a folder, sorted by path; hidden files and other files are passed by.
 *
 * @throws ImagesError naming the folder that cannot be read
 */
export async function imagesUnder(folder: string, className?: string, depth = 0): Promise<Found[]> {
  const found: Found[] = []
  for (const { path, name, isFolder } of await entriesOf(folder)) {
    if (isFolder && depth < DEEPEST) {
      found.push(...(await imagesUnder(path, className ?? name, depth + 1)))
    } else if (!isFolder && IMAGE.test(name)) {
      found.push({ path, ...(className !== undefined && { className }) })
    }
  }
  return found
}

/** The names of a folder's sub-folders, sorted. */
export async function foldersIn(folder: string): Promise<string[]> {
  return (await entriesOf(folder)).filter(({ isFolder }) => isFolder).map(({ name }) => name)
}

interface Entry {
  readonly path: string
  readonly name: string
  readonly isFolder: boolean
}

/** What lies in a folder, sorted by name (by code unit, the same everywhere). */
async function entriesOf(folder: string): Promise<Entry[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true })
    const seen = entries.filter(({ name }) => !name.startsWith('.'))
    const listed = seen.map(async (entry): Promise<Entry> => {
      const path = join(folder, entry.name)
      const isFolder = entry.isSymbolicLink()
        ? (await stat(path)).isDirectory()
        : entry.isDirectory()
      return { path, name: entry.name, isFolder }
    })
    return (await Promise.all(listed)).sort((a, b) => (a.name < b.name ? -1 : 1))
  } catch (cause) {
    throw new ImagesError(
      `${folder}: cannot be listed, got ${messageOf(cause)}, expected a folder`,
      { cause },
    )
  }
}

// Finding the image files of a folder and its sub-folders.
import { readdir, realpath, stat } from 'node:fs/promises'
import { extname, isAbsolute, join, relative, sep } from 'node:path'
import { ImagesError } from '../error.js'
import { isErrno, messageOf } from './bytes.js'

/** An image file; its class is the sub-folder that it lies in or below. */
export interface Found {
  readonly path: string
  readonly className?: string
}

/** What lies in and below a folder. */
export interface Findings {
  /** Sorted by path. */
  readonly images: readonly Found[]
  /** The endings of other files, such as `.bmp`, with how many there are. */
  readonly others: ReadonlyMap<string, number>
}

/** The endings of image files, for messages. */
export const IMAGE_TYPES = '.png, .jpg, .jpeg, .webp, .gif, .tif, .tiff or .avif'

const IMAGE = /\.(png|jpe?g|webp|gif|tiff?|avif)$/i
const DEEPEST = 16

/**
 * All image files in and below a folder; hidden files are passed by. A link to a folder elsewhere is
 * followed; one to a folder of the tree itself, or to one that holds it, is not, so that no image
 * comes twice.
 *
 * @throws ImagesError naming the folder that cannot be read, or the image that is a link to nothing
 */
export async function imagesUnder(folder: string): Promise<Findings> {
  const root = await listing(folder, () => realpath(folder))
  const walk: Walk = { root, visited: new Set([root]), images: [], others: new Map() }
  await visit(walk, folder, { depth: 0 })
  return walk
}

/** The names of a folder's sub-folders, sorted. */
export async function foldersIn(folder: string): Promise<string[]> {
  return (await entriesOf(folder)).filter(({ isFolder }) => isFolder).map(({ name }) => name)
}

/**
 * The names of what lies in a folder.
 *
 * @throws ImagesError naming the folder that cannot be read
 */
export async function namesIn(folder: string): Promise<string[]> {
  return listing(folder, () => readdir(folder))
}

interface Walk {
  /** The real path of the folder that the walk began in. */
  readonly root: string
  /** Real paths of folders. */
  readonly visited: Set<string>
  readonly images: Found[]
  readonly others: Map<string, number>
}

interface Place {
  readonly className?: string | undefined
  readonly depth: number
}

async function visit(walk: Walk, folder: string, { className, depth }: Place): Promise<void> {
  for (const entry of await entriesOf(folder)) {
    const { path, name, isFolder } = entry
    if (isFolder) {
      const below = { className: className ?? name, depth: depth + 1 }
      if (depth < DEEPEST && (await isNew(walk, entry))) await visit(walk, path, below)
    } else if (IMAGE.test(name)) {
      walk.images.push({ path, ...(className !== undefined && { className }) })
    } else {
      const ending = extname(name) || name
      walk.others.set(ending, (walk.others.get(ending) ?? 0) + 1)
    }
  }
}

/** Whether the walk has not been in a folder, and will not come to it without this link. */
async function isNew({ root, visited }: Walk, { path, isLink }: Entry): Promise<boolean> {
  const real = await listing(path, () => realpath(path))
  if (visited.has(real) || (isLink && (holds(root, real) || holds(real, root)))) return false
  visited.add(real)
  return true
}

function holds(outer: string, inner: string): boolean {
  const way = relative(outer, inner)
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

interface Entry {
  readonly path: string
  readonly name: string
  readonly isFolder: boolean
  readonly isLink: boolean
}

/** What lies in a folder, sorted by name (by code unit, the same everywhere). */
async function entriesOf(folder: string): Promise<Entry[]> {
  const entries = await listing(folder, () => readdir(folder, { withFileTypes: true }))
  const seen = entries.filter(({ name }) => !name.startsWith('.'))
  const listed = seen.map(async (entry): Promise<Entry> => {
    const path = join(folder, entry.name)
    const isLink = entry.isSymbolicLink()
    const isFolder = isLink ? await linksToFolder(path) : entry.isDirectory()
    return { path, name: entry.name, isFolder, isLink }
  })
  return (await Promise.all(listed)).sort((a, b) => (a.name < b.name ? -1 : 1))
}

async function linksToFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory()
  } catch (cause) {
    if (!IMAGE.test(path)) return false
    const nothing = isErrno(cause, 'ENOENT') ? 'a link to nothing' : messageOf(cause)
    throw new ImagesError(
      `${path}: no readable image, got ${nothing}, expected a whole image file`,
      { cause },
    )
  }
}

async function listing<T>(folder: string, list: () => Promise<T>): Promise<T> {
  try {
    return await list()
  } catch (cause) {
    throw new ImagesError(
      `${folder}: cannot be listed, got ${messageOf(cause)}, expected a folder that can be read`,
      { cause },
    )
  }
}

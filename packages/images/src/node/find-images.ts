// Finding the image files of a folder and its sub-folders.
import { realpath } from 'node:fs/promises'
import { extname, isAbsolute, relative, sep } from 'node:path'
import { isImageName, listing, sortedEntries, type Entry, type Spill } from './entries.js'
import type { FileList } from './file-list.js'

/** An image file; its class is the sub-folder that it lies in or below. */
export interface Found {
  readonly path: string
  readonly className?: string
}

/** The endings of other files, such as `.bmp`, with how many there are. */
export type Others = ReadonlyMap<string, number>

/** The endings of image files, for messages. */
export const IMAGE_TYPES = '.png, .jpg, .jpeg, .webp, .gif, .tif, .tiff or .avif'

const DEEPEST = 16

/**
 * Lists all image files in and below a folder, sorted by path; hidden files are passed by. A link to a
 * folder elsewhere is followed; one to a folder of the tree itself, or to one that holds it, is not, so
 * that no image comes twice.
 *
 * @param images what they are added to
 * @throws ImagesError naming the folder that cannot be read, or the image that is a link to nothing
 */
export async function imagesUnder(
  folder: string,
  images: FileList,
  spill?: Spill,
): Promise<Others> {
  const root = await listing(folder, () => realpath(folder))
  const walk: Walk = { root, visited: new Set([root]), images, spill, others: new Map() }
  await visit(walk, folder, { depth: 0 })
  return walk.others
}

interface Walk {
  /** The real path of the folder that the walk began in. */
  readonly root: string
  /** Real paths of folders. */
  readonly visited: Set<string>
  readonly images: FileList
  readonly spill: Spill | undefined
  readonly others: Map<string, number>
}

interface Place {
  readonly className?: string | undefined
  readonly depth: number
}

async function visit(walk: Walk, folder: string, { className, depth }: Place): Promise<void> {
  for await (const entry of sortedEntries(folder, walk.spill)) {
    const { path, name, isFolder } = entry
    if (isFolder) {
      const below = { className: className ?? name, depth: depth + 1 }
      if (depth < DEEPEST && (await isNew(walk, entry))) await visit(walk, path, below)
    } else if (isImageName(name)) {
      await walk.images.add({ path, ...(className !== undefined && { className }) })
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

// What lies in a folder, in order, however much that is.
import { opendir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Dirent } from 'node:fs'
import { ImagesError } from '../error.js'
import { isErrno, messageOf } from './bytes.js'
import { openScratchLines, type ScratchLines } from './scratch-lines.js'

/** Something in a folder. */
export interface Entry {
  readonly path: string
  readonly name: string
  readonly isFolder: boolean
  readonly isLink: boolean
}

/** Where lists go that are too long for memory: unless given, they stay in memory. */
export interface Spill {
  readonly cacheDir?: string | undefined
  /** Entries of one folder that are kept in memory. */
  readonly most: number
}

const IMAGE = /\.(png|jpe?g|webp|gif|tiff?|avif)$/i

/** Whether a file's name is that of an image. */
export function isImageName(name: string): boolean {
  return IMAGE.test(name)
}

/**
 * The names in a folder that are asked for, in no order.
 *
 * @throws ImagesError naming the folder that cannot be read
 */
export async function namesIn(folder: string, keep: (name: string) => boolean): Promise<string[]> {
  const names: string[] = []
  for await (const { name } of direntsIn(folder)) if (keep(name)) names.push(name)
  return names
}

/** The names of a folder's sub-folders, sorted. */
export async function foldersIn(folder: string): Promise<string[]> {
  const names: string[] = []
  for await (const { name, isFolder } of entriesIn(folder)) if (isFolder) names.push(name)
  return names.sort()
}

/** What lies in a folder and is not hidden, sorted by name (by code unit, the same everywhere). */
export async function* sortedEntries(
  folder: string,
  spill?: Spill,
): AsyncGenerator<Entry, void, undefined> {
  const runs: ScratchLines[] = []
  let entries: Entry[] = []
  try {
    for await (const entry of entriesIn(folder)) {
      entries.push(entry)
      if (!spill || entries.length < spill.most) continue
      runs.push(await spillRun(entries.sort(byName), folder, spill))
      entries = []
    }
    entries.sort(byName)
    if (runs.length === 0) yield* entries
    else yield* merged([...runs.map(entriesOfRun), entries[Symbol.iterator]()])
  } finally {
    for (const run of runs) await run.close()
  }
}

function byName(a: Entry, b: Entry): number {
  return a.name < b.name ? -1 : 1
}

async function spillRun(
  entries: readonly Entry[],
  folder: string,
  { cacheDir }: Spill,
): Promise<ScratchLines> {
  const run = await openScratchLines({ cacheDir, what: `the list of ${folder}` })
  for (const entry of entries) await run.add(JSON.stringify(entry))
  return run
}

async function* entriesOfRun(run: ScratchLines): AsyncGenerator<Entry, void, undefined> {
  for await (const line of run.lines()) yield JSON.parse(line) as Entry
}

/** Sorted runs as one. They are few: the first of all is looked for among them one by one. */
async function* merged(
  runs: readonly (AsyncGenerator<Entry> | Iterator<Entry>)[],
): AsyncGenerator<Entry, void, undefined> {
  const heads = await Promise.all(runs.map(async (run) => run.next()))
  for (;;) {
    let least = -1
    let found: Entry | undefined
    for (const [i, head] of heads.entries()) {
      if (head.done || (found && found.name < head.value.name)) continue
      least = i
      found = head.value
    }
    const run = runs[least]
    if (!found || !run) return
    yield found
    heads[least] = await run.next()
  }
}

/** What lies in a folder and is not hidden, in no order. */
async function* entriesIn(folder: string): AsyncGenerator<Entry, void, undefined> {
  for await (const entry of direntsIn(folder)) {
    if (entry.name.startsWith('.')) continue
    const path = join(folder, entry.name)
    const isLink = entry.isSymbolicLink()
    const isFolder = isLink ? await linksToFolder(path) : entry.isDirectory()
    yield { path, name: entry.name, isFolder, isLink }
  }
}

/** Names that the system is asked for at once. */
const AT_ONCE = 1024

async function* direntsIn(folder: string): AsyncGenerator<Dirent, void, undefined> {
  const opened = await listing(folder, () => opendir(folder, { bufferSize: AT_ONCE }))
  try {
    for (;;) {
      const entry = await listing(folder, () => opened.read())
      if (entry === null) return
      yield entry
    }
  } finally {
    await opened.close()
  }
}

async function linksToFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory()
  } catch (cause) {
    if (!isImageName(path)) return false
    const nothing = isErrno(cause, 'ENOENT') ? 'a link to nothing' : messageOf(cause)
    throw new ImagesError(
      `${path}: no readable image, got ${nothing}, expected a whole image file`,
      { cause },
    )
  }
}

/** @throws ImagesError naming the folder that cannot be listed */
export async function listing<T>(folder: string, list: () => Promise<T>): Promise<T> {
  try {
    return await list()
  } catch (cause) {
    throw new ImagesError(
      `${folder}: cannot be listed, got ${messageOf(cause)}, expected a folder that can be read`,
      { cause },
    )
  }
}

// Writes a folder whole or not at all: beside its place, then renamed.
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  rmdir,
  stat,
  writeFile,
} from 'node:fs/promises'
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { CliError, messageOf } from './error.js'

/** What may lie in a bundle's folder beside its graphs, and so be replaced with it. */
const OF_BUNDLE =
  /^(anyvae\.json|README\.md|samples\.png|vectors\/\w+\/test_data_set_\d+\/(in|out)put_\d+\.pb)$/

/** Bytes of the largest manifest that is looked into for the names of its graphs. */
const MOST_MANIFEST = 2 ** 20

/**
 * Refuses a place that is taken; with `force` only one that holds anything besides a bundle, or that the
 * process works in: replaced, all in it would be gone.
 *
 * @throws CliError
 */
export async function checkVacant(folder: string, force: boolean): Promise<void> {
  const names = await namesIn(resolve(folder))
  if (names === undefined) return
  if (!force) {
    throw new CliError(`${folder}: exists already, expected a new folder, or --force to replace it`)
  }
  if (holdsWorkingFolder(folder)) {
    throw new CliError(
      `${folder}: not replaced, got the folder that the command runs in, expected another one`,
    )
  }
  if (names.length > 0 && !names.includes('anyvae.json')) {
    throw new CliError(
      `${folder}: not replaced, got a folder that holds no bundle, expected anyvae.json in it`,
    )
  }
  const foreign = await foreignIn(folder)
  if (foreign === undefined) return
  throw new CliError(
    `${folder}: not replaced, got ${foreign} in it, expected nothing but a bundle's files`,
  )
}

/** The first path in a bundle's folder that no bundle has: links and the like, whatever they are called. */
async function foreignIn(folder: string): Promise<string | undefined> {
  const graphs = await graphsOf(folder)
  const foreignBelow = async (below: string): Promise<string | undefined> => {
    const entries = await readdir(join(folder, below), { withFileTypes: true })
    for (const entry of entries) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`
      if (entry.isDirectory() && /^vectors(\/\w+){0,2}$/.test(path)) {
        const foreign = await foreignBelow(path)
        if (foreign !== undefined) return foreign
      } else if (!entry.isFile() || !(OF_BUNDLE.test(path) || graphs.has(path))) {
        return path
      }
    }
    return undefined
  }
  return foreignBelow('')
}

/** The graphs that a manifest lists; none of one that cannot be read, so that none is taken for a bundle's. */
async function graphsOf(folder: string): Promise<ReadonlySet<string>> {
  try {
    const path = join(folder, 'anyvae.json')
    const { size } = await stat(path)
    if (size > MOST_MANIFEST) return new Set()
    const { files } = JSON.parse(await readFile(path, 'utf8')) as { readonly files?: object }
    return new Set(Object.keys(files ?? {}).filter((name) => name.endsWith('.onnx')))
  } catch {
    return new Set()
  }
}

function holdsWorkingFolder(folder: string): boolean {
  const way = relative(resolve(folder), process.cwd())
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

async function namesIn(folder: string): Promise<string[] | undefined> {
  try {
    return await readdir(folder)
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined
    throw new CliError(`${folder}: not usable, got ${messageOf(cause)}, expected a new folder`, {
      cause,
    })
  }
}

/**
 * Refuses a place where nothing can be written, before anything long is begun. Leaves nothing there.
 *
 * @throws CliError
 */
export async function checkWritable(path: string): Promise<void> {
  let parent = dirname(resolve(path))
  while (!(await isFolder(parent)) && parent !== dirname(parent)) parent = dirname(parent)
  try {
    await rmdir(await mkdtemp(join(parent, '.anyvae-')))
  } catch (cause) {
    throw new CliError(
      `${path}: cannot be written, got ${messageOf(cause)}, expected the right to write there`,
      { cause },
    )
  }
}

/**
 * Makes a folder and those that it stands in; where that fails, it leaves none of them. Node's own
 * recursive mkdir never ends where a folder that is there answers that there is none, as /proc does.
 *
 * @returns removes what was made again, as far as nothing has come into it
 */
export async function makeFolder(path: string): Promise<() => Promise<void>> {
  const made: string[] = []
  const undo = async () => {
    for (const folder of made.toReversed()) await rmdir(folder).catch(() => undefined)
  }
  try {
    await makeEach(path, made)
    return undo
  } catch (error) {
    await undo()
    throw error
  }
}

async function makeEach(path: string, made: string[]): Promise<void> {
  if (await isFolder(path)) return
  const parent = dirname(path)
  if (parent !== path) await makeEach(parent, made)
  try {
    await mkdir(path)
    made.push(path)
  } catch (error) {
    // Another process may have been faster.
    if (!(await isFolder(path))) throw error
  }
}

function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
}

/**
 * Writes files by their paths within a folder. Whatever goes wrong, the folder is as it was before, and
 * nothing is left beside it.
 */
export async function writeFolder(
  folder: string,
  files: ReadonlyMap<string, Uint8Array>,
  { force, signal }: { readonly force: boolean; readonly signal: AbortSignal },
): Promise<void> {
  const whole = resolve(folder)
  const beside = `${whole}.${process.pid}.tmp`
  let undo: () => Promise<void> = () => Promise.resolve()
  try {
    undo = await makeFolder(dirname(whole))
    for (const [file, content] of files) {
      signal.throwIfAborted()
      const path = join(beside, file)
      await makeFolder(dirname(path))
      await writeFile(path, content, { flush: true })
    }
    await checkVacant(folder, force)
    await replace(whole, beside, force)
  } catch (cause) {
    await rm(beside, { recursive: true, force: true }).catch(() => undefined)
    await undo()
    if (cause instanceof CliError) throw cause
    throw new CliError(
      `${folder}: not written, got ${messageOf(cause)}, expected room and the right to write`,
      { cause },
    )
  }
}

/** Puts the new folder in its place, or with `force` in that of the old one, which a failure puts back. */
async function replace(folder: string, beside: string, force: boolean): Promise<void> {
  // A system renames over an empty folder, and refuses any other.
  if (!force) return rename(beside, folder)
  const old = `${folder}.${process.pid}.old.tmp`
  const existed = await rename(folder, old).then(
    () => true,
    () => false,
  )
  try {
    await rename(beside, folder)
  } catch (error) {
    if (existed) await rename(old, folder)
    throw error
  }
  await rm(old, { recursive: true, force: true })
}

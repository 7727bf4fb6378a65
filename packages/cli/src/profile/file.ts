// Where a profile is written: a folder beside its place first, so that the file is there whole or not at all.
import { mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { CliError, messageOf, refuseUsage } from '../error.js'
import { checkWritable, makeFolder } from '../folder.js'

/** A place for the sessions' profiles until it is known which is wanted. */
export interface ProfileFile {
  /** Sessions write here. */
  readonly folder: string
  /** The profile whose name begins with `prefix`. */
  find(prefix: string): Promise<string>
  /** Puts a profile where the user wants it, in the place of what was there. */
  keep(found: string): Promise<void>
  /** Removes the folder with all that is still in it. */
  discard(): Promise<void>
}

/**
 * Refuses a path that no profile can be written to. Leaves nothing there.
 *
 * @throws CliError
 */
export async function checkProfilePath(path: string): Promise<void> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
  if (isFolder) refuseUsage(`--profile: a folder, got ${path}, expected a file, such as p.json`)
  await checkWritable(path)
}

/**
 * Opens a place for profiles beside `path`.
 *
 * @throws CliError where nothing can be written there
 */
export async function openProfileFile(path: string): Promise<ProfileFile> {
  const folder = await folderBeside(path)
  return {
    folder,
    async find(prefix) {
      const name = (await readdir(folder)).find((each) => each.startsWith(`${prefix}_`))
      if (name !== undefined) return join(folder, name)
      throw new CliError(`${path}: no profile, got none from ONNX Runtime, expected a JSON file`)
    },
    keep: (found) => rename(found, path),
    discard: () => rm(folder, { recursive: true, force: true }),
  }
}

async function folderBeside(path: string): Promise<string> {
  try {
    const parent = dirname(resolve(path))
    await makeFolder(parent)
    return await mkdtemp(join(parent, '.anyvae-profile-'))
  } catch (cause) {
    throw new CliError(
      `${path}: cannot be written, got ${messageOf(cause)}, expected the right to write there`,
      { cause },
    )
  }
}

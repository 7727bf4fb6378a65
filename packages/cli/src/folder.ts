// Writes a folder whole or not at all: beside its place, then renamed.
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { CliError, messageOf } from './error.js'

/**
 * Refuses a place that is taken; with `force` only one that holds something other than a bundle.
 *
 * @throws CliError
 */
export async function checkVacant(folder: string, force: boolean): Promise<void> {
  const names = await namesIn(folder)
  if (names === undefined) return
  if (!force) {
    throw new CliError(`${folder}: exists already, expected a new folder, or --force to replace it`)
  }
  if (names.length === 0 || names.includes('anyvae.json')) return
  throw new CliError(
    `${folder}: not replaced, got a folder that holds no bundle, expected anyvae.json in it`,
  )
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
  try {
    for (const [file, content] of files) {
      signal.throwIfAborted()
      const path = join(beside, file)
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, content, { flush: true })
    }
    await checkVacant(folder, force)
    await replace(whole, beside)
  } catch (cause) {
    await rm(beside, { recursive: true, force: true })
    if (cause instanceof CliError) throw cause
    throw new CliError(
      `${folder}: not written, got ${messageOf(cause)}, expected room and the right to write`,
      { cause },
    )
  }
}

/** Puts the new folder in the place of the old one, which a failure puts back. */
async function replace(folder: string, beside: string): Promise<void> {
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

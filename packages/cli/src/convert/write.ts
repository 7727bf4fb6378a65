// Writes a converted model: weights beside it first, so that no model is there without them.
import { open, mkdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { CliError, messageOf } from '../error.js'
import { writeOutput } from '../output.js'

/** The name of the file beside a model that holds its weights. */
export const dataFileOf = (out: string) => `${basename(out)}.data`

/** Writes the model's file, and before it that of its weights where it has one. */
export async function writeModel(
  out: string,
  { bytes, data }: { readonly bytes: Uint8Array; readonly data: readonly Uint8Array[] },
): Promise<void> {
  if (data.length > 0) await writeParts(join(dirname(out), dataFileOf(out)), data)
  await writeOutput(out, bytes)
}

/** Writes what no single array can hold, whole or not at all. */
async function writeParts(path: string, parts: readonly Uint8Array[]): Promise<void> {
  const beside = `${path}.tmp`
  try {
    await mkdir(dirname(path), { recursive: true })
    // What a link of that name leads to is not ours, and a pipe would wait for its reader.
    await rm(beside, { force: true })
    const file = await open(beside, 'wx')
    try {
      for (const part of parts) await file.writeFile(part)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(beside, path)
  } catch (cause) {
    await rm(beside, { force: true }).catch(() => undefined)
    throw new CliError(
      `${path}: cannot be written, got ${messageOf(cause)}, expected room and the right to write there`,
      { cause },
    )
  }
}

// Bundles and bare files on disk.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { checkPath, refuse, type BundleReader } from '@anyvae/runtime'

/** Reads a bundle from a folder. */
export function diskReader(folder: string): BundleReader {
  return {
    location: folder,
    read: async (file) => readDisk(join(folder, checkPath(file))),
  }
}

/** Reads one file. Throws RuntimeError (by rejection), naming it. */
export async function readDisk(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path)
  } catch (cause) {
    refuse(`file '${path}': cannot be read`, cause, 'a readable file')
  }
}

// A bundle in memory: its files read from a reader, and a reader over them.
import { type BundleReader, type Manifest, readManifest, readModel } from '@anyvae/runtime'
import type { BundleFiles } from './bundle.js'
import { BundleError } from './error.js'
import { vectorPaths } from './vectors.js'

/** A reader of files that are in memory. */
export function memoryReader(files: BundleFiles, location = 'memory'): BundleReader {
  return {
    location,
    read(file) {
      const bytes = files.get(file)
      const missing = () =>
        new BundleError(
          `${location}: no such file, got ${file}, expected ${[...files.keys()].join(', ')}`,
        )
      return bytes ? Promise.resolve(bytes) : Promise.reject(missing())
    },
  }
}

/**
 * Reads a whole bundle: what its manifest lists, with checksums verified, its card, picture and test
 * vectors. Other files that stand in its folder are not known of.
 *
 * @throws RuntimeError (by rejection) where one of them is missing or altered
 */
export async function readBundle(reader: BundleReader): Promise<BundleFiles> {
  const manifest = await readManifest(reader)
  const files = new Map<string, Uint8Array>()
  for (const path of Object.keys(manifest.files)) {
    files.set(path, await readModel(reader, manifest, path))
  }
  for (const path of ['anyvae.json', 'README.md', 'samples.png', ...vectorsOf(manifest)]) {
    files.set(path, await reader.read(path))
  }
  return files
}

function vectorsOf({ files }: Manifest): string[] {
  const roles = new Set(Object.values(files).map(({ role }) => role))
  // Both halves have one input and two outputs.
  return [...roles].flatMap((role) => vectorPaths(role, { inputs: 1, outputs: 2 }))
}

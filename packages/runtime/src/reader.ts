// Bundles by file: reading, checksums, the manifest.
import { checkPath } from './reading/bundle-path.js'
import { RuntimeError, refuse } from './error.js'
import type { Manifest, ManifestFile } from './manifest.js'
import { parseManifest } from './parse-manifest.js'
import { sha256Hex } from './sha256.js'

/** The manifest's path within every bundle. */
export const MANIFEST_FILE = 'anyvae.json'

/** Where a bundle's files come from. */
export interface BundleReader {
  /** The folder or address, for messages. */
  readonly location: string
  /**
   * All bytes of a file.
   *
   * @param file a path within the bundle, with forward slashes
   * @param bytes the size that the file should have, where it is known
   * @throws RuntimeError (by rejection) where the file is missing or unreadable, or its path leaves
   * the bundle
   */
  read(file: string, bytes?: number): Promise<Uint8Array>
  /**
   * Of a reader that keeps copies: reads the original. Called where a copy proves to be unusable.
   *
   * @throws RuntimeError (by rejection) as `read` does
   */
  readFresh?(file: string, bytes?: number): Promise<Uint8Array>
}

/** Reads and checks a bundle's `anyvae.json`. Throws RuntimeError, naming the bundle. */
export async function readManifest(reader: BundleReader): Promise<Manifest> {
  const bytes = await reader.read(MANIFEST_FILE)
  try {
    return parseManifest(parseJson(bytes))
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause
    throw new RuntimeError(`bundle '${reader.location}': ${cause.message}`, { cause })
  }
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    refuse('anyvae.json: not readable', cause, 'JSON')
  }
}

/**
 * Reads a file that the manifest lists and checks its size and SHA-256.
 *
 * @throws RuntimeError (by rejection) where the manifest does not list it, or it is missing,
 * truncated or altered, or where there is no crypto.subtle (a page served over plain http)
 */
export async function readModel(
  reader: BundleReader,
  manifest: Manifest,
  path: string,
): Promise<Uint8Array> {
  const file = manifest.files[path]
  const what = `bundle '${reader.location}': '${path}'`
  if (file === undefined) {
    const known = Object.keys(manifest.files).join(', ')
    refuse(`${what} is not in its manifest`, 'nothing', `one of ${known}`)
  }
  checkPath(path)
  // Whose bytes they are is the reader's to say: what was checked must be what is used.
  const bytes = new Uint8Array(await reader.read(path, file.bytes))
  try {
    return await verify(bytes, file, what)
  } catch (error) {
    if (!reader.readFresh) throw error
    return verify(new Uint8Array(await reader.readFresh(path, file.bytes)), file, what)
  }
}

async function verify(bytes: Uint8Array, file: ManifestFile, what: string): Promise<Uint8Array> {
  if (bytes.length !== file.bytes) {
    refuse(`${what} has the wrong size`, `${bytes.length} bytes`, file.bytes)
  }
  const sha256 = await sha256Hex(bytes)
  if (sha256 !== file.sha256) {
    refuse(`${what} was altered`, `SHA-256 ${sha256}`, file.sha256)
  }
  return bytes
}

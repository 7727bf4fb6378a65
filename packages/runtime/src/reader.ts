// Bundles by file: reading, checksums, the manifest.
import { RuntimeError, causeText } from './error.js'
import type { Manifest } from './manifest.js'
import { checkPath, parseManifest } from './parse-manifest.js'

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
}

/** Reads and checks a bundle's `anyvae.json`. Throws RuntimeError, naming the bundle. */
export async function readManifest(reader: BundleReader): Promise<Manifest> {
  const bytes = await reader.read('anyvae.json')
  try {
    return parseManifest(parseJson(bytes))
  } catch (cause) {
    throw new RuntimeError(`bundle '${reader.location}': ${causeText(cause)}`, { cause })
  }
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    const got = causeText(cause)
    throw new RuntimeError(`anyvae.json: not readable, got '${got}', expected JSON`, { cause })
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
    throw new RuntimeError(`${what} is not in its manifest, expected one of ${known}`)
  }
  const bytes = await reader.read(checkPath(path), file.bytes)
  if (bytes.length !== file.bytes) {
    throw new RuntimeError(
      `${what} has the wrong size, got ${bytes.length} bytes, expected ${file.bytes}`,
    )
  }
  const sha256 = await digest(bytes)
  if (sha256 !== file.sha256) {
    throw new RuntimeError(`${what} was altered, got SHA-256 ${sha256}, expected ${file.sha256}`)
  }
  return bytes
}

async function digest(bytes: Uint8Array): Promise<string> {
  // Absent where a page was served over plain http, whatever the type says.
  const subtle: SubtleCrypto | undefined = globalThis.crypto.subtle
  if (subtle === undefined) {
    throw new RuntimeError(
      'checksum: cannot be computed, got a page without crypto.subtle, expected https or localhost',
    )
  }
  const hash = new Uint8Array(await subtle.digest('SHA-256', new Uint8Array(bytes)))
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

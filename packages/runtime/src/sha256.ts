// The checksum that manifests carry.
import { refuse } from './error.js'

/**
 * The SHA-256 of bytes as 64 lower-case hexadecimal digits.
 *
 * @throws RuntimeError (by rejection) where there is no crypto.subtle: a page served over plain http
 */
export async function sha256Hex(bytes: Uint8Array): Promise<string> {
  // Absent on such a page, whatever the type says.
  const subtle: SubtleCrypto | undefined = globalThis.crypto.subtle
  if (subtle === undefined) {
    refuse('checksum: not computable', 'a page without crypto.subtle', 'https or localhost')
  }
  // Memory that threads share is refused.
  const own = isOwn(bytes) ? bytes : new Uint8Array(bytes)
  const hash = new Uint8Array(await subtle.digest('SHA-256', own))
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function isOwn(bytes: Uint8Array): bytes is Uint8Array<ArrayBuffer> {
  return bytes.buffer instanceof ArrayBuffer
}

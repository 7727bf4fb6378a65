// The checksum of a safetensors file within it: SHA-256 of all its bytes, its own digits taken as zeros.
import { TrainError } from '../error.js'
import { show } from '../check.js'
import { encodeSafetensors, type SafeTensors } from './safetensors.js'

/** SHA-256 of some bytes, 64 lower-case hexadecimal digits. */
export type Digest = (bytes: Uint8Array) => string

const KEY = 'sha256'
const DIGITS = 64
const ZEROS = '0'.repeat(DIGITS)
/** How it stands in the header; within the JSON texts of other metadata its quotes are escaped. */
const MARK = new TextEncoder().encode(`"${KEY}":"`)

/** The bytes of a safetensors file with its checksum in its metadata. */
export function withChecksum(
  { tensors, metadata }: SafeTensors,
  digest: Digest,
): Uint8Array<ArrayBuffer> {
  const bytes = encodeSafetensors({ tensors, metadata: { [KEY]: ZEROS, ...metadata } })
  bytes.set(new TextEncoder().encode(digest(bytes)), placeOf(bytes))
  return bytes
}

/**
 * Whether a file has a checksum.
 *
 * @throws TrainError where it has one that is another file's
 */
export function isChecked(
  bytes: Uint8Array,
  metadata: SafeTensors['metadata'],
  digest: Digest,
): boolean {
  const expected = metadata[KEY]
  if (expected === undefined) return false
  const zeroed = Uint8Array.from(bytes)
  const place = placeOf(bytes)
  if (place >= 0) zeroed.fill(0x30, place, place + DIGITS)
  const got = digest(zeroed)
  if (got === expected) return true
  throw new TrainError(
    `checkpoint: was altered, got SHA-256 ${got}, expected ${show(expected)}: take a copy that is whole`,
  )
}

/** Where the digits begin, or below 0 where they are not found. */
function placeOf(bytes: Uint8Array): number {
  for (let i = bytes.indexOf(MARK[0] ?? 0); i >= 0; i = bytes.indexOf(MARK[0] ?? 0, i + 1)) {
    if (MARK.every((byte, j) => bytes[i + j] === byte)) return i + MARK.length
  }
  return -1
}

// The IDX format of MNIST's files: a magic number, the dimensions, the bytes.
import { ImagesError } from './error.js'

/** An array of bytes with its dimensions, outermost first. */
export interface IdxArray {
  readonly dims: readonly number[]
  readonly data: Uint8Array
}

/** What an IDX file is expected to hold: images are [count, height, width], labels [count]. */
export type IdxKind = 'images' | 'labels'

/** Magic numbers: two zero bytes, 8 for unsigned bytes, the number of dimensions. */
const MAGIC: Record<IdxKind, number> = { images: 0x0803, labels: 0x0801 }

/**
 * The array in an IDX file's bytes (not compressed ones), as a view of them.
 *
 * @param where the file's name, for messages
 * @throws ImagesError where the bytes are no IDX file of that kind, or too few, or too many, or none
 */
export function decodeIdx(bytes: Uint8Array, kind: IdxKind, where: string): IdxArray {
  const { dims, end } = decodeIdxHeader(bytes, kind, { where, length: bytes.length })
  return { dims, data: bytes.subarray(end) }
}

/**
 * The dimensions that an IDX file's header gives, checked against the file's length, and the place
 * where its bytes begin.
 *
 * @param bytes the file's, as far as its data at least
 * @throws ImagesError as `decodeIdx`
 */
export function decodeIdxHeader(
  bytes: Uint8Array,
  kind: IdxKind,
  { where, length }: { readonly where: string; readonly length: number },
): { dims: number[]; end: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  checkMagic(view, kind, where)
  const rank = MAGIC[kind] & 0xff
  const end = 4 + 4 * rank
  if (length < end) {
    throw new ImagesError(`${where}: truncated, got ${length} bytes, expected a header of ${end}`)
  }
  const dims = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i))
  const expected = end + dims.reduce((product, dim) => product * dim, 1)
  if (expected === end) {
    throw new ImagesError(`${where}: empty, got ${dims.join(' x ')} ${kind}, expected at least 1`)
  }
  if (length !== expected) {
    const wrong = length < expected ? 'truncated' : 'too long'
    throw new ImagesError(
      `${where}: ${wrong}, got ${length} bytes, expected ${expected} (${dims.join(' x ')} ${kind})`,
    )
  }
  return { dims, end }
}

/** The bytes of an IDX file. */
export function encodeIdx({ dims, data }: IdxArray): Uint8Array {
  const header = 4 + 4 * dims.length
  const bytes = new Uint8Array(header + data.length)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, 0x0800 + dims.length)
  dims.forEach((dim, i) => view.setUint32(4 + 4 * i, dim))
  bytes.set(data, header)
  return bytes
}

function checkMagic(view: DataView, kind: IdxKind, where: string): void {
  if (view.byteLength < 4) {
    throw new ImagesError(`${where}: truncated, got ${view.byteLength} bytes, expected IDX ${kind}`)
  }
  const magic = view.getUint32(0)
  if (magic === MAGIC[kind]) return
  const other = magic === MAGIC.images ? 'images' : magic === MAGIC.labels ? 'labels' : 'neither'
  throw new ImagesError(
    `${where}: not IDX ${kind}, got magic number ${hex(magic)} (${other}), expected ${hex(MAGIC[kind])}`,
  )
}

function hex(magic: number): string {
  return `0x${magic.toString(16).padStart(8, '0')}`
}

// The IDX format of MNIST's files: a magic number, the dimensions, the values, big-endian.
import { ImagesError } from './error.js'
import { swapBytes, type NpyData } from './npy.js'

/** An array of numbers with its dimensions, outermost first. */
export interface IdxArray {
  readonly dims: readonly number[]
  readonly data: NpyData
}

/** What an IDX file is expected to hold: images are [count, height, width], labels [count]. */
export type IdxKind = 'images' | 'labels'

/** The number of dimensions, which is the magic number's last byte. */
const RANKS: Record<IdxKind, number> = { images: 3, labels: 1 }

/** Types of values by the magic number's third byte. */
const TYPES: ReadonlyMap<number, ValueType> = new Map<number, ValueType>([
  [0x08, { width: 1, array: Uint8Array }],
  [0x09, { width: 1, array: Int8Array }],
  [0x0b, { width: 2, array: Int16Array }],
  [0x0c, { width: 4, array: Int32Array }],
  [0x0d, { width: 4, array: Float32Array }],
  [0x0e, { width: 8, array: Float64Array }],
])

/** Bytes a value, and the array that holds them. */
interface ValueType {
  readonly width: number
  readonly array: new (buffer: ArrayBuffer) => NpyData
}

/** The magic number's third byte for MNIST's own type. */
const UNSIGNED_BYTES = 0x08

/** Bytes that hold the header of images or labels. */
export const IDX_HEAD = 16

/** What an IDX file's header says. */
export interface IdxHeader {
  readonly dims: readonly number[]
  /** The magic number's third byte. */
  readonly type: number
  /** Whether each value is a byte from 0 to 255, as MNIST's are. */
  readonly bytes: boolean
  /** Where the values begin, in bytes. */
  readonly end: number
  /** The whole file's length, in bytes. */
  readonly length: number
}

/**
 * The array in an IDX file's bytes (not compressed ones); of bytes as a view of them.
 *
 * @param where the file's name, for messages
 * @throws ImagesError where the bytes are no IDX file of that kind, or too few, or too many, or none
 */
export function decodeIdx(bytes: Uint8Array, kind: IdxKind, where: string): IdxArray {
  const { dims, end, type } = decodeIdxHeader(bytes, kind, { where, length: bytes.length })
  const { width, array } = TYPES.get(type) ?? { width: 1, array: Uint8Array }
  if (type === UNSIGNED_BYTES) return { dims, data: bytes.subarray(end) }
  const values = Uint8Array.from(bytes.subarray(end))
  swapBytes(values, width)
  return { dims, data: new array(values.buffer) }
}

/**
 * An IDX file's header, checked against the file's length.
 *
 * @param bytes the file's, as far as its data at least
 * @throws ImagesError as `decodeIdx`
 */
export function decodeIdxHeader(
  bytes: Uint8Array,
  kind: IdxKind,
  { where, length }: { readonly where: string; readonly length: number },
): IdxHeader {
  const header = declaredByIdx(bytes, kind, where)
  const { dims, length: expected } = header
  if (length !== expected) {
    const wrong = length < expected ? 'truncated' : 'too long'
    throw new ImagesError(
      `${where}: ${wrong}, got ${length} bytes, expected ${expected} (${dims.join(' x ')} ${kind})`,
    )
  }
  return header
}

/**
 * What an IDX file's header declares, the file's length included.
 *
 * @param bytes the file's first {@link IDX_HEAD}, or all
 * @throws ImagesError as `decodeIdx`, but for the length
 */
export function declaredByIdx(bytes: Uint8Array, kind: IdxKind, where: string): IdxHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const { type, width } = checkMagic(view, kind, where)
  const rank = RANKS[kind]
  const end = 4 + 4 * rank
  if (bytes.length < end) {
    throw new ImagesError(
      `${where}: truncated, got ${bytes.length} bytes, expected a header of ${end}`,
    )
  }
  const dims = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i))
  const values = dims.reduce((product, dim) => product * dim, 1)
  if (values === 0) {
    throw new ImagesError(`${where}: empty, got ${dims.join(' x ')} ${kind}, expected at least 1`)
  }
  return { dims, type, bytes: type === UNSIGNED_BYTES, end, length: end + width * values }
}

/** The bytes of an IDX file of bytes. */
export function encodeIdx({
  dims,
  data,
}: {
  readonly dims: readonly number[]
  readonly data: Uint8Array
}): Uint8Array {
  const header = 4 + 4 * dims.length
  const bytes = new Uint8Array(header + data.length)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, 0x0800 + dims.length)
  dims.forEach((dim, i) => view.setUint32(4 + 4 * i, dim))
  bytes.set(data, header)
  return bytes
}

/** Whether bytes begin as an IDX file of this kind does, of any type of values. */
export function isIdx(bytes: Uint8Array, kind: IdxKind): boolean {
  const [zero, zeros, type = 0, rank] = bytes
  return bytes.length >= 4 && zero === 0 && zeros === 0 && TYPES.has(type) && rank === RANKS[kind]
}

function checkMagic(view: DataView, kind: IdxKind, where: string): { type: number; width: number } {
  if (view.byteLength < 4) {
    throw new ImagesError(`${where}: truncated, got ${view.byteLength} bytes, expected IDX ${kind}`)
  }
  const magic = view.getUint32(0)
  const [type, rank] = [magic >> 8, magic & 0xff]
  const found = TYPES.get(type)
  if (found && rank === RANKS[kind]) return { type, width: found.width }
  const kinds = Object.entries(RANKS).find(([, each]) => found && each === rank)
  const expected = (UNSIGNED_BYTES << 8) + RANKS[kind]
  throw new ImagesError(
    `${where}: not IDX ${kind}, got magic number ${hex(magic)} (${kinds?.[0] ?? 'neither'}), expected ${hex(expected)}`,
  )
}

function hex(magic: number): string {
  return `0x${magic.toString(16).padStart(8, '0')}`
}

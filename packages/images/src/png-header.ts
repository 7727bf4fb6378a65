// What a PNG file's header declares, checked against the file before anything is allocated for it.
import { Unzlib } from 'fflate'

/** Deflate expands at most so much (zlib, "Maximum Expansion Factor"). */
const MOST_EXPANSION = 1032

/** Bytes that are unpacked at a time: no more than 4 MB of pixels come of them. */
const PIECE = 4096

/** Values a pixel, by colour type. */
const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }

const SIGNATURE = 8
/** Length, type and checksum of a chunk. */
const FRAME = 12

interface Chunk {
  readonly type: string
  readonly data: Uint8Array
  /** All of its bytes. */
  readonly whole: Uint8Array
}

/**
 * A PNG file's bytes without its colour profile, which is packed as well and read by nobody here.
 *
 * @param bytes of a file with the signature of PNG
 * @throws Error where the header is none, where the file is too short for the pixels that it declares,
 * and where more is packed in it than these
 */
export function checkedPng(bytes: Uint8Array): Uint8Array {
  const chunks = [...chunksOf(bytes)]
  if (chunks.filter(({ type }) => type === 'IHDR').length > 1) throw new Error('two headers')
  const declared = declaredBytes(chunks[0])
  const packed = chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data)
  const length = packed.reduce((sum, { length }) => sum + length, 0)
  if (declared > length * MOST_EXPANSION) {
    throw new Error(`${length} bytes of packed pixels for ${declared}`)
  }
  checkUnpacked(packed, declared)
  const profile = chunks.filter(({ type }) => type === 'iCCP')
  if (profile.length === 0) return bytes
  return joined([
    bytes.subarray(0, SIGNATURE),
    ...chunks.filter((chunk) => !profile.includes(chunk)).map(({ whole }) => whole),
  ])
}

/** The whole chunks of a file, up to that which ends it. */
function* chunksOf(bytes: Uint8Array): Generator<Chunk> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = SIGNATURE; at + FRAME <= bytes.length;) {
    const end = at + FRAME + view.getUint32(at)
    if (end > bytes.length) return
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8))
    yield { type, data: bytes.subarray(at + 8, end - 4), whole: bytes.subarray(at, end) }
    if (type === 'IEND') return
    at = end
  }
}

/** Bytes of the unpacked pixels, with the filter's byte before each row. */
function declaredBytes(header: Chunk | undefined): number {
  if (header?.type !== 'IHDR' || header.data.length !== 13) throw new Error('no header')
  const view = new DataView(header.data.buffer, header.data.byteOffset, 13)
  const [width, height] = [view.getUint32(0), view.getUint32(4)]
  const channels = CHANNELS[view.getUint8(9)]
  if (width === 0 || height === 0 || channels === undefined) {
    throw new Error(`a picture of ${width} x ${height}, colour type ${view.getUint8(9)}`)
  }
  const bits = channels * view.getUint8(8)
  const isInterlaced = view.getUint8(12) === 1
  return isInterlaced ? interlacedBytes(width, height, bits) : passBytes(width, height, bits)
}

function passBytes(width: number, height: number, bits: number): number {
  return width === 0 ? 0 : height * (1 + Math.ceil((width * bits) / 8))
}

/** First column and row, and the distance of columns and rows, in each of Adam7's passes. */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const

function interlacedBytes(width: number, height: number, bits: number): number {
  return ADAM7.reduce((sum, [x, y, dx, dy]) => {
    const [columns, rows] = [Math.ceil((width - x) / dx), Math.ceil((height - y) / dy)]
    return sum + passBytes(Math.max(0, columns), Math.max(0, rows), bits)
  }, 0)
}

/** Unpacks piece by piece, keeps nothing, and stops where there is more than declared. */
function checkUnpacked(packed: readonly Uint8Array[], declared: number): void {
  let unpacked = 0
  const unzlib = new Unzlib(({ length }) => (unpacked += length))
  for (const data of packed) {
    for (let at = 0; at < data.length; at += PIECE) {
      unzlib.push(data.subarray(at, at + PIECE))
      if (unpacked > declared) throw new Error(`more than ${declared} bytes of pixels`)
    }
  }
  if (unpacked < declared) throw new Error(`${unpacked} bytes of pixels of ${declared}`)
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const piece of pieces) {
    bytes.set(piece, at)
    at += piece.length
  }
  return bytes
}

// Zip archives as NumPy writes them: the entries that are asked for, each within its own bytes.
import { Inflate } from 'fflate'
import { ImagesError } from '../error.js'

/** A file in an archive. */
export interface ZipEntry {
  readonly name: string
  /** Its bytes as they lie in the archive, packed or not. */
  readonly stored: Uint8Array
  readonly isPacked: boolean
  /** CRC-32 of the unpacked bytes. */
  readonly checksum: number
}

const END = 0x06054b50
const CENTRAL = 0x02014b50
const LOCAL = 0x04034b50
/** The record at the end, and with the longest comment. */
const END_BYTES = 22
const LONGEST_END = END_BYTES + 0xffff
/** What stands where a size is in a field of its own, as beyond 4 GiB. */
const ELSEWHERE = 0xffffffff

/** Whether bytes begin as an archive does. */
export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b
}

/**
 * The entries of an archive that are asked for by name, from its list at the end. Their bytes are views.
 *
 * @returns the entries, and the names of all
 * @throws ImagesError where the archive is damaged, encrypted or packed otherwise, where a name comes
 * twice, or where entries lie in one another
 */
export function readZip(
  bytes: Uint8Array,
  where: string,
  wanted: (name: string) => boolean,
): { entries: readonly ZipEntry[]; names: readonly string[] } {
  const archive = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), where }
  const listed = listEntries(archive)
  const located = listed.filter(({ name }) => wanted(name)).map((entry) => locate(archive, entry))
  const ordered = [...located].sort((a, b) => a.from - b.from)
  ordered.forEach(({ name, from }, i) => {
    const before = ordered[i - 1]
    if (before && before.to > from) {
      throw damaged(archive, `entries ${before.name} and ${name} in one another`)
    }
    if (located.some((other, at) => other.name === name && located[at] !== ordered[i])) {
      throw damaged(archive, `two entries of the name ${name}`)
    }
  })
  const entries = located.map(({ data, to, name, isPacked, checksum }) => ({
    name,
    stored: bytes.subarray(data, to),
    isPacked,
    checksum,
  }))
  return { entries, names: listed.map(({ name }) => name) }
}

interface Archive {
  readonly view: DataView
  readonly where: string
}

interface Listed {
  readonly name: string
  readonly isPacked: boolean
  readonly checksum: number
  readonly length: number
  /** Where its own header begins. */
  readonly from: number
  /** What stands in the way of reading it. */
  readonly trouble: string | undefined
}

function listEntries(archive: Archive): Listed[] {
  const { view } = archive
  const end = findEnd(archive)
  const [size, start] = [view.getUint32(end + 12, true), view.getUint32(end + 16, true)]
  if (start + size > end) throw damaged(archive, 'a list of entries beyond its end')
  const listed: Listed[] = []
  for (let at = start; at < start + size;) {
    if (at + 46 > end || view.getUint32(at, true) !== CENTRAL) {
      throw damaged(archive, `no entry at ${at}`)
    }
    const lengths = [28, 30, 32].map((field) => view.getUint16(at + field, true))
    const [nameLength = 0] = lengths
    const next = at + 46 + lengths.reduce((sum, length) => sum + length, 0)
    if (next > end) throw damaged(archive, `an entry beyond its end at ${at}`)
    listed.push(listedAt(view, at, nameLength))
    at = next
  }
  return listed
}

function listedAt(view: DataView, at: number, nameLength: number): Listed {
  const name = new TextDecoder().decode(
    new Uint8Array(view.buffer, view.byteOffset + at + 46, nameLength),
  )
  const [flags, method] = [view.getUint16(at + 8, true), view.getUint16(at + 10, true)]
  const [packed, unpacked, from] = [20, 24, 42].map((field) => view.getUint32(at + field, true))
  const trouble =
    (flags & 1) === 1
      ? 'an encrypted entry'
      : method !== 0 && method !== 8
        ? `an entry of packing method ${method}`
        : [packed, unpacked, from].includes(ELSEWHERE)
          ? 'an entry beyond 4 GiB'
          : method === 0 && packed !== unpacked
            ? 'an entry of two sizes'
            : undefined
  return {
    name,
    isPacked: method === 8,
    checksum: view.getUint32(at + 16, true),
    length: packed ?? 0,
    from: from ?? 0,
    trouble,
  }
}

function findEnd(archive: Archive): number {
  const { view } = archive
  const last = view.byteLength - END_BYTES
  for (let at = last; at >= Math.max(0, view.byteLength - LONGEST_END); at--) {
    if (view.getUint32(at, true) === END) return at
  }
  throw damaged(archive, 'no list of entries at its end')
}

/** Where an entry's bytes lie. */
interface Located extends Listed {
  readonly data: number
  readonly to: number
}

function locate(archive: Archive, entry: Listed): Located {
  const { view } = archive
  const { name, from, length, trouble } = entry
  if (trouble !== undefined) throw damaged(archive, `${trouble} (${name})`)
  if (from + 30 > view.byteLength || view.getUint32(from, true) !== LOCAL) {
    throw damaged(archive, `no entry ${name} at ${from}`)
  }
  const data = from + 30 + view.getUint16(from + 26, true) + view.getUint16(from + 28, true)
  const to = data + length
  if (to > view.byteLength) throw damaged(archive, `an entry ${name} beyond its end`)
  return { ...entry, data, to }
}

function damaged({ where }: Archive, got: string): ImagesError {
  return new ImagesError(`${where}: damaged, got ${got}, expected a .npz file`)
}

/** Bytes that are unpacked in one go: no more than a thousand times as many come of them. */
const PIECE = 4096

/**
 * The unpacked bytes of an entry, piece by piece.
 *
 * @throws ImagesError where they are damaged, once all are read also by their checksum
 */
export function* unpackedPieces(
  { stored, isPacked, checksum }: ZipEntry,
  where: string,
): Generator<Uint8Array, void, undefined> {
  let state = -1
  for (const piece of isPacked ? inflated(stored, where) : [stored]) {
    state = crc32(state, piece)
    yield piece
  }
  if ((state ^ -1) >>> 0 !== checksum) {
    throw new ImagesError(`${where}: damaged, got another checksum, expected that of its archive`)
  }
}

function* inflated(packed: Uint8Array, where: string): Generator<Uint8Array, void, undefined> {
  const pieces: Uint8Array[] = []
  const inflate = new Inflate((piece) => void pieces.push(piece))
  for (let at = 0; at < packed.length; at += PIECE) {
    try {
      inflate.push(packed.subarray(at, at + PIECE), at + PIECE >= packed.length)
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new ImagesError(`${where}: damaged, got ${reason}, expected a whole .npz file`, {
        cause,
      })
    }
    yield* pieces.splice(0)
  }
}

const CRC_TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let state = byte
  for (let bit = 0; bit < 8; bit++)
    state = (state & 1) === 1 ? (state >>> 1) ^ 0xedb88320 : state >>> 1
  return state
})

function crc32(state: number, bytes: Uint8Array): number {
  for (const byte of bytes) state = (CRC_TABLE[(state ^ byte) & 255] ?? 0) ^ (state >>> 8)
  return state
}

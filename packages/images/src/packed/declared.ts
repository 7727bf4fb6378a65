// Unpacked bytes of an array file, no more of them than its header declares.
import { ImagesError } from '../error.js'
import { declaredByIdx, IDX_HEAD, isIdx, type IdxKind } from '../idx.js'
import { declaredByNpy, isNpy, NPY_HEAD } from '../npy/header.js'

/** What bytes are expected to be. */
export interface DeclaredOptions {
  /** The file's name, for messages. */
  readonly where: string
  /** Its length while packed, in bytes. */
  readonly packed: number
  /** Bytes that hold the header. */
  readonly head: number
  /** The length that a header declares, in bytes. Throws where it is none. */
  readonly lengthOf: (head: Uint8Array) => number
}

/** Pieces of a file, in order. */
export type BytePieces = AsyncIterable<Uint8Array> | Iterable<Uint8Array>

/** What a .npy file's own header declares. */
export function npyDeclared(where: string, packed: number): DeclaredOptions {
  const lengthOf = (head: Uint8Array) => declaredByNpy(head, where).length
  return { where, packed, head: NPY_HEAD, lengthOf }
}

/** What the header of an IDX file of this kind declares. */
export function idxDeclared(where: string, packed: number, kind: IdxKind): DeclaredOptions {
  const lengthOf = (head: Uint8Array) => declaredByIdx(head, kind, where).length
  return { where, packed, head: IDX_HEAD, lengthOf }
}

/** What a file's first bytes say that it is, if it is an array. */
export function arrayKindOf(start: Uint8Array): 'npy' | IdxKind | undefined {
  if (isNpy(start)) return 'npy'
  return (['images', 'labels'] as const).find((kind) => isIdx(start, kind))
}

/** Deflate makes 258 bytes of two bits at best. */
const MOST_RATIO = 1032

/**
 * The pieces of an unpacked file, the first of them with the whole header.
 *
 * @throws ImagesError where the header is none, or declares more than a packed file of this length can
 * hold, or as soon as there is more than it declares; what comes short is the reader's to see
 */
export async function* declaredPieces(
  pieces: BytePieces,
  options: DeclaredOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { where, packed, head, lengthOf } = options
  let start = new Uint8Array()
  let declared: number | undefined
  let total = 0
  const check = (length: number) => {
    declared ??= lengthOf(start)
    if (declared > MOST_RATIO * packed) {
      throw new ImagesError(
        `${where}: header not to be true, got ${declared} bytes declared, expected at most ${MOST_RATIO * packed}, as ${packed} packed ones can hold`,
      )
    }
    total += length
    if (total > declared) {
      throw new ImagesError(
        `${where}: too long, got more than ${declared} bytes, expected as many as its header declares`,
      )
    }
  }
  for await (const piece of pieces) {
    if (declared !== undefined) {
      check(piece.length)
      yield piece
      continue
    }
    start = joined(start, piece)
    if (start.length < head) continue
    check(start.length)
    yield start
  }
  if (declared === undefined) {
    check(start.length)
    yield start
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(first.length + second.length)
  both.set(first)
  both.set(second, first.length)
  return both
}

/** A file that is larger is none to have in memory. */
const MOST_BYTES = 2 ** 32

/** First room for a file of unknown truth; more is taken as it fills. */
const ROOM = 2 ** 20

/**
 * A whole unpacked file, or as much as there is of it.
 *
 * @throws ImagesError as `declaredPieces`, and where there is not memory enough
 */
export async function collectDeclared(
  pieces: BytePieces,
  options: DeclaredOptions,
): Promise<Uint8Array> {
  const { where } = options
  let declared = MOST_BYTES
  const lengthOf = (head: Uint8Array) => (declared = options.lengthOf(head))
  let bytes = new Uint8Array()
  let total = 0
  for await (const piece of declaredPieces(pieces, { ...options, lengthOf })) {
    const needed = total + piece.length
    if (declared > MOST_BYTES) throw tooLarge(where, declared)
    if (needed > bytes.length) {
      const room = Math.min(declared, Math.max(needed, 2 * bytes.length, ROOM))
      const larger = allocate(room, where)
      larger.set(bytes.subarray(0, total))
      bytes = larger
    }
    bytes.set(piece, total)
    total = needed
  }
  return bytes.subarray(0, total)
}

function allocate(length: number, where: string): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(length)
  } catch {
    throw tooLarge(where, length)
  }
}

function tooLarge(where: string, length: number): ImagesError {
  return new ImagesError(
    `${where}: more than memory holds, got ${length} bytes, expected at most ${MOST_BYTES}`,
  )
}

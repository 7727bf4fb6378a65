// The header of a .npy file: type, shape and order of its values, checked as NumPy checks them.
import { ImagesError } from '../error.js'
import { parseLiteral, type Literal } from './literal.js'

/** Bytes a value of each type: `b1` is true and false, `f2` half floats. */
const WIDTHS = {
  b1: 1,
  u1: 1,
  i1: 1,
  u2: 2,
  i2: 2,
  u4: 4,
  i4: 4,
  u8: 8,
  i8: 8,
  f2: 2,
  f4: 4,
  f8: 8,
} as const

/** NumPy's code of a type without its byte order: kind and bytes a value, such as `f4`. */
export type StoredType = keyof typeof WIDTHS

/** What the header of a .npy file says. */
export interface NpyHeader {
  readonly dtype: StoredType
  readonly bigEndian: boolean
  /** Whether the first index runs fastest in the file (Fortran, MATLAB), and not the last. */
  readonly fortranOrder: boolean
  readonly shape: readonly number[]
  /** Bytes a value. */
  readonly width: number
  /** Where the values begin, in bytes. */
  readonly end: number
  /** The whole file's length, in bytes. */
  readonly length: number
}

export const NPY_MAGIC = '\x93NUMPY'

/** NumPy reads no longer header of a file that it does not trust. */
const LONGEST = 10_000

/** NumPy's arrays have no more dimensions. */
const MOST_DIMENSIONS = 64

/** Bytes that hold any header. */
export const NPY_HEAD = LONGEST + 12

/** Whether bytes begin as a .npy file does. */
export function isNpy(bytes: Uint8Array): boolean {
  return Array.from(NPY_MAGIC).every((character, i) => bytes[i] === character.charCodeAt(0))
}

/**
 * The header of a .npy file, checked against the file's length.
 *
 * @param bytes the file's, as far as the values at least
 * @throws ImagesError as `decodeNpy`
 */
export function decodeNpyHeader(bytes: Uint8Array, where: string, length: number): NpyHeader {
  const header = declaredByNpy(bytes, where)
  if (length !== header.length) {
    const wrong = length < header.length ? 'truncated' : 'too long'
    throw new ImagesError(
      `${where}: ${wrong}, got ${length} bytes, expected ${header.length} (${header.dtype}, shape ${header.shape.join(' x ')})`,
    )
  }
  return header
}

/**
 * What a .npy file's header declares, the file's length included.
 *
 * @param bytes the file's first, {@link NPY_HEAD} or all
 * @throws ImagesError as `decodeNpy`, but for the length
 */
export function declaredByNpy(bytes: Uint8Array, where: string): NpyHeader {
  const { text, major, end } = readHeader(bytes, where)
  const { descr, fortranOrder, shape } = parseHeader(text, where, major)
  const type = typeOf(descr, where)
  const width = WIDTHS[type.dtype]
  checkShape(shape, width, where)
  const length = end + shape.reduce((product, size) => product * size, width)
  return { ...type, fortranOrder, shape, width, end, length }
}

/** Beside a size of 0 the others are held to the same bound. */
function checkShape(shape: readonly number[], width: number, where: string): void {
  if (shape.length > MOST_DIMENSIONS) {
    throw new ImagesError(
      `${where}: damaged header, got ${shape.length} dimensions, expected at most ${MOST_DIMENSIONS}`,
    )
  }
  const most = shape.reduce((product, size) => product * Math.max(1, size), width)
  if (most + NPY_HEAD <= Number.MAX_SAFE_INTEGER) return
  throw new ImagesError(
    `${where}: damaged header, got shape ${shape.join(' x ')}, expected no more than a file holds`,
  )
}

interface HeaderText {
  readonly text: string
  /** Of the format's version. */
  readonly major: number
  readonly end: number
}

function readHeader(bytes: Uint8Array, where: string): HeaderText {
  if (!isNpy(bytes)) {
    throw new ImagesError(`${where}: no NumPy array, got other first bytes, expected a .npy file`)
  }
  const [major = 1, minor = 0] = bytes.subarray(6, 8)
  if (major < 1 || major > 3 || minor !== 0) {
    throw new ImagesError(
      `${where}: another format version, got ${major}.${minor}, expected 1.0, 2.0 or 3.0`,
    )
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const start = major === 1 ? 10 : 12
  const length = bytes.length < start ? Infinity : readLength(view, start)
  if (length !== Infinity && length > LONGEST) {
    throw new ImagesError(
      `${where}: damaged header, got one of ${length} bytes, expected at most ${LONGEST}`,
    )
  }
  if (start + length > bytes.length) {
    throw new ImagesError(`${where}: truncated, got ${bytes.length} bytes, expected a whole header`)
  }
  const end = start + length
  // A byte order mark is a part of the text, as it is to Python. (Of Latin-1, Node would lose a byte so.)
  const decoder =
    major === 3 ? new TextDecoder('utf-8', { ignoreBOM: true }) : new TextDecoder('latin1')
  return { text: decoder.decode(bytes.subarray(start, end)), major, end }
}

function readLength(view: DataView, start: number): number {
  return start === 10 ? view.getUint16(8, true) : view.getUint32(8, true)
}

interface Fields {
  readonly descr: Literal
  readonly fortranOrder: boolean
  readonly shape: readonly number[]
}

const KEYS = ['descr', 'fortran_order', 'shape']

function parseHeader(text: string, where: string, major: number): Fields {
  const damaged = (got: string, expected: string): never => {
    throw new ImagesError(`${where}: damaged header, got ${got}, expected ${expected}`)
  }
  const literal = literalOf(text, where)
  if (literal.kind !== 'dictionary') return damaged(`a ${literal.kind}`, `a dictionary`)
  const keys = literal.entries.map(([key]) => (key.kind === 'string' ? key.value : key.kind))
  const fieldOf = (name: string) => literal.entries.find((_, i) => keys[i] === name)?.[1]
  const [descr, order, shape] = KEYS.map(fieldOf)
  if (!shape) return damaged('no shape', 'one like (10, 28, 28)')
  if (!descr || !order || keys.length !== KEYS.length) {
    return damaged(`the keys ${keys.join(', ')}`, KEYS.join(', '))
  }
  if (order.kind !== 'name' || order.value === 'None') {
    return damaged(`fortran_order ${show(order)}`, 'True or False')
  }
  if (shape.kind !== 'tuple') return damaged(`shape ${show(shape)}`, 'one like (10, 28, 28)')
  const sizes = shape.items.map((size) => sizeOf(size, major) ?? damaged(...wrongSize(size)))
  return { descr, fortranOrder: order.value === 'True', shape: sizes }
}

function literalOf(text: string, where: string): Literal {
  try {
    return parseLiteral(text)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new ImagesError(`${where}: damaged header, got ${reason}`, { cause })
  }
}

/** A size in a shape; `12L` is Python 2's, which wrote no version 3, leading zeros are nobody's. */
function sizeOf(size: Literal, major: number): number | undefined {
  if (size.kind !== 'number') return undefined
  const [, digits, long] = /^(0+|[1-9]\d*)(L?)$/.exec(size.text) ?? []
  return digits === undefined || (long === 'L' && major > 2) ? undefined : Number(digits)
}

function wrongSize(size: Literal): [got: string, expected: string] {
  return [`a size of ${show(size)} in the shape`, 'whole numbers from 0']
}

function show(literal: Literal): string {
  if (literal.kind === 'number') return literal.text
  if (literal.kind === 'name') return literal.value
  return literal.kind === 'string' ? `'${literal.value}'` : `a ${literal.kind}`
}

function typeOf(descr: Literal, where: string): { dtype: StoredType; bigEndian: boolean } {
  const text = descr.kind === 'string' ? descr.value : 'a structured type'
  const [, order, dtype = ''] = /^([<>|=]?)(\w+)$/.exec(text) ?? []
  if (isType(dtype)) return { dtype, bigEndian: order === '>' }
  const known = [...Object.keys(WIDTHS).filter((type) => type !== 'f2'), 'f2'].join(', ')
  throw new ImagesError(`${where}: values of an unknown type, got ${text}, expected ${known}`)
}

function isType(dtype: string): dtype is StoredType {
  return Object.hasOwn(WIDTHS, dtype)
}

// NumPy's .npy format: a header with type and shape, then the values.
import { ImagesError } from './error.js'

/** An array as NumPy stores it, in C order. */
export interface NpyArray {
  readonly dtype: NpyType
  readonly shape: readonly number[]
  readonly data: NpyData
}

/** The values of an array: the typed array of its type, and Uint8Array of 0 and 1 for `b1`. */
export type NpyData =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | BigUint64Array
  | BigInt64Array
  | Float32Array
  | Float64Array

/** The types that are read and written: kind and bytes a value; `b1` is true and false as 1 and 0. */
const READERS = {
  b1: { bytes: 1, array: Uint8Array },
  u1: { bytes: 1, array: Uint8Array },
  i1: { bytes: 1, array: Int8Array },
  u2: { bytes: 2, array: Uint16Array },
  i2: { bytes: 2, array: Int16Array },
  u4: { bytes: 4, array: Uint32Array },
  i4: { bytes: 4, array: Int32Array },
  u8: { bytes: 8, array: BigUint64Array },
  i8: { bytes: 8, array: BigInt64Array },
  f4: { bytes: 4, array: Float32Array },
  f8: { bytes: 8, array: Float64Array },
} as const

/** Half floats have no typed array everywhere: their bits are read and made float32. */
const HALF = { bytes: 2, array: Uint16Array } as const

/** NumPy's code of a type without its byte order: kind and bytes a value, such as `f4`. */
export type NpyType = keyof typeof READERS

const MAGIC = '\x93NUMPY'

/** Whether bytes begin as a .npy file does. */
export function isNpy(bytes: Uint8Array): boolean {
  return Array.from(MAGIC).every((character, i) => bytes[i] === character.charCodeAt(0))
}

/**
 * The array in a .npy file's bytes; half floats become float32.
 *
 * @param where the file's name, for messages
 * @throws ImagesError where the bytes are no .npy file or a damaged one, where values are of another
 * type, or stored in Fortran order
 */
export function decodeNpy(bytes: Uint8Array, where: string): NpyArray {
  const { dtype, bigEndian, shape, end } = decodeNpyHeader(bytes, where, bytes.length)
  const { bytes: width, array } = dtype === 'f2' ? HALF : READERS[dtype]
  // A copy: typed arrays need aligned memory, and the file's may not be.
  const values = Uint8Array.from(bytes.subarray(end))
  if (bigEndian) swap(values, width)
  return {
    dtype: dtype === 'f2' ? 'f4' : dtype,
    shape,
    data: dtype === 'f2' ? singles(new Uint16Array(values.buffer)) : new array(values.buffer),
  }
}

/** What the header of a .npy file says. */
export interface NpyHeader {
  readonly dtype: NpyType | 'f2'
  readonly bigEndian: boolean
  readonly shape: readonly number[]
  /** Where the values begin, in bytes. */
  readonly end: number
}

/**
 * The header of a .npy file, checked against the file's length.
 *
 * @param bytes the file's, as far as the values at least
 * @throws ImagesError as `decodeNpy`
 */
export function decodeNpyHeader(bytes: Uint8Array, where: string, length: number): NpyHeader {
  const { text, end } = readHeader(bytes, where)
  const header = parseHeader(text, where)
  const { dtype, shape } = header
  const { bytes: width } = dtype === 'f2' ? HALF : READERS[dtype]
  const expected = end + width * shape.reduce((product, dim) => product * dim, 1)
  if (length !== expected) {
    const wrong = length < expected ? 'truncated' : 'too long'
    throw new ImagesError(
      `${where}: ${wrong}, got ${length} bytes, expected ${expected} (${dtype}, shape ${shape.join(' x ')})`,
    )
  }
  return { ...header, end }
}

/** The bytes of a .npy file, format version 1.0. */
export function encodeNpy({ dtype, shape, data }: NpyArray): Uint8Array {
  const order = READERS[dtype].bytes === 1 ? '|' : '<'
  const dims = shape.map((dim) => `${dim},`).join(' ')
  const header = `{'descr': '${order}${dtype}', 'fortran_order': False, 'shape': (${dims}), }`
  const end = 64 * Math.ceil((MAGIC.length + 4 + header.length + 1) / 64)
  const text = `${MAGIC}\x01\x00\0\0${header}`.padEnd(end - 1) + '\n'
  const bytes = new Uint8Array(end + data.byteLength)
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i)
  new DataView(bytes.buffer).setUint16(8, end - 10, true)
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), end)
  return bytes
}

function readHeader(bytes: Uint8Array, where: string): { text: string; end: number } {
  if (!isNpy(bytes)) {
    throw new ImagesError(`${where}: no NumPy array, got other first bytes, expected a .npy file`)
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const start = (bytes[6] ?? 0) === 1 ? 10 : 12
  const length = bytes.length < start ? Infinity : readLength(view, start)
  if (start + length > bytes.length) {
    throw new ImagesError(`${where}: truncated, got ${bytes.length} bytes, expected a whole header`)
  }
  const end = start + length
  return { text: new TextDecoder('latin1').decode(bytes.subarray(start, end)), end }
}

function readLength(view: DataView, start: number): number {
  return start === 10 ? view.getUint16(8, true) : view.getUint32(8, true)
}

function parseHeader(text: string, where: string): Omit<NpyHeader, 'end'> {
  const descr = /'descr':\s*'([^']*)'/.exec(text)?.[1] ?? 'a structured type'
  const [order, dtype] = [descr.slice(0, 1), descr.slice(1)]
  const dims = /'shape':\s*\(([^)]*)\)/.exec(text)?.[1]
  if (!isType(dtype) && dtype !== 'f2') {
    const known = [...Object.keys(READERS), 'f2'].join(', ')
    throw new ImagesError(`${where}: values of an unknown type, got ${descr}, expected ${known}`)
  }
  if (dims === undefined) {
    throw new ImagesError(`${where}: damaged header, got no shape, expected one like (10, 28, 28)`)
  }
  if (/'fortran_order':\s*True/.test(text)) {
    throw new ImagesError(
      `${where}: order of values not readable, got Fortran order, expected C order (np.ascontiguousarray)`,
    )
  }
  const shape = dims.split(',').map((dim) => dim.trim())
  return { dtype, bigEndian: order === '>', shape: shape.filter(Boolean).map(Number) }
}

function isType(dtype: string): dtype is NpyType {
  return Object.hasOwn(READERS, dtype)
}

/** Half floats as float32, exactly. */
function singles(halves: Uint16Array): Float32Array {
  return Float32Array.from(halves, (bits) => {
    const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023]
    const sign = bits & 0x8000 ? -1 : 1
    if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN
    if (exponent === 0) return sign * fraction * 2 ** -24
    return sign * (1024 + fraction) * 2 ** (exponent - 25)
  })
}

/** Reverses the bytes of each value in place. */
function swap(bytes: Uint8Array, width: number): void {
  for (let i = 0; i < bytes.length; i += width) bytes.subarray(i, i + width).reverse()
}

// NumPy's .npy format: a header with type and shape, then the values.
import { decodeNpyHeader, NPY_MAGIC, type NpyHeader } from './npy/header.js'

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

/** The types that are written, with their arrays; `b1` is true and false as 1 and 0. */
const ARRAYS = {
  b1: Uint8Array,
  u1: Uint8Array,
  i1: Int8Array,
  u2: Uint16Array,
  i2: Int16Array,
  u4: Uint32Array,
  i4: Int32Array,
  u8: BigUint64Array,
  i8: BigInt64Array,
  f4: Float32Array,
  f8: Float64Array,
} as const

/** NumPy's code of a type without its byte order: kind and bytes a value, such as `f4`. */
export type NpyType = keyof typeof ARRAYS

/**
 * The array in a .npy file's bytes; half floats become float32, Fortran order becomes C order.
 *
 * @param where the file's name, for messages
 * @throws ImagesError where the bytes are no .npy file or a damaged one (whatever NumPy refuses is
 * refused), or where values are of another type
 */
export function decodeNpy(bytes: Uint8Array, where: string): NpyArray {
  const header = decodeNpyHeader(bytes, where, bytes.length)
  const { shape } = header
  // A copy: typed arrays need aligned memory, and the file's may not be.
  const stored = Uint8Array.from(bytes.subarray(header.end))
  return { ...valuesOf(header.fortranOrder ? cOrdered(stored, header) : stored, header), shape }
}

function valuesOf(
  bytes: Uint8Array<ArrayBuffer>,
  { dtype, bigEndian, width }: NpyHeader,
): Pick<NpyArray, 'dtype' | 'data'> {
  if (bigEndian) swapBytes(bytes, width)
  // Half floats have no typed array everywhere: their bits are read and made float32.
  if (dtype === 'f2') return { dtype: 'f4', data: singles(new Uint16Array(bytes.buffer)) }
  return { dtype, data: new ARRAYS[dtype](bytes.buffer) }
}

/** The bytes of a .npy file, format version 1.0. */
export function encodeNpy({ dtype, shape, data }: NpyArray): Uint8Array {
  const order = ARRAYS[dtype].BYTES_PER_ELEMENT === 1 ? '|' : '<'
  const dims = shape.map((dim) => `${dim},`).join(' ')
  const header = `{'descr': '${order}${dtype}', 'fortran_order': False, 'shape': (${dims}), }`
  const end = 64 * Math.ceil((NPY_MAGIC.length + 4 + header.length + 1) / 64)
  const text = `${NPY_MAGIC}\x01\x00\0\0${header}`.padEnd(end - 1) + '\n'
  const bytes = new Uint8Array(end + data.byteLength)
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i)
  new DataView(bytes.buffer).setUint16(8, end - 10, true)
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), end)
  return bytes
}

/** The bytes of values whose first index runs fastest, in the order in which the last one does. */
function cOrdered(
  bytes: Uint8Array,
  { shape, width }: Pick<NpyHeader, 'shape' | 'width'>,
): Uint8Array<ArrayBuffer> {
  const strides = shape.map((_, axis) => shape.slice(0, axis).reduce((a, b) => a * b, width))
  const indices = shape.map(() => 0)
  const ordered = new Uint8Array(bytes.length)
  let from = 0
  for (let to = 0; to < bytes.length; to += width) {
    for (let i = 0; i < width; i++) ordered[to + i] = bytes[from + i] ?? 0
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const [index = 0, size = 0, stride = 0] = [indices[axis], shape[axis], strides[axis]]
      from += stride
      indices[axis] = index + 1
      if (index + 1 < size) break
      indices[axis] = 0
      from -= size * stride
    }
  }
  return ordered
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
export function swapBytes(bytes: Uint8Array, width: number): void {
  for (let i = 0; i < bytes.length; i += width) bytes.subarray(i, i + width).reverse()
}

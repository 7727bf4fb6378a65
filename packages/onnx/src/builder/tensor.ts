// Numbers to tensors and back, as raw little-endian bytes.
import { dataTypeBytes } from '../data-types.js'
import { elementCount } from './value.js'
import { OnnxError } from '../error.js'
import type { DataType, TensorData } from '../types.js'

type Setter = (view: DataView, offset: number, value: number) => void
type Getter = (view: DataView, offset: number) => number

const accessors: Partial<Record<DataType, readonly [Setter, Getter]>> = {
  float32: [(v, o, x) => v.setFloat32(o, x, true), (v, o) => v.getFloat32(o, true)],
  float64: [(v, o, x) => v.setFloat64(o, x, true), (v, o) => v.getFloat64(o, true)],
  int32: [(v, o, x) => v.setInt32(o, x, true), (v, o) => v.getInt32(o, true)],
  int8: [(v, o, x) => v.setInt8(o, x), (v, o) => v.getInt8(o)],
  int16: [(v, o, x) => v.setInt16(o, x, true), (v, o) => v.getInt16(o, true)],
  uint16: [(v, o, x) => v.setUint16(o, x, true), (v, o) => v.getUint16(o, true)],
  uint32: [(v, o, x) => v.setUint32(o, x, true), (v, o) => v.getUint32(o, true)],
  uint8: [(v, o, x) => v.setUint8(o, x), (v, o) => v.getUint8(o)],
  bool: [(v, o, x) => v.setUint8(o, x ? 1 : 0), (v, o) => v.getUint8(o)],
  int64: [(v, o, x) => v.setBigInt64(o, BigInt(x), true), (v, o) => Number(v.getBigInt64(o, true))],
  uint64: [
    (v, o, x) => v.setBigUint64(o, BigInt(x), true),
    (v, o) => Number(v.getBigUint64(o, true)),
  ],
}

/** A tensor of numbers, row-major; booleans are 0 and 1. */
export function tensorOf(
  dataType: DataType,
  dims: readonly number[],
  values: ArrayLike<number>,
): TensorData {
  if (values.length !== elementCount(dims)) {
    throw new OnnxError(
      `tensor: wrong number of values, got ${values.length}, expected ${elementCount(dims)} for [${dims.join(', ')}]`,
    )
  }
  const width = dataTypeBytes(dataType)
  const view = new DataView(new ArrayBuffer(values.length * width))
  const [set] = accessorsOf(dataType)
  for (let i = 0; i < values.length; i++) {
    set(view, i * width, values[i] ?? 0)
  }
  return { dataType, dims, bytes: new Uint8Array(view.buffer) }
}

/** The numbers of a tensor; 64-bit integers beyond 2^53 lose precision. */
export function numbersOf(tensor: TensorData): number[] {
  const width = dataTypeBytes(tensor.dataType)
  const { buffer, byteOffset, byteLength } = tensor.bytes
  const view = new DataView(buffer, byteOffset, byteLength)
  const [, get] = accessorsOf(tensor.dataType)
  const numbers = new Array<number>(byteLength / width)
  for (let i = 0; i < numbers.length; i++) numbers[i] = get(view, i * width)
  return numbers
}

function accessorsOf(dataType: DataType): readonly [Setter, Getter] {
  const pair = accessors[dataType]
  if (pair === undefined) {
    const known = Object.keys(accessors).join(', ')
    throw new OnnxError(
      `tensor: type cannot be read as numbers, got ${dataType}, expected ${known}`,
    )
  }
  return pair
}

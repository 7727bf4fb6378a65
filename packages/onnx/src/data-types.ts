// The element types: their codes in TensorProto.DataType and their sizes in bytes.
import { OnnxError } from './error.js'
import type { DataType } from './types.js'

const dataTypes: Readonly<Record<DataType, { readonly code: number; readonly bytes: number }>> = {
  float32: { code: 1, bytes: 4 },
  uint8: { code: 2, bytes: 1 },
  int8: { code: 3, bytes: 1 },
  uint16: { code: 4, bytes: 2 },
  int16: { code: 5, bytes: 2 },
  int32: { code: 6, bytes: 4 },
  int64: { code: 7, bytes: 8 },
  bool: { code: 9, bytes: 1 },
  float16: { code: 10, bytes: 2 },
  float64: { code: 11, bytes: 8 },
  uint32: { code: 12, bytes: 4 },
  uint64: { code: 13, bytes: 8 },
}

const byCode = new Map(
  Object.entries(dataTypes).map(([name, { code }]) => [code, name as DataType] as const),
)

/** The code of an element type in TensorProto.DataType. */
export function dataTypeCode(dataType: DataType): number {
  return dataTypes[dataType].code
}

/** The bytes that one element takes. */
export function dataTypeBytes(dataType: DataType): number {
  return dataTypes[dataType].bytes
}

/** The element type of a code; one that is not supported here is an OnnxError. */
export function dataTypeOfCode(code: number): DataType {
  const dataType = byCode.get(code)
  if (dataType === undefined) {
    const known = [...byCode].map(([each, name]) => `${each} (${name})`).join(', ')
    throw new OnnxError(`element type: unknown, got ${code}, expected one of ${known}`)
  }
  return dataType
}

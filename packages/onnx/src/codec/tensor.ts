// Tensors as TensorProto: always written as raw bytes, read from every field that may hold them.
import { elementCount } from '../builder/value.js'
import { dataTypeBytes, dataTypeCode, dataTypeOfCode } from '../data-types.js'
import { OnnxError } from '../error.js'
import type { onnx } from '../proto/onnx.js'
import { checkTensorBytes } from '../check/tensor.js'
import type { DataType, Initializer, TensorData } from '../types.js'
import { EXTERNAL, placeOf, type ReadExternal } from './external.js'
import { unpackVarints } from './varint.js'

type Message = onnx.TensorProto.$Properties

/** The message of a tensor; its bytes are shared, not copied. */
export function tensorMessage(tensor: TensorData, name: string): Message {
  const { dataType, dims, bytes } = tensor
  checkTensorBytes(tensor, `tensor ${name}`)
  return { name: name || null, dims: [...dims], dataType: dataTypeCode(dataType), rawData: bytes }
}

/** The tensor of a message; raw bytes stay views into what was decoded or read. */
export function tensorOf(message: Message, read?: ReadExternal): Initializer {
  const name = message.name ?? ''
  const what = `tensor ${name}`
  const dataType = dataTypeOfCode(message.dataType ?? 0)
  const dims = message.dims ?? []
  const bytes =
    message.dataLocation === EXTERNAL
      ? externalBytes(message, { what, read, length: elementCount(dims) * dataTypeBytes(dataType) })
      : (message.rawData ?? typedBytes(message, dataType))
  const tensor = { name, dataType, dims, bytes }
  checkTensorBytes(tensor, what)
  return tensor
}

interface Wanted {
  readonly what: string
  readonly read: ReadExternal | undefined
  readonly length: number
}

function externalBytes(message: Message, { what, read, length }: Wanted): Uint8Array {
  if (read === undefined) {
    throw new OnnxError(`${what}: data in another file, got external data, expected it inline`)
  }
  return read(placeOf(message, what, length))
}

/** Little-endian bytes of the elements in the field that ONNX sets aside for the type. */
function typedBytes(message: Message, dataType: DataType): Uint8Array {
  switch (dataType) {
    case 'float32':
      return joined(message.floatData)
    case 'float64':
      return joined(message.doubleData)
    case 'int64':
      return narrowed(joined(message.int64Data), dataType)
    case 'uint32':
    case 'uint64':
      return narrowed(joined(message.uint64Data), dataType)
    default:
      return narrowed(joined(message.int32Data), dataType)
  }
}

/** A packed field may be split into several parts. */
function joined(parts: readonly Uint8Array[] | null | undefined): Uint8Array {
  const [first, ...others] = parts ?? []
  if (first === undefined) return new Uint8Array(0)
  if (others.length === 0) return first
  const whole = new Uint8Array(others.reduce((sum, part) => sum + part.length, first.length))
  whole.set(first)
  let offset = first.length
  for (const part of others) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}

/** The low bytes of each packed integer. */
function narrowed(packed: Uint8Array, dataType: DataType): Uint8Array {
  const values = unpackVarints(packed)
  const size = dataTypeBytes(dataType)
  const bytes = new Uint8Array(values.length * size)
  const view = new DataView(new ArrayBuffer(8))
  values.forEach((value, index) => {
    view.setBigInt64(0, value, true)
    bytes.set(new Uint8Array(view.buffer, 0, size), index * size)
  })
  return bytes
}

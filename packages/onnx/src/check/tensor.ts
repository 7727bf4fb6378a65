// The check that a tensor has as many bytes as its shape and type ask for.
import { elementCount } from '../builder/value.js'
import { dataTypeBytes } from '../data-types.js'
import { OnnxError } from '../error.js'
import type { TensorData } from '../types.js'

/** Throws OnnxError unless the dims are sizes and the bytes are as many as they ask for. */
export function checkTensorBytes(tensor: TensorData, what: string): void {
  const { dataType, dims, bytes } = tensor
  if (!dims.every((dim) => Number.isSafeInteger(dim) && dim >= 0)) {
    throw new OnnxError(`${what}: bad shape, got [${dims.join(', ')}], expected sizes from 0`)
  }
  const expected = elementCount(dims) * dataTypeBytes(dataType)
  if (bytes.byteLength === expected) return
  throw new OnnxError(
    `${what}: wrong length, got ${bytes.byteLength} bytes, expected ${expected} for ${dataType} [${dims.join(', ')}]`,
  )
}

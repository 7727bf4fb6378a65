// Tensors whose data is in a file beside the model: where each one is, and safely so.
import { checkTensorBytes } from '../check/tensor.js'
import { dataTypeCode } from '../data-types.js'
import { OnnxError } from '../error.js'
import type { onnx } from '../proto/onnx.js'
import type { Initializer } from '../types.js'

/** The bytes of a tensor within a file. */
export interface ExternalPlace {
  /** The file's path relative to the model's folder, which it does not leave. */
  readonly location: string
  /** In bytes from the file's start. */
  readonly offset: number
  /** In bytes. */
  readonly length: number
}

/** Reads bytes of a file beside the model. */
export type ReadExternal = (place: ExternalPlace) => Uint8Array

/** Where the tensors are that are not in the model's own file. */
export type Places = ReadonlyMap<Initializer, ExternalPlace>

/** TensorProto.DataLocation. */
export const EXTERNAL = 1

/** Memory is mapped by pages, which large tensors begin on; small ones only by what CPUs load at once. */
const PAGE = 4096
const LINE = 64
const LARGE = 2 ** 20

interface Placing {
  readonly dataFile: string
  readonly threshold: number
}

/** Puts tensors of enough bytes into a file, one after another; its bytes in parts, gaps included. */
export function placed(tensors: readonly Initializer[], { dataFile, threshold }: Placing) {
  checkLocation(dataFile, 'data file')
  const places = new Map<Initializer, ExternalPlace>()
  const data: Uint8Array[] = []
  let end = 0
  for (const tensor of tensors) {
    const length = tensor.bytes.byteLength
    if (length === 0 || length < threshold) continue
    const step = length >= LARGE ? PAGE : LINE
    const offset = Math.ceil(end / step) * step
    if (offset > end) data.push(new Uint8Array(offset - end))
    data.push(tensor.bytes)
    places.set(tensor, { location: dataFile, offset, length })
    end = offset + length
  }
  return { places, data }
}

/** The message of a tensor that says only where its data is. */
export function externalMessage(
  tensor: Initializer,
  { location, offset, length }: ExternalPlace,
): onnx.TensorProto.$Properties {
  checkTensorBytes(tensor, `tensor ${tensor.name}`)
  return {
    name: tensor.name,
    dims: [...tensor.dims],
    dataType: dataTypeCode(tensor.dataType),
    dataLocation: EXTERNAL,
    externalData: Object.entries({ location, offset, length }).map(([key, value]) => ({
      key,
      value: String(value),
    })),
  }
}

/** Where a message says that a tensor of so many bytes is. */
export function placeOf(
  message: onnx.TensorProto.$Properties,
  what: string,
  bytes: number,
): ExternalPlace {
  const entries = (message.externalData ?? []).map(({ key, value }) => [key, value ?? ''] as const)
  const said = new Map(entries)
  const location = said.get('location') ?? ''
  checkLocation(location, what)
  const [offset, length] = [said.get('offset') ?? '0', said.get('length') ?? String(bytes)]
  if (!isCount(offset) || Number(length) !== bytes) {
    throw new OnnxError(
      `${what}: place in ${location}, got offset ${offset} and length ${length}, expected ${bytes} bytes from 0 or later`,
    )
  }
  return { location, offset: Number(offset), length: bytes }
}

function isCount(text: string): boolean {
  return /^\d+$/.test(text) && Number.isSafeInteger(Number(text))
}

/** Throws OnnxError for a path that leaves the model's folder or is not portable. */
function checkLocation(location: string, what: string): void {
  const parts = location.split('/')
  const outside = parts.some((part) => part === '' || part === '.' || part === '..')
  // A colon is a drive or a scheme, a backslash another separator on Windows.
  if (!outside && !/[\\:\0]/.test(location)) return
  throw new OnnxError(
    `${what}: file of its data, got "${location}", expected a path within the model's folder`,
  )
}

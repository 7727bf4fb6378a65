// The safetensors format: an eight-byte length, a JSON header, the tensors' bytes one after another.
import { fields, show } from '../check.js'
import { TrainError } from '../error.js'

/** A tensor of the two types that checkpoints need. */
export type SafeTensor =
  | { readonly dtype: 'F32'; readonly shape: readonly number[]; readonly data: Float32Array }
  | { readonly dtype: 'U8'; readonly shape: readonly number[]; readonly data: Uint8Array }

/** What a safetensors file holds: tensors by name, and its `__metadata__`. */
export interface SafeTensors {
  readonly tensors: Readonly<Record<string, SafeTensor>>
  readonly metadata: Readonly<Record<string, string>>
}

const WHAT = 'safetensors'
const LENGTH_BYTES = 8
const ALIGNMENT = 8
/** The format's own limit. */
const LARGEST_HEADER = 100_000_000
const BYTES = { F32: 4, U8: 1 } as const

/**
 * The bytes of a safetensors file (huggingface/safetensors, README "Format"): little endian, row-major,
 * without gaps. float32 tensors come first and the data starts at a multiple of eight, so that each lies
 * on a multiple of its element's size; else in the order given.
 */
export function encodeSafetensors({ tensors, metadata }: SafeTensors): Uint8Array<ArrayBuffer> {
  const entries = Object.entries(tensors)
  const ordered = [
    ...entries.filter(([, { dtype }]) => dtype === 'F32'),
    ...entries.filter(([, { dtype }]) => dtype !== 'F32'),
  ]
  const header: Record<string, unknown> = { __metadata__: metadata }
  let end = 0
  for (const [name, tensor] of ordered) {
    const begin = end
    end += checkedBytes(name, tensor)
    header[name] = { dtype: tensor.dtype, shape: tensor.shape, data_offsets: [begin, end] }
  }
  const json = paddedJson(header)
  const bytes = new Uint8Array(LENGTH_BYTES + json.length + end)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true)
  bytes.set(json, LENGTH_BYTES)
  let offset = LENGTH_BYTES + json.length
  for (const [, { data }] of ordered) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset)
    offset += data.byteLength
  }
  return bytes
}

/**
 * The tensors and metadata of a safetensors file. The arrays are copies.
 *
 * @throws TrainError where the bytes are cut off, no such file, or hold another type than F32 or U8
 */
export function decodeSafetensors(bytes: Uint8Array): SafeTensors {
  const { header, start } = decodeHeader(bytes)
  const { __metadata__: metadata = {}, ...rest } = header
  const entries = Object.entries(rest).map(
    ([name, value]) => [name, parseEntry(name, value)] as const,
  )
  checkOffsets(
    entries.map(([, entry]) => entry),
    bytes.length - start,
  )
  const tensors = entries.map(([name, { dtype, shape, begin, end }]): [string, SafeTensor] => {
    // Not slice: of a Node Buffer that is no copy.
    const data = Uint8Array.from(bytes.subarray(start + begin, start + end))
    if (dtype === 'U8') return [name, { dtype, shape, data }]
    return [name, { dtype, shape, data: new Float32Array(data.buffer) }]
  })
  return { tensors: Object.fromEntries(tensors), metadata: parseMetadata(metadata) }
}

interface Entry {
  readonly dtype: 'F32' | 'U8'
  readonly shape: readonly number[]
  readonly begin: number
  readonly end: number
}

function checkedBytes(name: string, { dtype, shape, data }: SafeTensor): number {
  const expected = elements(shape) * BYTES[dtype]
  if (data.byteLength === expected) return expected
  throw new TrainError(
    `${WHAT}: wrong length of ${name}, got ${data.byteLength} bytes, expected ${expected} for [${shape.join(', ')}]`,
  )
}

function paddedJson(header: Record<string, unknown>): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(header))
  const padded = new Uint8Array(Math.ceil(json.length / ALIGNMENT) * ALIGNMENT).fill(0x20)
  padded.set(json)
  return padded
}

function decodeHeader(bytes: Uint8Array): { header: Record<string, unknown>; start: number } {
  if (bytes.length < LENGTH_BYTES) {
    throw new TrainError(
      `${WHAT}: truncated, got ${bytes.length} bytes, expected at least ${LENGTH_BYTES}`,
    )
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const length = Number(view.getBigUint64(0, true))
  if (length > LARGEST_HEADER) {
    throw new TrainError(
      `${WHAT}: not such a file, got a header of ${length} bytes, expected at most ${LARGEST_HEADER}`,
    )
  }
  const start = LENGTH_BYTES + length
  if (start > bytes.length) {
    throw new TrainError(
      `${WHAT}: truncated, got ${bytes.length} bytes, expected at least ${start} for its header`,
    )
  }
  return { header: parseHeader(bytes.subarray(LENGTH_BYTES, start)), start }
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return fields('header', JSON.parse(text) as unknown)
  } catch (cause) {
    const [first = ''] = new TextDecoder().decode(bytes.subarray(0, 20)).split('\n')
    throw new TrainError(`${WHAT}: not such a file, got ${show(first)}, expected a JSON header`, {
      cause,
    })
  }
}

function parseEntry(name: string, value: unknown): Entry {
  const { dtype, shape, data_offsets: offsets } = fields(name, value)
  if (dtype !== 'F32' && dtype !== 'U8') {
    throw new TrainError(`${WHAT}: type of ${name}, got ${show(dtype)}, expected F32 or U8`)
  }
  if (!isSizes(shape)) {
    throw new TrainError(`${WHAT}: shape of ${name}, got ${show(shape)}, expected whole numbers`)
  }
  const expected = elements(shape) * BYTES[dtype]
  if (isSizes(offsets) && offsets.length === 2) {
    const [begin = 0, end = 0] = offsets
    if (end - begin === expected) return { dtype, shape, begin, end }
  }
  throw new TrainError(
    `${WHAT}: place of ${name}, got ${show(offsets)}, expected two offsets ${expected} bytes apart`,
  )
}

/** Tensors must lie one after another and fill the file. */
function checkOffsets(entries: readonly Entry[], length: number): void {
  let end = 0
  for (const entry of entries.toSorted((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (entry.begin !== end) {
      throw new TrainError(`${WHAT}: gap or overlap, got offset ${entry.begin}, expected ${end}`)
    }
    end = entry.end
  }
  if (end === length) return
  const what = length < end ? 'truncated' : 'too long'
  throw new TrainError(`${WHAT}: ${what}, got ${length} bytes of tensors, expected ${end}`)
}

function parseMetadata(value: unknown): Record<string, string> {
  const entries = Object.entries(fields('__metadata__', value)).map(([key, text]) => {
    if (typeof text === 'string') return [key, text] as const
    throw new TrainError(`${WHAT}: metadata ${key}, got ${show(text)}, expected a string`)
  })
  return Object.fromEntries(entries)
}

function isSizes(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((each) => Number.isSafeInteger(each) && each >= 0)
}

function elements(shape: readonly number[]): number {
  return shape.reduce((product, dim) => product * dim, 1)
}

// Mutations of PNG files: chunks lost, doubled and reordered, fields of the header, pixels packed anew.
import { crc32, deflateSync, inflateSync } from 'node:zlib'
import type { Random } from '../random.js'
import { bytesOf, type Mutator } from '../target.js'
import { concatenated, integerBytes, mutateBytes, replaced } from './bytes.js'
import { INTEGERS } from './edges.js'

interface Chunk {
  readonly type: Uint8Array
  readonly data: Uint8Array
}

const SIGNATURE = 8

function chunksOf(bytes: Uint8Array): Chunk[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const chunks: Chunk[] = []
  let at = SIGNATURE
  while (at + 12 <= bytes.length) {
    const length = view.getUint32(at)
    if (at + 12 + length > bytes.length) break
    chunks.push({
      type: bytes.subarray(at + 4, at + 8),
      data: bytes.subarray(at + 8, at + 8 + length),
    })
    at += 12 + length
  }
  return chunks
}

function written(signature: Uint8Array, chunks: readonly Chunk[]): Uint8Array {
  const packed = chunks.map(({ type, data }) => {
    const body = concatenated(type, data)
    return concatenated(
      integerBytes(data.length, 4, false),
      body,
      integerBytes(crc32(body), 4, false),
    )
  })
  return concatenated(signature, ...packed)
}

const TYPES = [
  'PLTE',
  'tRNS',
  'IDAT',
  'IEND',
  'IHDR',
  'gAMA',
  'iCCP',
  'acTL',
  'fcTL',
  'fdAT',
  'tEXt',
  'zTXt',
  'abcd',
] as const

type ChunkMutation = (chunks: Chunk[], at: number, random: Random) => Chunk[]

/** Width, height, depth, colour type, compression, filter, interlace. */
const changeHeader: ChunkMutation = (chunks, _, random) => {
  const [header, ...others] = chunks
  if (header === undefined) return chunks
  const [at, width] = random.pick([
    [0, 4],
    [4, 4],
    [8, 1],
    [9, 1],
    [10, 1],
    [11, 1],
    [12, 1],
  ] as const)
  const value = width === 4 ? random.pick(INTEGERS) : random.pick([0, 1, 2, 3, 4, 6, 8, 16, 255])
  const data = replaced(header.data, [at, at + width], integerBytes(value, width, false))
  return [{ ...header, data }, ...others]
}

/** Pixels that are changed before they are packed, or far more of them. */
const changePixels: ChunkMutation = (chunks, _, random) => {
  const at = chunks.findIndex(({ type }) => String.fromCharCode(...type) === 'IDAT')
  const chunk = chunks[at]
  if (chunk === undefined) return chunks
  try {
    const pixels = inflateSync(chunk.data, { maxOutputLength: 2 ** 20 })
    const changed = random.chance(0.1)
      ? new Uint8Array(2 ** 24)
      : mutateBytes(pixels, random, [pixels])
    return chunks.with(at, { ...chunk, data: deflateSync(changed, { level: 1 }) })
  } catch {
    return chunks
  }
}

const mutations: readonly ChunkMutation[] = [
  changeHeader,
  changeHeader,
  changePixels,
  (chunks, at) => chunks.toSpliced(at, 1),
  (chunks, at) => chunks.toSpliced(at, 0, ...chunks.slice(at, at + 1)),
  (chunks, at, random) =>
    [...chunks.toSpliced(at, 1), ...chunks.slice(at, at + 1)].slice(
      0,
      1 + random.below(chunks.length + 1),
    ),
  (chunks, at, random) => {
    const data = Uint8Array.from({ length: random.pick([0, 1, 3, 6, 768, 1000]) }, () =>
      random.below(256),
    )
    return chunks.toSpliced(at, 0, { type: bytesOf(random.pick(TYPES)), data })
  },
  (chunks, at, random) =>
    chunks.map((chunk, i) =>
      i === at
        ? {
            ...chunk,
            data:
              chunk.data.length === 0 ? chunk.data : mutateBytes(chunk.data, random, [chunk.data]),
          }
        : chunk,
    ),
]

/** Changes a PNG file; checksums fit unless bytes are changed alone. */
export const mutatePng: Mutator = (input, random, seeds) => {
  const chunks = chunksOf(input)
  if (chunks.length === 0 || random.chance(0.1)) return mutateBytes(input, random, seeds)
  const changed = random.pick(mutations)(chunks, random.below(chunks.length), random)
  return written(input.subarray(0, SIGNATURE), changed)
}

// Mutations that know nothing of a format: bits, bytes, ranges, whole numbers, pieces of other inputs.
import type { Random } from '../random.js'
import type { Mutator } from '../target.js'
import { INTEGERS } from './edges.js'

/** Puts pieces one after another. */
export function concatenated(...pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0))
  let offset = 0
  for (const piece of pieces) {
    bytes.set(piece, offset)
    offset += piece.length
  }
  return bytes
}

/** A start and an end within a length, mostly close to each other. */
export function rangeIn(length: number, random: Random): readonly [start: number, end: number] {
  const start = random.below(length)
  const most = random.chance(0.8) ? 16 : length
  return [start, Math.min(length, start + 1 + random.below(most))]
}

/** Bytes with what stands between two offsets replaced. */
export function replaced(
  bytes: Uint8Array,
  [start, end]: readonly [number, number],
  by: Uint8Array,
): Uint8Array {
  return concatenated(bytes.subarray(0, start), by, bytes.subarray(end))
}

function randomBytes(count: number, random: Random): Uint8Array {
  return Uint8Array.from({ length: count }, () => random.below(256))
}

const mutations: readonly Mutator[] = [
  // One bit.
  (bytes, random) => {
    const at = random.below(bytes.length)
    return replaced(bytes, [at, at + 1], Uint8Array.of((bytes[at] ?? 0) ^ (1 << random.below(8))))
  },
  // One byte.
  (bytes, random) => {
    const at = random.below(bytes.length)
    const value = random.pick([0, 1, 0x7f, 0x80, 0xff, 0x0a, 0x22, random.below(256)])
    return replaced(bytes, [at, at + 1], Uint8Array.of(value))
  },
  // A range is lost, doubled, emptied or filled.
  (bytes, random) => replaced(bytes, rangeIn(bytes.length, random), new Uint8Array(0)),
  (bytes, random) => {
    const [start, end] = rangeIn(bytes.length, random)
    const piece = bytes.subarray(start, end)
    return replaced(bytes, [end, end], piece)
  },
  (bytes, random) => {
    const [start, end] = rangeIn(bytes.length, random)
    return replaced(bytes, [start, end], new Uint8Array(end - start).fill(random.pick([0, 0xff])))
  },
  (bytes, random) => {
    const at = random.below(bytes.length + 1)
    return replaced(bytes, [at, at], randomBytes(1 + random.below(16), random))
  },
  // Cut off, or followed by more.
  (bytes, random) => bytes.subarray(0, random.below(bytes.length)),
  (bytes, random) => concatenated(bytes, randomBytes(1 + random.below(64), random)),
  // A whole number.
  (bytes, random) => {
    const width = random.pick([1, 2, 4, 8] as const)
    const at = random.below(bytes.length - width + 1)
    return replaced(
      bytes,
      [at, at + width],
      integerBytes(random.pick(INTEGERS), width, random.chance(0.5)),
    )
  },
  // A piece of another seed.
  (bytes, random, seeds) => {
    const other = random.pick(seeds)
    const [start, end] = rangeIn(other.length, random)
    return replaced(bytes, rangeIn(bytes.length, random), other.subarray(start, end))
  },
  (bytes, random, seeds) => {
    const other = random.pick(seeds)
    return concatenated(
      bytes.subarray(0, random.below(bytes.length + 1)),
      other.subarray(random.below(other.length + 1)),
    )
  },
]

/** The low bytes of a whole number. */
export function integerBytes(
  value: number,
  width: 1 | 2 | 4 | 8,
  littleEndian: boolean,
): Uint8Array {
  const view = new DataView(new ArrayBuffer(8))
  view.setBigUint64(0, BigInt.asUintN(64, BigInt(value)), true)
  const bytes = new Uint8Array(view.buffer).subarray(0, width)
  return littleEndian ? bytes : bytes.reverse()
}

/** Changes an input in one place, whatever it is. */
export const mutateBytes: Mutator = (bytes, random, seeds) =>
  bytes.length === 0
    ? Uint8Array.from(random.pick(seeds))
    : random.pick(mutations)(bytes, random, seeds)

/** One of several mutators at each call. */
export function oneOf(...mutators: readonly [Mutator, ...Mutator[]]): Mutator {
  return (bytes, random, seeds) => random.pick(mutators)(bytes, random, seeds)
}

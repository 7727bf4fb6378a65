// Named random streams: any draw follows from (seed, stream name, index) alone.
import { boxMuller, uniform } from './box-muller.js'
import { philoxBlocks, type Counter } from './philox.js'
import { shuffle, type Shuffle } from './shuffle.js'

/**
 * A named stream of random numbers. It has no state: asking twice for the same range gives the
 * same numbers, and a range may be drawn in any pieces.
 */
export interface RandomStream {
  /** Unsigned 32-bit words `offset` to `offset + count`: word i is word i mod 4 of block floor(i / 4). */
  words(count: number, offset?: number): Uint32Array
  /** Float64 uniforms in the open interval (0, 1): uniform i is (word i + 0.5) / 2^32. */
  uniforms(count: number, offset?: number): Float64Array
  /**
   * Standard normals by Box–Muller, computed in float64 and rounded once to float32. Normals 2j and
   * 2j + 1 are r cos(a) and r sin(a), with r = sqrt(-2 ln u(2j)) and a = 2 pi u(2j + 1).
   */
  normals(count: number, offset?: number): Float32Array
  /**
   * A permutation of 0 to count - 1, count below 2^32: Fisher–Yates from the last place down, the
   * place i changing with place floor(word(count - 1 - i) * (i + 1) / 2^32).
   */
  permutation(count: number): Uint32Array
  /**
   * An order of 0 to size - 1, size below 2^32, of which any stretch is to be had alone: see
   * {@link shuffle}. Value i of its tables is floor(word(i) * side / 2^32).
   */
  shuffle(size: number): Shuffle
}

/**
 * The stream of a seed and a name. The Philox key is the seed (low word, high word); the counter is
 * the block's index (low, high) followed by the 64-bit FNV-1a hash of the name's UTF-8 bytes.
 *
 * @param seed a whole number from 0 to 2^53 - 1
 * @param name any string, for example `noise` or `init/encoder/hidden/kernel`
 * @throws RangeError where the seed is no such number
 */
export function randomStream(seed: number, name: string): RandomStream {
  const words = wordSource(seed, name)
  const below = (bound: number, count: number) =>
    words(count).map((word) => Math.floor((word * bound) / 2 ** 32))

  return {
    words,
    uniforms: (count, offset) => uniforms(words(count, offset)),
    normals: (count, offset = 0) => normals(words, count, offset),
    permutation: (count) => permutation(words, count),
    shuffle: (size) => shuffle(size, below),
  }
}

/** The words of a stream. Throws RangeError where the seed is unusable. */
export function wordSource(seed: number, name: string): Words {
  const { key, hash } = streamKey(seed, name)
  return (count, offset = 0) => {
    const first = Math.floor(offset / 4)
    const last = Math.ceil((offset + count) / 4)
    const blocks = new Uint32Array(4 * Math.max(0, last - first))
    const counter: Counter = [first >>> 0, Math.floor(first / 2 ** 32), ...hash]
    philoxBlocks(counter, key, blocks)
    return blocks.subarray(offset - 4 * first, offset - 4 * first + count)
  }
}

/** A stream's key, and the upper half of its counters. Throws RangeError where the seed is unusable. */
export function streamKey(seed: number, name: string) {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new RangeError(
      `seed: not a usable seed, got ${seed}, expected a whole number from 0 to 2^53 - 1`,
    )
  }
  return { key: [seed >>> 0, Math.floor(seed / 2 ** 32)], hash: fnv1a64(name) } as const
}

type Words = RandomStream['words']

function uniforms(words: Uint32Array): Float64Array {
  const drawn = new Float64Array(words.length)
  // A plain loop: Float64Array.from takes ten times as long.
  for (let i = 0; i < words.length; i++) drawn[i] = uniform(words[i] ?? 0)
  return drawn
}

/** Words at a time, so that they are read where they were written: in the processor's own memory. */
const STRETCH = 4096

function normals(words: Words, count: number, offset: number): Float32Array {
  const skip = offset % 2
  const drawn = new Float32Array(2 * Math.ceil((count + skip) / 2))
  for (let start = 0; start < drawn.length; start += STRETCH) {
    const stretch = drawn.subarray(start, start + STRETCH)
    boxMuller(words(stretch.length, offset - skip + start), stretch)
  }
  return drawn.subarray(skip, skip + count)
}

function permutation(words: Words, count: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i)
  const source = words(Math.max(0, count - 1))
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(((source[count - 1 - i] ?? 0) * (i + 1)) / 2 ** 32)
    const moved = order[i] ?? 0
    order[i] = order[j] ?? 0
    order[j] = moved
  }
  return order
}

const FNV_OFFSET = 0xcbf29ce484222325n
const FNV_PRIME = 0x100000001b3n

/** The low and the high word of the 64-bit FNV-1a hash of a string's UTF-8 bytes. */
function fnv1a64(text: string): readonly [number, number] {
  let hash = FNV_OFFSET
  for (const byte of new TextEncoder().encode(text)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * FNV_PRIME)
  }
  return [Number(hash & 0xffffffffn), Number(hash >> 32n)]
}

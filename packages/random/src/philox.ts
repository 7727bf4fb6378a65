// Philox 4x32-10, the counter-based generator every random number of anyvae comes from.

const MULTIPLIER_0 = 0xd2511f53
const MULTIPLIER_1 = 0xcd9e8d57
const WEYL_0 = 0x9e3779b9
const WEYL_1 = 0xbb67ae85
const ROUNDS = 10

// 16-bit halves of the multipliers: a product of two halves is whole in Math.imul.
const LOW_0 = MULTIPLIER_0 & 0xffff
const HIGH_0 = MULTIPLIER_0 >>> 16
const LOW_1 = MULTIPLIER_1 & 0xffff
const HIGH_1 = MULTIPLIER_1 >>> 16

/** A block's place in the generator: four unsigned 32-bit words, least significant first. */
export type Counter = readonly [number, number, number, number]

/** Two unsigned 32-bit words, least significant first. */
export type Key = readonly [number, number]

/**
 * One block of Philox 4x32-10: four 32-bit words from a 128-bit counter and a 64-bit key.
 *
 * Source: Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC 2011).
 * @param out four words are written here from `offset` on
 */
export function philox(counter: Counter, key: Key, out: Uint32Array, offset = 0): void {
  philoxBlocks(counter, key, out.subarray(offset, offset + 4))
}

/**
 * Fills an array with as many blocks as it holds, a multiple of four words. Each block's counter is one
 * more than that before, in its two low words.
 *
 * Two blocks at a time, side by side in one loop: each round waits for the one before it, and a processor
 * works on the other block meanwhile. Without calls or arrays of its own: this is most of what noise costs.
 */
export function philoxBlocks(counter: Counter, key: Key, out: Uint32Array): void {
  const [low, high, c2, c3] = counter
  const [keyLow, keyHigh] = key
  for (let start = 0; start < out.length; start += 8) {
    const block = start / 4
    let a0 = (low + block) | 0
    let a1 = high + carried(low, block)
    let a2 = c2
    let a3 = c3
    let b0 = (low + block + 1) | 0
    let b1 = high + carried(low, block + 1)
    let b2 = c2
    let b3 = c3
    let k0 = keyLow
    let k1 = keyHigh
    for (let round = 0; round < ROUNDS; round++) {
      const aHigh0 = high0(a0)
      const aHigh1 = high1(a2)
      const bHigh0 = high0(b0)
      const bHigh1 = high1(b2)
      const aLow0 = Math.imul(MULTIPLIER_0, a0)
      const aLow1 = Math.imul(MULTIPLIER_1, a2)
      const bLow0 = Math.imul(MULTIPLIER_0, b0)
      const bLow1 = Math.imul(MULTIPLIER_1, b2)
      a0 = aHigh1 ^ a1 ^ k0
      a1 = aLow1
      a2 = aHigh0 ^ a3 ^ k1
      a3 = aLow0
      b0 = bHigh1 ^ b1 ^ k0
      b1 = bLow1
      b2 = bHigh0 ^ b3 ^ k1
      b3 = bLow0
      k0 = (k0 + WEYL_0) | 0
      k1 = (k1 + WEYL_1) | 0
    }
    out[start] = a0
    out[start + 1] = a1
    out[start + 2] = a2
    out[start + 3] = a3
    if (start + 4 === out.length) return
    out[start + 4] = b0
    out[start + 5] = b1
    out[start + 6] = b2
    out[start + 7] = b3
  }
}

/** What adding to a counter's low word carries over into its high one. */
function carried(low: number, added: number): number {
  return low + added >= 2 ** 32 ? 1 : 0
}

/** The upper 32 bits of the 64-bit product of a word and the first multiplier. */
function high0(word: number): number {
  const low = word & 0xffff
  const high = word >>> 16
  const inner = (Math.imul(HIGH_0, low) + (Math.imul(LOW_0, low) >>> 16)) | 0
  const outer = (Math.imul(LOW_0, high) + (inner & 0xffff)) | 0
  return (Math.imul(HIGH_0, high) + (inner >>> 16) + (outer >>> 16)) | 0
}

/** As {@link high0}, with the second multiplier. */
function high1(word: number): number {
  const low = word & 0xffff
  const high = word >>> 16
  const inner = (Math.imul(HIGH_1, low) + (Math.imul(LOW_1, low) >>> 16)) | 0
  const outer = (Math.imul(LOW_1, high) + (inner & 0xffff)) | 0
  return (Math.imul(HIGH_1, high) + (inner >>> 16) + (outer >>> 16)) | 0
}

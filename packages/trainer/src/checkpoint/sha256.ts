// SHA-256 at once and everywhere: crypto.subtle only answers later, and not in pages without https.

/** The first 32 bits of the fractional parts of the cube roots of the first 64 primes (FIPS 180-4, 4.2.2). */
const CONSTANTS = Int32Array.from(firstPrimes(64), (prime) => fraction(Math.cbrt(prime)))

/** Those of the square roots of the first 8 primes (FIPS 180-4, 5.3.3). */
const INITIAL = Int32Array.from(firstPrimes(8), (prime) => fraction(Math.sqrt(prime)))

const BLOCK_BYTES = 64

/** SHA-256 of some bytes (FIPS 180-4), 64 lower-case hexadecimal digits. */
export function sha256(bytes: Uint8Array): string {
  const state = INITIAL.slice()
  const schedule = new Int32Array(64)
  const whole = bytes.length - (bytes.length % BLOCK_BYTES)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let offset = 0; offset < whole; offset += BLOCK_BYTES) {
    compress(state, schedule, { view, offset })
  }
  const tail = paddedTail(bytes.subarray(whole), bytes.length)
  for (let offset = 0; offset < tail.byteLength; offset += BLOCK_BYTES) {
    compress(state, schedule, { view: tail, offset })
  }
  return Array.from(state, (word) => (word >>> 0).toString(16).padStart(8, '0')).join('')
}

/** What is left after the last whole block, a bit 1, zeros, and the length in bits. */
function paddedTail(rest: Uint8Array, length: number): DataView {
  const bytes = new Uint8Array(rest.length + 9 <= BLOCK_BYTES ? BLOCK_BYTES : 2 * BLOCK_BYTES)
  bytes.set(rest)
  bytes[rest.length] = 0x80
  const view = new DataView(bytes.buffer)
  view.setBigUint64(bytes.length - 8, BigInt(length) * 8n)
  return view
}

interface Block {
  readonly view: DataView
  readonly offset: number
}

/** One block into the state (FIPS 180-4, 6.2.2), in plain variables: arrays would take ten times as long. */
function compress(state: Int32Array, schedule: Int32Array, { view, offset }: Block): void {
  expand(schedule, { view, offset })
  let a = state[0] ?? 0
  let b = state[1] ?? 0
  let c = state[2] ?? 0
  let d = state[3] ?? 0
  let e = state[4] ?? 0
  let f = state[5] ?? 0
  let g = state[6] ?? 0
  let h = state[7] ?? 0
  for (let i = 0; i < 64; i++) {
    const choice = (e & f) ^ (~e & g)
    const mixed = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
    const sum = (h + mixed + choice + (CONSTANTS[i] ?? 0) + (schedule[i] ?? 0)) | 0
    const majority = (a & b) ^ (a & c) ^ (b & c)
    const next = (sum + (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + majority) | 0
    h = g
    g = f
    f = e
    e = (d + sum) | 0
    d = c
    c = b
    b = a
    a = next
  }
  state[0] = (state[0] ?? 0) + a
  state[1] = (state[1] ?? 0) + b
  state[2] = (state[2] ?? 0) + c
  state[3] = (state[3] ?? 0) + d
  state[4] = (state[4] ?? 0) + e
  state[5] = (state[5] ?? 0) + f
  state[6] = (state[6] ?? 0) + g
  state[7] = (state[7] ?? 0) + h
}

function expand(schedule: Int32Array, { view, offset }: Block): void {
  for (let i = 0; i < 16; i++) schedule[i] = view.getInt32(offset + 4 * i, false)
  for (let i = 16; i < 64; i++) {
    const early = schedule[i - 15] ?? 0
    const late = schedule[i - 2] ?? 0
    const small = rotate(early, 7) ^ rotate(early, 18) ^ (early >>> 3)
    const large = rotate(late, 17) ^ rotate(late, 19) ^ (late >>> 10)
    schedule[i] = (schedule[i - 16] ?? 0) + small + (schedule[i - 7] ?? 0) + large
  }
}

function rotate(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits))
}

function firstPrimes(count: number): number[] {
  const primes: number[] = []
  for (let number = 2; primes.length < count; number++) {
    if (primes.every((prime) => number % prime !== 0)) primes.push(number)
  }
  return primes
}

/** The first 32 bits behind the point; float64 holds 52 in all. */
function fraction(value: number): number {
  return Math.floor((value - Math.floor(value)) * 2 ** 32) | 0
}

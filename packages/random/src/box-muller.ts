// Normals from words: Box–Muller as the formulas say it, bit for bit, in half of their time.
//
// Math.log, Math.cos and Math.sin give float64, of which float32 keeps half the digits. So series that are
// right to SURE find the same float32, unless the value lies that close to where two float32 part; there,
// and where the series lose digits, the formulas themselves decide. That is in one pair of 130.

const WORD = 2 ** -32
const QUARTER = Math.PI / 2

/** The most by which a series differs from the formula, relatively; they differ by less than a third of it. */
const SURE = 2 ** -40
const MORE = 1 + SURE
const LESS = 1 - SURE

/** Below these, -ln u and the squared angle to an axis, rounding takes more digits than the series have. */
const LEAST_LOG = 0.004
const LEAST_SQUARE = 1e-5

/** What brings a word's highest bit to 1, by the zeros before it. */
const SCALES = /* @__PURE__ */ Float64Array.from({ length: 33 }, (_, zeros) => 2 ** (zeros - 31))

/** Uniform of a word: never 0 and never 1. */
export function uniform(word: number): number {
  return (word + 0.5) * WORD
}

/** Each two words become two normals. `drawn` is as long as `words`. */
export function boxMuller(words: Uint32Array, drawn: Float32Array): void {
  for (let i = 0; i < words.length; i += 2) {
    const first = words[i] ?? 0
    const second = words[i + 1] ?? 0
    const logarithm = minusLog(first)
    // Quarter turns: the nearest axis, and from there at most half a quarter either way.
    const axis = (second + 2 ** 29) >>> 30
    const angle = ((second << 2) + 2) * (QUARTER * WORD)
    const square = angle * angle
    const along = cosine(square)
    const across = angle * sineOver(square)
    const radius = Math.sqrt(2 * logarithm)
    const even = axis & 1 ? across : along
    const odd = axis & 1 ? along : across
    const x = radius * even * (1 - ((axis + 1) & 2))
    const y = radius * odd * (1 - (axis & 2))
    drawn[i] = x * MORE
    drawn[i + 1] = y * MORE
    const lost = logarithm < LEAST_LOG || square < LEAST_SQUARE
    if (lost || drawn[i] !== Math.fround(x * LESS) || drawn[i + 1] !== Math.fround(y * LESS)) {
      decide(first, second, drawn.subarray(i, i + 2))
    }
  }
}

/** Two words become two normals by the formulas themselves. */
export function decide(first: number, second: number, pair: Float32Array): void {
  const radius = Math.sqrt(-2 * Math.log(uniform(first)))
  const angle = 2 * Math.PI * uniform(second)
  pair[0] = radius * Math.cos(angle)
  pair[1] = radius * Math.sin(angle)
}

/** -ln of a word's uniform: with v from 1 to 2 and s = (v - √2) / (v + √2), ln v = ln √2 + 2 atanh s. */
function minusLog(word: number): number {
  const zeros = Math.clz32(word)
  const v = (word + 0.5) * (SCALES[zeros] ?? 0)
  const s = (v - Math.SQRT2) / (v + Math.SQRT2)
  const z = s * s
  const tail = 1 / 9 + z * (1 / 11 + z * (1 / 13 + z * (1 / 15 + z / 17)))
  return (zeros + 0.5) * Math.LN2 - 2 * s * (1 + z * (1 / 3 + z * (1 / 5 + z * (1 / 7 + z * tail))))
}

/** cos x of x², for x up to π/4: Taylor's series to x^14. */
function cosine(q: number): number {
  const tail = 1 / 40320 + q * (-1 / 3628800 + q * (1 / 479001600 - q / 87178291200))
  return 1 + q * (-1 / 2 + q * (1 / 24 + q * (-1 / 720 + q * tail)))
}

/** sin x / x of x², for x up to π/4: Taylor's series to x^12. */
function sineOver(q: number): number {
  const tail = -1 / 5040 + q * (1 / 362880 + q * (-1 / 39916800 + q / 6227020800))
  return 1 + q * (-1 / 6 + q * (1 / 120 + q * tail))
}

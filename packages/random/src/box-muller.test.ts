import { describe, expect, it } from 'vitest'
import { boxMuller } from './box-muller.js'
import { randomStream } from './index.js'

/** The formulas of the README as they stand. */
function formulas(words: Uint32Array): Float32Array {
  const uniform = (word: number | undefined) => ((word ?? 0) + 0.5) / 2 ** 32
  return Float32Array.from(words, (_, i) => {
    const radius = Math.sqrt(-2 * Math.log(uniform(words[i & ~1])))
    const angle = 2 * Math.PI * uniform(words[i | 1])
    return radius * (i & 1 ? Math.sin(angle) : Math.cos(angle))
  })
}

function drawn(words: Uint32Array): Float32Array {
  const normals = new Float32Array(words.length)
  boxMuller(words, normals)
  return normals
}

/** How many differ; the arrays themselves would take long to print. */
function differing(words: Uint32Array): number {
  const expected = formulas(words)
  return drawn(words).filter((value, i) => !Object.is(value, expected[i])).length
}

describe('boxMuller', () => {
  it('gives what the formulas give, bit for bit', () => {
    expect(differing(randomStream(5, 'words').words(1_000_000))).toBe(0)
  })

  it('gives it close to the axes, where the series and the formulas differ most', () => {
    // Of this seed, one value lies so close to the middle of two float32 that only a formula can tell.
    const words = randomStream(14, 'words').words(2_000_000)
    const axes = words.map((word, i) => (i & 1 ? (word & 0xc0000000) + ((word << 8) >> 9) : word))
    expect(differing(axes)).toBe(0)
  })

  it('gives it at the ends, at powers of two and around the axes', () => {
    const near = (word: number) => [-3, -2, -1, 0, 1, 2, 3].map((step) => (word + step) >>> 0)
    const powers = Array.from({ length: 32 }, (_, power) => near(2 ** power)).flat()
    const eighths = Array.from({ length: 8 }, (_, eighth) => near(eighth * 2 ** 29)).flat()
    // Angles whose sine or cosine is small, on both sides of where the formulas take over.
    const small = [2 ** 20, 2 ** 21, 2.16e6, 2 ** 22].flatMap(near)
    const seconds = [...eighths, ...small, ...eighths.map((word) => (word + 2_160_000) >>> 0)]
    // Uniforms close to 1, likewise.
    const ones = [0.99, 0.996, 0.9961, 0.999].flatMap((u) => near(Math.round(u * 2 ** 32)))
    const firsts = [...powers, ...ones]
    const pairs = firsts.flatMap((first) => seconds.flatMap((second) => [first, second]))
    expect(differing(Uint32Array.from(pairs))).toBe(0)
  })
})

import { describe, expect, it } from 'vitest'
import { drawNormals, philox, randomStream } from './index.js'

describe('philox', () => {
  // Known answers published with the paper's reference implementation (Random123, kat_vectors).
  it.each([
    {
      counter: [0, 0, 0, 0],
      key: [0, 0],
      words: [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    },
    {
      counter: [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      key: [0xffffffff, 0xffffffff],
      words: [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    },
    {
      counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      key: [0xa4093822, 0x299f31d0],
      words: [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    },
  ] as const)('gives the published words for counter $counter', ({ counter, key, words }) => {
    const out = new Uint32Array(4)
    philox([...counter], [...key], out)
    expect([...out]).toEqual(words)
  })
})

describe('randomStream', () => {
  it('draws a range in any pieces', () => {
    const stream = randomStream(7, 'noise')
    const whole = stream.normals(101)
    for (const cut of [1, 2, 3, 4, 5, 50, 99]) {
      const parts = [...stream.normals(cut), ...stream.normals(101 - cut, cut)]
      expect(parts).toEqual([...whole])
    }
    expect([...stream.words(9, 3)]).toEqual([...stream.words(12)].slice(3))
  })

  it('separates seeds, high seeds and names', () => {
    const first = [randomStream(1, 'a'), randomStream(2 ** 32 + 1, 'a'), randomStream(1, 'b')]
    const words = first.map((stream) => stream.words(1)[0])
    expect(new Set(words).size).toBe(3)
  })

  it('draws standard normals', () => {
    const drawn = randomStream(1, 'noise').normals(200_000)
    const mean = drawn.reduce((sum, x) => sum + x, 0) / drawn.length
    const variance = drawn.reduce((sum, x) => sum + (x - mean) ** 2, 0) / drawn.length
    const kurtosis = drawn.reduce((sum, x) => sum + (x - mean) ** 4, 0) / drawn.length
    expect(Math.abs(mean)).toBeLessThan(0.01)
    expect(Math.abs(variance - 1)).toBeLessThan(0.015)
    expect(Math.abs(kurtosis - 3)).toBeLessThan(0.1)
  })

  it('draws its first normals by the formulas alone too', () => {
    for (const count of [0, 1, 2, 50_001]) {
      const drawn = drawNormals(2 ** 40, 'latents', count)
      expect(drawn).toEqual(randomStream(2 ** 40, 'latents').normals(count))
    }
    expect(() => drawNormals(0.5, 'latents', 1)).toThrow(/^seed: not a usable seed, got 0.5/)
  })

  it('keeps uniforms strictly between 0 and 1', () => {
    const drawn = randomStream(1, 'u').uniforms(10_000)
    expect(drawn.every((u) => u > 0 && u < 1)).toBe(true)
  })

  it('permutes without loss', () => {
    for (const count of [0, 1, 2, 1000]) {
      const order = randomStream(3, 'shuffle').permutation(count)
      expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i))
    }
    expect(
      [...randomStream(3, 'shuffle').permutation(1000)].findIndex((v, i) => v !== i),
    ).toBeLessThan(3)
  })

  it.each([-1, 1.5, Number.NaN, 2 ** 53])('refuses the seed %s', (seed) => {
    expect(() => randomStream(seed, 'x')).toThrow(/seed: not a usable seed, got .*expected/)
  })

  // A change of these numbers changes every trained model: it is a break of the format.
  it('is pinned', () => {
    expect([...randomStream(42, 'noise').words(3)]).toMatchInlineSnapshot(`
      [
        3980213842,
        4292989311,
        2536829626,
      ]
    `)
    expect([...randomStream(42, 'noise').normals(3)]).toMatchInlineSnapshot(`
      [
        0.3901480734348297,
        -0.0011289470130577683,
        0.7299947738647461,
      ]
    `)
  })

  it('gives the numbers of the README', () => {
    const noise = randomStream(42, 'noise')
    const block = new Uint32Array(4)
    philox([0, 0, 0xd20768d1, 0x6c092771], [42, 0], block)
    expect([...block]).toEqual([0xed3d3e52, 0xffe1d17f, 0x9734f2ba, 0xe03f0805])
    expect([...noise.words(4)]).toEqual([...block])
    expect([...noise.words(2, 4)]).toEqual([2545506342, 2785102635])
    const uniforms = [
      0.9267157508293167, 0.9995394645957276, 0.5906516747782007, 0.8759617818286642,
    ]
    expect([...noise.uniforms(4)]).toEqual(uniforms)
    const [first = NaN, second = NaN] = uniforms
    expect(Math.sqrt(-2 * Math.log(first))).toBeCloseTo(0.39014969908357283, 15)
    expect(2 * Math.PI * second).toBeCloseTo(6.280291677894026, 14)
    expect([...noise.normals(4)]).toEqual([
      0.3901480734348297, -0.0011289470130577683, 0.7299947738647461, -0.721224844455719,
    ])
    expect([...noise.permutation(5)]).toEqual([0, 2, 1, 3, 4])
    expect([...randomStream(2 ** 32 + 1, 'noise').words(2)]).toEqual([858991240, 3361330580])
  })
})

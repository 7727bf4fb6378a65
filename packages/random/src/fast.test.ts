// The fast normals are the stream's own, bit for bit.
import { describe, expect, it } from 'vitest'
import { fastNormals } from './fast.js'
import { randomStream } from './index.js'

/** How many differ; the arrays themselves would take long to print. */
function differing(seed: number, name: string, range: readonly [number, number]): number {
  const drawn = fastNormals(seed, name)(...range)
  const expected = randomStream(seed, name).normals(...range)
  expect(drawn.length).toBe(range[0])
  return drawn.filter((value, i) => !Object.is(value, expected[i])).length
}

describe('fastNormals', () => {
  it('gives what the stream gives', () => {
    expect(differing(1, 'noise', [2_000_000, 0])).toBe(0)
    expect(differing(2 ** 53 - 1, 'evaluation', [300_000, 0])).toBe(0)
  })

  it.each([
    [0, 0],
    [1, 0],
    [1, 3],
    [7, 5],
    [4095, 1],
    [4097, 4094],
    [9000, 2 ** 40 + 3],
    [40, 2 ** 34 - 8],
    [40, 2 ** 34 - 40],
  ] as const)('gives %i from place %i on', (count, offset) => {
    expect(differing(3, 'noise', [count, offset])).toBe(0)
  })

  it('refuses an unusable seed', () => {
    expect(() => fastNormals(-1, 'noise')).toThrow(/^seed: not a usable seed, got -1/)
  })
})

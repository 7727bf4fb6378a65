// The counter counts across the border of its words, in both lanes of the loop that draws two blocks at a time.
import { describe, expect, it } from 'vitest'
import { fastNormals } from './fast.js'
import { philox, randomStream } from './index.js'
import { philoxBlocks } from './philox.js'

const KEY = [7, 9] as const
const LAST = 2 ** 32 - 1

/** One block alone, which nothing carries into. */
function block(low: number, high: number): number[] {
  const out = new Uint32Array(4)
  philox([low, high, 3, 4], KEY, out)
  return [...out]
}

describe('philoxBlocks', () => {
  it.each([0, 1, 2, 3, 4])('carries into the high word, %i blocks before the border', (before) => {
    const blocks = new Uint32Array(4 * 7)
    philoxBlocks([2 ** 32 - before - 1, 5, 3, 4], KEY, blocks)
    const expected = Array.from({ length: 7 }, (_, i) => {
      const low = 2 ** 32 - before - 1 + i
      return low > LAST ? block(low - 2 ** 32, 6) : block(low, 5)
    })
    expect([...blocks]).toEqual(expected.flat())
  })
})

describe('a stream', () => {
  const stream = randomStream(2 ** 53 - 1, 'noise')

  it.each([2 ** 32, 2 ** 34, 2 ** 36, 2 ** 45])(
    'goes on at word %i as it is drawn alone',
    (border) => {
      const words = [...stream.words(24, border - 11)]
      const alone = words.map((_, i) => stream.words(1, border - 11 + i)[0])
      expect(words).toEqual(alone)
      expect(new Set(words).size).toBe(24)
      const normals = [...stream.normals(24, border - 11)]
      expect([...fastNormals(2 ** 53 - 1, 'noise')(24, border - 11)]).toEqual(normals)
      expect(normals).toEqual(normals.map((_, i) => stream.normals(1, border - 11 + i)[0]))
    },
  )

  it('has other words beyond each border', () => {
    const firsts = [0, 2 ** 32, 2 ** 34, 2 ** 34 + 2 ** 32, 2 ** 45]
    expect(new Set(firsts.map((first) => stream.words(1, first)[0])).size).toBe(firsts.length)
  })

  // Drawn by the README's Python, so that the borders do not rest on this code alone.
  it('is pinned around block 2^32', () => {
    expect([...randomStream(42, 'noise').words(2, 2 ** 34 - 1)]).toEqual([3912812141, 1181615774])
  })
})

// The images that are shown come from all of a set, each once.
import { describe, expect, it } from 'vitest'
import { spreadIndices } from './spread.js'

describe('spreadIndices', () => {
  it('takes one of each stretch, the same ones each time', () => {
    for (const [count, most] of [
      ...[17, 18, 19, 23, 31, 33].map((count) => [count, 16] as const),
      [270, 16],
      [10_000, 16],
      [4_000_000_000, 64],
    ] as const) {
      const indices = [...spreadIndices(count, most)]
      expect(indices).toHaveLength(most)
      indices.forEach((index, i) => {
        expect(index).toBeGreaterThanOrEqual(Math.floor((i * count) / most))
        expect(index).toBeLessThan(((i + 1) * count) / most)
      })
      expect(new Set(indices).size).toBe(most)
      expect([...spreadIndices(count, most)]).toEqual(indices)
    }
  })

  it('takes all of a small set', () => {
    expect([...spreadIndices(3, 16)]).toEqual([0, 1, 2])
    expect([...spreadIndices(16, 16)]).toHaveLength(16)
    expect([...spreadIndices(0, 16)]).toEqual([])
  })

  it('shows every class of a set in the order of its classes, and several of one that alternates', () => {
    const classes = (label: (index: number) => number) =>
      new Set([...spreadIndices(1600, 16)].map(label)).size
    expect(classes((index) => Math.floor(index / 160))).toBe(10)
    expect(classes((index) => index % 10)).toBeGreaterThan(5)
  })
})

import { describe, expect, it } from 'vitest'
import { randomStream } from './index.js'

const order = (size: number, seed = 1) => randomStream(seed, 'shuffle/0').shuffle(size)

/** How far a chi-squared statistic lies from what chance gives, in standard deviations. */
function deviation(counts: readonly number[], cells: number): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / cells
  const seen = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
  const freedom = cells - 1
  return (seen + (cells - counts.length) * expected - freedom) / Math.sqrt(2 * freedom)
}

function tally<T>(values: Iterable<T>): number[] {
  const counts = new Map<T, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts.values()]
}

describe('shuffle', () => {
  it.each([
    0, 1, 2, 3, 4, 5, 7, 8, 9, 63, 64, 65, 97, 255, 256, 257, 1009, 4095, 4096, 4097, 60_000,
  ])('has each of %d numbers once', (size) => {
    const sorted = order(size)(0, size).toSorted()
    expect(sorted).toEqual(Uint32Array.from({ length: size }, (_, i) => i))
  })

  it('gives any stretch alone', () => {
    const shuffled = order(1000)
    const whole = shuffled(0, 1000)
    for (const [first, count] of [
      [0, 1],
      [999, 1],
      [128, 300],
      [1000, 0],
    ] as const) {
      expect(shuffled(first, count)).toEqual(whole.subarray(first, first + count))
    }
  })

  it('reaches up to 2^32 numbers', () => {
    const size = 2 ** 32 - 1
    const drawn = order(size)(size - 1000, 1000)
    expect(new Set(drawn).size).toBe(1000)
    expect(Math.max(...drawn)).toBeGreaterThan(0.99 * size)
  })

  it.each([3, 4, 5, 6])('makes every order of %d numbers as often', (size) => {
    const keys = Array.from({ length: 40_000 }, (_, seed) => seed)
    const orders = keys.map((seed) => order(size, seed)(0, size).join())
    const cells = keys.slice(2, size + 1).reduce((product, each) => product * each, 1)
    expect(Math.abs(deviation(tally(orders), cells))).toBeLessThan(5)
  })

  it.each([10, 100])('puts every one of %d numbers in every place as often', (size) => {
    const keys = Array.from({ length: 20_000 }, (_, seed) => seed)
    const places = keys.flatMap((seed) => {
      return [...order(size, seed)(0, size)].map((number, place) => number * size + place)
    })
    // Of size^2 cells (size - 1)^2 are free: rows and columns are whole.
    expect(Math.abs(deviation(tally(places), size ** 2))).toBeLessThan(5)
  })

  it('shows no pattern in a large order', () => {
    const size = 60_000
    const drawn = [...order(size)(0, size)]
    const middle = (size - 1) / 2
    const moved = drawn.reduce((sum, number, place) => sum + Math.abs(number - place), 0) / size
    expect(moved / size).toBeCloseTo(1 / 3, 2)
    const variance = (size ** 2 - 1) / 12
    for (const lag of [1, 2, 128, 245]) {
      const products = drawn.slice(lag).map((x, i) => (x - middle) * ((drawn[i] ?? 0) - middle))
      const correlation = products.reduce((sum, x) => sum + x, 0) / products.length / variance
      expect(Math.abs(correlation)).toBeLessThan(4 / Math.sqrt(size))
    }
    // Neighbours stay neighbours as often as by chance: twice among so many, on average.
    const steps = drawn.slice(1).filter((x, i) => Math.abs(x - (drawn[i] ?? 0)) === 1)
    expect(steps.length).toBeLessThan(12)
    // Which tenth of the numbers stands in which tenth of the places.
    const cells = drawn.map(
      (x, i) => 10 * Math.floor((10 * x) / size) + Math.floor((10 * i) / size),
    )
    expect(deviation(tally(cells), 100)).toBeLessThan(4)
  })

  it('differs by seed and by name, as chance has it', () => {
    const size = 10_000
    const whole = (seed: number, name: string) => randomStream(seed, name).shuffle(size)(0, size)
    const first = whole(1, 'shuffle/0')
    for (const other of [whole(1, 'shuffle/1'), whole(2, 'shuffle/0')]) {
      expect(other.filter((number, place) => number === first[place]).length).toBeLessThan(10)
    }
  })

  it.each([-1, 1.5, 2 ** 32, Number.NaN])('refuses the size %s', (size) => {
    expect(() => order(size)).toThrow(/shuffle: not a usable size, got .*, expected a whole number/)
  })

  it.each([
    [-1, 2],
    [9, 2],
    [0, 11],
  ])('refuses places from %d, %d of them, of 10', (first, count) => {
    expect(() => order(10)(first, count)).toThrow('expected them within 0 to 10')
  })

  it('gives the numbers of the README', () => {
    const noise = randomStream(42, 'noise')
    expect([...noise.shuffle(60)(0, 4)]).toEqual([21, 48, 11, 24])
    expect([...noise.shuffle(5)(0, 5)]).toEqual([4, 2, 1, 0, 3])
    const first = [42704, 11889, 12206, 59848]
    expect([...randomStream(1, 'shuffle/0').shuffle(60_000)(0, 4)]).toEqual(first)
  })
})

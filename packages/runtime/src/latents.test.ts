import { describe, expect, it } from 'vitest'
import { RuntimeError, drawLatents, drawPosterior, interpolateLatents } from './index.js'
import type { InterpolateOptions } from './interpolate.js'
import { checkLatents, type Latents, type SampleOptions } from './latents.js'

const vector = (...values: number[]): Float32Array => Float32Array.from(values)
const rows = ({ data, shape }: { data: Float32Array; shape: readonly number[] }): number[][] =>
  Array.from({ length: shape[0] ?? 0 }, (_, i) => [
    ...data.slice(i * (shape[1] ?? 0), (i + 1) * (shape[1] ?? 0)),
  ])
const norm = (row: number[] | undefined): number => Math.hypot(...(row ?? []))

describe('drawLatents', () => {
  it('begins alike for every count', () => {
    const few = drawLatents(3, 5, { seed: 9 })
    const many = drawLatents(40, 5, { seed: 9 })
    expect(few.shape).toEqual([3, 5])
    expect([...many.data.subarray(0, 15)]).toEqual([...few.data])
  })

  it('follows the seed, 0 where left out, and scales with temperature', () => {
    const { data } = drawLatents(2, 3)
    expect([...drawLatents(2, 3, { seed: 0 }).data]).toEqual([...data])
    expect([...drawLatents(2, 3, { seed: 1 }).data]).not.toEqual([...data])
    expect([...drawLatents(2, 3, { temperature: 0.5 }).data]).toEqual([...data].map((x) => x / 2))
    expect(drawLatents(2, 3, { temperature: 0 }).data.every((x) => x === 0)).toBe(true)
  })

  // The same in every runtime and language: a change of these numbers is a break.
  it('is pinned', () => {
    expect([...drawLatents(1, 3, { seed: 42 }).data]).toMatchInlineSnapshot(`
      [
        -1.3055498600006104,
        1.0438101291656494,
        -1.2733668088912964,
      ]
    `)
  })

  it.each([
    [0, {}, /count: not usable, got 0, expected a whole number of at least 1/],
    [1.5, {}, /count: not usable, got 1.5/],
    [NaN, {}, /count: not usable, got NaN/],
    [1, { seed: -1 }, /seed: not usable, got -1, expected a whole number of at least 0/],
    [1, { seed: '1' }, /seed: not usable, got '1', expected/],
    ['4', {}, /count: not usable, got '4', expected/],
    [1, { seed: undefined, temperature: '1' }, /temperature: .* got '1'/],
    [1, { temperature: -0.1 }, /temperature: not usable, got -0.1/],
    [1, { temperature: Infinity }, /temperature: not usable, got Infinity/],
  ])('refuses count %o with %j', (count, options, message) => {
    const draw = (): unknown => drawLatents(count as number, 2, options as SampleOptions)
    expect(draw).toThrow(RuntimeError)
    expect(draw).toThrow(message)
  })
})

describe('checkLatents', () => {
  const asLatents = (value: unknown): Latents => value as Latents
  it.each([
    ['x', /latents: wrong type, got string, expected a Float32Array/],
    [null, /latents: wrong type, got null/],
    [[1, 2], /latents: wrong type, got Array, expected a Float32Array \(see Float32Array.from\)/],
    [{ data: vector(1, 2), shape: null }, /latents: wrong shape, got null, expected \[count, 2\]/],
  ])('refuses what is no latents: %o', (latents, message) => {
    const check = (): unknown => checkLatents('latents', asLatents(latents), 2)
    expect(check).toThrow(RuntimeError)
    expect(check).toThrow(message)
  })
})

describe('latents of a tensor', () => {
  it('are checked by its dims', () => {
    expect(checkLatents('latents', { data: vector(1, 2, 3, 4), dims: [2, 2] }, 2).shape).toEqual([
      2, 2,
    ])
    const check = (): unknown =>
      checkLatents('latents', { data: vector(1, 2, 3, 4), dims: [1, 4] }, 2)
    expect(check).toThrow(RuntimeError)
    expect(check).toThrow(/latents: wrong shape, got \[1, 4\], expected \[count, 2\]/)
  })
})

describe('more than memory holds', () => {
  it.each([
    ['latents', () => drawLatents(1e15, 2)],
    ['steps', () => interpolateLatents(vector(1), vector(2), { steps: 1e15 })],
  ])('is refused: %s', (_, use) => {
    expect(use).toThrow(RuntimeError)
    expect(use).toThrow(/memory: none for \d+ values, got 'Invalid typed array length: .*fewer/)
  })
})

describe('options', () => {
  const sampling = (value: unknown): SampleOptions => value as SampleOptions
  const going = (value: unknown): InterpolateOptions => value as InterpolateOptions
  it.each([
    [{ temprature: 2 }, /sample: unknown option, got 'temprature', expected seed or temperature/],
    [null, /sample: unusable options, got null, expected an object of seed, temperature/],
    [7, /sample: unusable options, got number/],
  ])('of a sample are refused: %o', (value, message) => {
    expect(() => drawLatents(1, 2, sampling(value))).toThrow(RuntimeError)
    expect(() => drawLatents(1, 2, sampling(value))).toThrow(message)
  })

  it.each([
    [{ steps: 3, modus: 'linear' }, /interpolate: unknown option, got 'modus', expected steps or/],
    [undefined, /interpolate: unusable options, got undefined/],
  ])('of an interpolation are refused: %o', (value, message) => {
    const way = (): unknown => interpolateLatents(vector(1), vector(2), going(value))
    expect(way).toThrow(RuntimeError)
    expect(way).toThrow(message)
  })
})

describe('drawPosterior', () => {
  it('scales its noise by the standard deviation and adds the mean', () => {
    const mean = vector(1, -2)
    const standard = drawPosterior({ mean: vector(0, 0), logVariance: vector(0, 0) }, 3)
    const logVariance = vector(Math.log(4), Math.log(0.25))
    const drawn = drawPosterior({ mean, logVariance }, 3)
    expect(drawn[0]).toBeCloseTo(1 + 2 * (standard[0] ?? NaN), 5)
    expect(drawn[1]).toBeCloseTo(-2 + 0.5 * (standard[1] ?? NaN), 5)
    expect([...standard]).not.toEqual([...drawLatents(1, 2, { seed: 3 }).data])
  })
})

describe('vectors of two lengths', () => {
  it.each([
    [vector(1, 2, 3), vector(1, 2)],
    [vector(1, 2), vector(1, 2, 3)],
  ])('are refused: %o and %o', (first, second) => {
    const got = `not of one length, got ${first.length} and ${second.length} values, expected`
    const way = (): unknown => interpolateLatents(first, second, { steps: 3 })
    expect(way).toThrow(RuntimeError)
    expect(way).toThrow(`a and b: ${got}`)
    const draw = (): unknown => drawPosterior({ mean: first, logVariance: second }, 1)
    expect(draw).toThrow(RuntimeError)
    expect(draw).toThrow(`mean and logVariance: ${got}`)
  })
})

describe('interpolateLatents', () => {
  it('goes straight', () => {
    const way = interpolateLatents(vector(0, 4), vector(2, 0), { steps: 5, mode: 'linear' })
    expect(rows(way)).toEqual([
      [0, 4],
      [0.5, 3],
      [1, 2],
      [1.5, 1],
      [2, 0],
    ])
  })

  it('goes along the arc at an even pace, keeping the length', () => {
    const way = rows(interpolateLatents(vector(3, 0, 0), vector(0, 3, 0), { steps: 4 }))
    way.forEach((row, i) => {
      const angle = (i / 3) * (Math.PI / 2)
      expect(row[0]).toBeCloseTo(3 * Math.cos(angle), 6)
      expect(row[1]).toBeCloseTo(3 * Math.sin(angle), 6)
      expect(norm(row)).toBeCloseTo(3, 6)
    })
  })

  it('ends exactly where it should', () => {
    const { data } = drawLatents(2, 20, { seed: 5 })
    const [a, b] = [data.subarray(0, 20), data.subarray(20)]
    for (const mode of ['linear', 'spherical'] as const) {
      for (const steps of [2, 3, 7, 10]) {
        const way = rows(interpolateLatents(a, b, { steps, mode }))
        expect(way).toHaveLength(steps)
        expect(way[0]).toEqual([...a])
        expect(way.at(-1)).toEqual([...b])
      }
    }
  })

  it.each([
    ['parallel', vector(1, 1), vector(3, 3), [2, 2]],
    ['equal', vector(1, 2), vector(1, 2), [1, 2]],
    ['opposite', vector(1, 0), vector(-1, 0), [0, 0]],
    ['from zero', vector(0, 0), vector(2, 4), [1, 2]],
    ['to zero', vector(2, 4), vector(0, 0), [1, 2]],
  ])('goes straight where no arc is defined: %s', (_, a, b, middle) => {
    expect(rows(interpolateLatents(a, b, { steps: 3 }))[1]).toEqual(middle)
  })

  it('is stable just beside the degenerate case', () => {
    const way = rows(interpolateLatents(vector(1, 0), vector(1, 1e-5), { steps: 3 }))
    expect(way[1]?.[0]).toBeCloseTo(1, 6)
    expect(way[1]?.[1]).toBeCloseTo(5e-6, 9)
  })

  it.each([1, 0, 2.5, NaN])('refuses %d steps', (steps) => {
    expect(() => interpolateLatents(vector(1), vector(2), { steps })).toThrow(
      /steps: not usable, got .*, expected a whole number of at least 2/,
    )
  })

  it('refuses an unknown mode', () => {
    const options = JSON.parse('{ "steps": 3, "mode": "cubic" }') as { steps: number }
    expect(() => interpolateLatents(vector(1), vector(2), options)).toThrow(
      /mode: unknown, got 'cubic', expected linear or spherical/,
    )
  })
})

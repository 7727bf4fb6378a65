import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ImagesError } from './error.js'
import { glyphs } from './glyphs.js'
import { forms } from './glyphs/forms.js'
import { HAND_NORMALS, NORMALS } from './glyphs/variation.js'
import { selectImages } from './image-set.js'
import { loadImages } from './node/load.js'

const AREA = 28 * 28
const mnist = new URL('../../../../shared/data/mnist', import.meta.url).pathname

describe('glyphs', () => {
  it('draws labelled 28x28 grey images of all ten digits, about as many of each', () => {
    const set = glyphs({ count: 2000 })
    expect(set.shape).toEqual({ channels: 1, height: 28, width: 28 })
    expect(set.data.length).toBe(2000 * AREA)
    expect(set.classNames).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'])
    const counts = new Array<number>(10).fill(0)
    for (const label of set.labels ?? []) counts[label] = (counts[label] ?? 0) + 1
    expect(Math.min(...counts)).toBeGreaterThan(150)
    expect(Math.max(...counts)).toBeLessThan(250)
  })

  it('draws image i from seed, split and i alone', () => {
    const many = glyphs({ count: 600, seed: 5 })
    const few = glyphs({ count: 300, seed: 5 })
    expect(Buffer.compare(many.data.slice(0, 300 * AREA), few.data)).toBe(0)
    expect(many.labels?.slice(0, 300)).toEqual(few.labels)
    expect(Buffer.compare(glyphs({ count: 300, seed: 6 }).data, few.data)).not.toBe(0)
    const test = glyphs({ count: 300, seed: 5, split: 'test' })
    expect(Buffer.compare(test.data, few.data)).not.toBe(0)
  })

  // A change of these numbers changes the embedded data set, and every figure measured on it.
  it('is pinned', () => {
    const { data, labels } = glyphs({ count: 64 })
    expect([...(labels ?? [])].slice(0, 12).join(' ')).toMatchInlineSnapshot(
      `"4 3 8 5 3 8 3 5 2 3 0 5"`,
    )
    expect(
      data.reduce((hash, byte) => (Math.imul(hash, 31) + byte) >>> 0, 7),
    ).toMatchInlineSnapshot(`592491734`)
  })

  it('writes ink in the middle and leaves the border dark', () => {
    const { data } = glyphs({ count: 500 })
    for (let image = 0; image < 500; image++) {
      const pixels = data.subarray(image * AREA, (image + 1) * AREA)
      expect(Math.max(...pixels)).toBeGreaterThan(200)
      expect(Math.max(...pixels.subarray(0, 28), ...pixels.subarray(AREA - 28))).toBe(0)
    }
  })

  it.each([
    { height: 64, width: 64 },
    { height: 20, width: 32 },
    { height: 8, width: 8 },
  ])('draws the same digits at $height x $width', (size) => {
    const set = glyphs({ count: 200, ...size })
    expect(set.data.length).toBe(200 * size.height * size.width)
    expect(set.labels).toEqual(glyphs({ count: 200 }).labels)
    const ink = set.data.reduce((sum, value) => sum + value, 0) / (255 * set.data.length)
    expect(ink).toBeGreaterThan(0.06)
    expect(ink).toBeLessThan(0.25)
  })

  it('has random numbers enough for the longest form', () => {
    const points = forms.flat().map(({ strokes }) => strokes.flat().length)
    expect(HAND_NORMALS + 2 * Math.max(...points)).toBeLessThanOrEqual(NORMALS)
    expect(
      forms.flatMap((ways) => ways.flatMap(({ strokes }) => strokes.flat())),
    ).not.toContainEqual(expect.objectContaining({ x: NaN }))
  })

  it('tells its digits apart: the nearest of 2,000 has the same label', () => {
    expect(
      nearestAccuracy(glyphs({ count: 2000 }), glyphs({ count: 150, split: 'test' })),
    ).toBeGreaterThan(0.9)
  })

  it.runIf(existsSync(mnist))('writes like people: glyphs name the digits of MNIST', async () => {
    const { test } = await loadImages(mnist)
    const asked = selectImages(
      test,
      Array.from({ length: 150 }, (_, i) => i),
    )
    // 4,000 glyphs name 85 % of 400 such digits, 4,000 of MNIST's own training images 89.5 %.
    expect(nearestAccuracy(glyphs({ count: 2000 }), asked)).toBeGreaterThan(0.75)
  })

  it.each([0, -1, 1.5, NaN])('refuses the count %s', (count) => {
    expect(() => glyphs({ count })).toThrow(
      `glyphs: no usable count, got ${count}, expected a whole number from 1`,
    )
  })

  it.each([1e12, 1e300])('refuses %s images, which fit nowhere', (count) => {
    expect(() => glyphs({ count })).toThrow(ImagesError)
    expect(() => glyphs({ count })).toThrow(
      `glyphs: too many for the memory, got ${count} images of 784 bytes, expected fewer`,
    )
  })

  it.each([-1, 0.5, NaN])('refuses the seed %s', (seed) => {
    expect(() => glyphs({ count: 1, seed })).toThrow(ImagesError)
    expect(() => glyphs({ count: 1, seed })).toThrow(`glyphs: no usable seed, got ${seed}`)
  })

  it('refuses a size of 0', () => {
    expect(() => glyphs({ count: 1, height: 0 })).toThrow(/^height: no usable size, got 0/)
  })
})

interface Labelled {
  readonly count: number
  readonly data: Uint8Array
  readonly labels?: Uint16Array
}

/** The share of images whose nearest neighbour among the known ones has their label. */
function nearestAccuracy(known: Labelled, asked: Labelled): number {
  let right = 0
  for (let i = 0; i < asked.count; i++) {
    const image = asked.data.subarray(i * AREA, (i + 1) * AREA)
    if (known.labels?.[nearest(known, image)] === asked.labels?.[i]) right++
  }
  return right / asked.count
}

function nearest({ count, data }: Labelled, image: Uint8Array): number {
  let best = { distance: Infinity, index: -1 }
  for (let index = 0; index < count; index++) {
    let distance = 0
    for (let k = 0; k < AREA && distance < best.distance; k++) {
      distance += ((data[index * AREA + k] ?? 0) - (image[k] ?? 0)) ** 2
    }
    if (distance < best.distance) best = { distance, index }
  }
  return best.index
}

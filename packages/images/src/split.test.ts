import { expect, it } from 'vitest'
import { imageSet } from './image-set.js'
import { sourceOf } from './image-source.js'
import { holdOutSource, holdOutTest } from './split.js'

function numbered(count: number) {
  const data = Uint8Array.from({ length: count }, (_, i) => i % 256)
  const labels = Uint16Array.from(data)
  return imageSet({ name: 'n', shape: { channels: 1, height: 1, width: 1 }, data, labels })
}

it('holds out a tenth, the same each time, and loses nothing', () => {
  const { train, test } = holdOutTest(numbered(200))
  expect([train.count, test.count]).toEqual([180, 20])
  expect([...train.data, ...test.data].sort((a, b) => a - b)).toEqual([...numbered(200).data])
  expect([...test.data]).toEqual([...(test.labels ?? [])])
  expect([...test.data]).toEqual([...test.data].sort((a, b) => a - b))
  expect(holdOutTest(numbered(200)).test.data).toEqual(test.data)
  expect([...test.data]).not.toEqual(Array.from({ length: 20 }, (_, i) => i))
})

it.each([
  ['digits (train)', 'digits (held out)'],
  ['a.npz (x_train)', 'a.npz (x_train) (held out)'],
  ['a.npy', 'a.npy (held out)'],
])('names the part of %s that is held out', (name, held) => {
  const { train, test } = holdOutTest({ ...numbered(4), name })
  expect([train.name, test.name]).toEqual([name, held])
})

it.each([
  [2, 1, 1],
  [4, 3, 1],
  [1, 1, 1],
])('of %d images trains on %d and tests on %d', (count, train, test) => {
  const split = holdOutTest(numbered(count))
  expect([split.train.count, split.test.count]).toEqual([train, test])
})

it('holds out one of every ten, not always at the same place', () => {
  const { test } = holdOutTest(numbered(200))
  expect([...test.data].map((image) => Math.floor(image / 10))).toEqual([...Array(20).keys()])
  expect(new Set([...test.data].map((image) => image % 10)).size).toBeGreaterThan(5)
  // These images are held out in every release: a run goes on only with the images it was begun with.
  expect([...test.data].slice(0, 8)).toEqual([3, 11, 23, 39, 43, 54, 61, 77])
})

it.each([2, 3, 4, 5, 9, 10, 11, 14, 15, 19, 20, 25, 96, 104, 105, 250])(
  'holds out a rounded tenth of %d images, from a source as from memory',
  (count) => {
    const set = numbered(count)
    const { train, test } = holdOutTest(set)
    expect(test.count).toBe(Math.max(1, Math.round(count / 10)))
    expect([...train.data, ...test.data].sort((a, b) => a - b)).toEqual([...set.data])
    const parts = holdOutSource(sourceOf(set))
    for (const [part, memory] of [[parts.train, train] as const, [parts.test, test] as const]) {
      const all = Uint32Array.from({ length: part.count }, (_, i) => i)
      expect([part.name, part.count]).toEqual([memory.name, memory.count])
      expect(part.read(all)).toEqual(memory.data)
      expect(() => part.read(Uint32Array.of(part.count))).toThrow('no such image')
    }
  },
)

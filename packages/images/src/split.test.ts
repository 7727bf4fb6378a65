import { expect, it } from 'vitest'
import { imageSet } from './image-set.js'
import { holdOutTest } from './split.js'

function numbered(count: number) {
  const data = Uint8Array.from({ length: count }, (_, i) => i)
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

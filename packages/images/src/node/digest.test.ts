import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { imageSet } from '../image-set.js'
import { sourceOf } from '../image-source.js'
import { imagesDigest } from './digest.js'

const shape = { channels: 1, height: 64, width: 64 }
const data = Uint8Array.from({ length: 5000 * 64 * 64 }, (_, i) => (i * 31) % 251)
const set = imageSet({ name: 'numbers', shape, data })

test('is the SHA-256 of the bytes, in memory and read in several pieces', async () => {
  const expected = createHash('sha256').update(data).digest('hex')
  expect(await imagesDigest(set)).toBe(expected)
  expect(await imagesDigest(sourceOf(set))).toBe(expected)
})

test('stops with the reason of the signal', async () => {
  const reason = new Error('enough')
  await expect(imagesDigest(set, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
})

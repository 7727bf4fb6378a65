import { createHash } from 'node:crypto'
import { randomStream } from '@anyvae/random'
import { expect, it } from 'vitest'
import { sha256 } from './sha256.js'

it('is that of the standard for each length of a last block', () => {
  const bytes = new Uint8Array(new Uint32Array(randomStream(1, 'test').words(80)).buffer)
  for (let length = 0; length <= 200; length++) {
    const some = bytes.subarray(3, 3 + length)
    expect(sha256(some)).toBe(createHash('sha256').update(some).digest('hex'))
  }
  const text = new TextEncoder().encode('abc')
  expect(sha256(text)).toMatch(/^ba7816bf.*f20015ad$/)
  const million = new Uint8Array(1_000_000).fill(0x61)
  expect(sha256(million)).toMatch(/^cdc76e5c.*c7112cd0$/)
})

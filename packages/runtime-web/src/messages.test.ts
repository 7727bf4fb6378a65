import { RuntimeError } from '@anyvae/runtime'
import { expect, it } from 'vitest'
import { packError, unpackError } from './messages.js'

it('takes errors to the other side, with all beneath them', () => {
  const bottom = new TypeError('Failed to fetch')
  const error = new RuntimeError('file: cannot be read', {
    cause: new Error('middle', { cause: bottom }),
  })
  const there = unpackError(structuredClone(packError(error)), RuntimeError)
  expect(there).toBeInstanceOf(RuntimeError)
  expect(there.message).toBe('file: cannot be read')
  expect(there.cause).toHaveProperty('message', 'middle')
  expect(there.cause).toHaveProperty('cause.message', 'Failed to fetch')
  expect(there.cause).toHaveProperty('cause.name', 'TypeError')
})

it('takes what is thrown and no error', () => {
  expect(unpackError(packError('a text'), RuntimeError).message).toBe('a text')
  expect(unpackError(packError(new Error('alone'))).cause).toBeUndefined()
})

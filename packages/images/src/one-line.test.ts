// Errors about images quote names and values from files, and stay one line of bounded length.
import { expect, it } from 'vitest'
import { ImagesError } from './error.js'

it('escapes what breaks lines or commands a terminal, and cuts what is long in the middle', () => {
  expect(new ImagesError('a\r\nb\u001b\u0085\u2028é').message).toBe('a\\r\\nb\\x1b\\u0085\\u2028é')
  expect(new ImagesError(`begin${'x'.repeat(5000)}end`).message).toMatch(
    /^beginx{1495} … x{494}end$/,
  )
})

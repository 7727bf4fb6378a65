// Errors of the runtimes quote names and values from files, and stay one line of bounded length.
import { expect, it } from 'vitest'
import { RuntimeError } from './error.js'

it('escapes what breaks lines or commands a terminal, and cuts off what is long', () => {
  const { message } = new RuntimeError('a\r\nb\u001b\u2028é 😀')
  expect(message).toBe('a%0D%0Ab%1B%E2%80%A8é 😀')
  expect(new RuntimeError('x'.repeat(5000)).message).toHaveLength(2000)
})

// Errors quote what stands in files, and stay one line of bounded length.
import { describe, expect, it } from 'vitest'
import { OnnxError } from './error.js'
import { oneLine } from './one-line.js'

describe('oneLine', () => {
  it('escapes line breaks and what a terminal obeys', () => {
    const message = 'a\r\nb\u001b[31m\u0085\u2028\u2029\0 é 😀'
    expect(oneLine(message)).toBe('a\\r\\nb\\x1b[31m\\u0085\\u2028\\u2029\\x00 é 😀')
  })

  it('keeps both ends of a long message', () => {
    const line = oneLine(`begin${'x'.repeat(1e6)}end`)
    expect(line).toHaveLength(2000)
    expect(line).toMatch(/^beginx+ … x+end$/)
    expect(oneLine('x'.repeat(2000))).toBe('x'.repeat(2000))
  })

  it('is what errors do with their messages', () => {
    const { message, name, cause } = new OnnxError('got a\nb', { cause: 1 })
    expect([message, name, cause]).toEqual(['got a\\nb', 'OnnxError', 1])
  })
})

// Every line fits, no word is lost, and a wrapped command is still one for a shell.
import { describe, expect, it } from 'vitest'
import { wrap, wrapCommand } from './wrap.js'

describe('wrap', () => {
  it('breaks between words and indents what follows', () => {
    expect(wrap('one two three four', { width: 9, hanging: 2 })).toEqual([
      'one two',
      '  three',
      '  four',
    ])
  })

  it('breaks long words at marks where it can', () => {
    expect(wrap('libonnxruntime_providers_shared.so', { width: 16 })).toEqual([
      'libonnxruntime_',
      'providers_',
      'shared.so',
    ])
    expect(wrap('a'.repeat(7), { width: 3 })).toEqual(['aaa', 'aaa', 'a'])
  })

  it.each([1, 5, 12, 40])('keeps to %i columns and loses nothing', (width) => {
    const text = 'lacks CUDA 12 (no libcudart.so.12, /usr/lib/x86_64-linux-gnu/libcublas.so.12)'
    const lines = wrap(text, { width, hanging: Math.min(2, width - 1) })
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(width)
    expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''))
  })

  it('gives one empty line for nothing', () => {
    expect(wrap('', { width: 9 })).toEqual([''])
  })
})

it('wrapCommand ends lines with backslashes', () => {
  const lines = wrapCommand('anyvae train --data glyphs --out runs/first', { width: 24 })
  expect(lines).toEqual(['anyvae train --data \\', '    glyphs --out \\', '    runs/first'])
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(24)
})

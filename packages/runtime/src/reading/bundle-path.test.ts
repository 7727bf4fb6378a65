import { describe, expect, it } from 'vitest'
import { RuntimeError, checkPath, urlReader } from '../index.js'

const GOOD = [
  'decoder.onnx',
  'decoder_fp16.onnx',
  'vectors/decoder/test_data_set_0/input_0.pb',
  'a b.onnx',
  'a..b',
  '_',
  'console.onnx',
  'x'.repeat(100),
]

const BAD = [
  '',
  '.',
  '..',
  '../a',
  'a/../../b',
  'a/..',
  '/etc/passwd',
  'a//b',
  'a/',
  'C:\\a',
  'C:/a',
  '..\\a',
  'https://elsewhere.example/a',
  '%2e%2e/a',
  'a?b',
  'a#b',
  'a\0b',
  // What new URL strips, which hid the rest from a check of what is forbidden.
  '.\t./x.onnx',
  ' ../x.onnx',
  '\t/x.onnx',
  '\t/\t/localhost/x.onnx',
  '\n//localhost/x',
  'a\r/x',
  'a/\u{a0}..',
  ' a',
  'a ',
  'a.',
  'a./b',
  '.env',
  '...onnx',
  '-rf',
  'décodeur.onnx',
  'a\u{202e}b',
  'a@b',
  'a*',
  'a:b',
  // Devices of Windows, with any ending.
  'nul',
  'NUL.onnx',
  'models/Com1.onnx',
  'lpt9/x',
  'x'.repeat(101),
  Array<string>(60).fill('abc').join('/'),
]

describe('checkPath', () => {
  it.each(GOOD)('lets %j pass', (path) => {
    expect(checkPath(path)).toBe(path)
  })

  it.each(BAD)('refuses %j', (path) => {
    expect(() => checkPath(path)).toThrow(RuntimeError)
  })

  it('shows what is refused in plain characters', () => {
    expect(() => checkPath('a\u{9b}\u{202e}\n')).toThrow(
      new RuntimeError(
        'bundle: a file\'s path leaves the folder or is unusable, got "a\\u009b\\u202e\\n", expected a relative path inside the folder, of plain names',
      ),
    )
  })

  it('lets nothing pass that an address makes something else of', () => {
    const pieces = [
      '.',
      '..',
      '/',
      '\\',
      '\t',
      '\n',
      '\r',
      ' ',
      '%2e',
      '%2f',
      ':',
      '//',
      '@',
      'a',
      'x.onnx',
      '?',
      '#',
    ]
    const reader = urlReader('https://models.example/bundle/')
    let state = 1
    const next = (): string => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      return pieces[Math.floor((state / 2 ** 32) * pieces.length)] ?? ''
    }
    let passed = 0
    for (let i = 0; i < 20_000; i++) {
      const path = Array.from({ length: 1 + (i % 6) }, next).join('')
      try {
        checkPath(path)
      } catch {
        continue
      }
      passed++
      expect(reader.url(path).href).toBe(
        `https://models.example/bundle/${path.replaceAll(' ', '%20')}`,
      )
    }
    expect(passed).toBeGreaterThan(300)
  })
})

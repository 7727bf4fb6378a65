// What a terminal obeys never reaches it from a name, and stays what it is in JSON and for a shell.
import { execFileSync, spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { shellLine } from '../shell.js'
import { escapeJson, escapeLine, escapeLines } from './escape.js'

/** Every control character, by code; surrogates and letters are none. */
const CONTROLS = [
  ...Array.from({ length: 32 }, (_, code) => code),
  ...Array.from({ length: 33 }, (_, i) => 0x7f + i),
  ...[0x61c, 0x200e, 0x200f, 0x2028, 0x2029, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e],
  ...[0x2066, 0x2067, 0x2068, 0x2069],
]
const all = String.fromCharCode(...CONTROLS)

describe('escapeLine', () => {
  it('leaves no control character', () => {
    expect(escapeLine(all)).toMatch(/^[ -~]+$/)
    expect(escapeLine('a\u001b[2Jb\u202ecod.exe\n\u009b')).toBe(
      'a\\x1b[2Jb\\u202ecod.exe\\n\\u009b',
    )
  })

  it('leaves everything else', () => {
    const text = 'Zürich 北京 עברית العربية 👩‍👩‍👧 C:\\new \u00a0 é'
    expect(escapeLine(text)).toBe(text)
  })
})

it('escapeLines keeps line feeds alone', () => {
  expect(escapeLines('one\n\ttwo\r\n')).toBe('one\n\\ttwo\\r\n')
})

it('escapeJson changes no value', () => {
  const json = escapeJson(JSON.stringify({ all }))
  expect(json).toMatch(/^[ -~]+$/)
  expect(JSON.parse(json)).toEqual({ all })
})

describe.skipIf(spawnSync('bash', ['--version']).status !== 0)('shellLine', () => {
  it.each(["a b'c", 'two\nlines', '\u001b[31m', "\\n'\r\t", '$(rm)', '\u202etxt', 'é b'])(
    'is read by bash as it was: %j',
    (word) => {
      const line = shellLine([word])
      expect(line).toBe(escapeLine(line))
      const options = { env: { LC_ALL: 'C.UTF-8' }, encoding: 'utf8' } as const
      expect(execFileSync('bash', ['--norc', '-c', `printf %s ${line}`], options)).toBe(word)
    },
  )
})

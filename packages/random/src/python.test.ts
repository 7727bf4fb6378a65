// The README's Python, run as it stands there, draws what the TypeScript draws: no constant is missing or wrong.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { randomStream } from './index.js'

const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
const [, PROGRAM = ''] = /```python\n([^]*?)```/.exec(README) ?? []

/** Prints as JSON what is asked for: lists of `[seed, name, kind, first, count]`. */
const HARNESS = `
import json, sys
def drawn(seed, name, kind, first, count):
    stream = Stream(seed, name)
    if kind == "permutation":
        return stream.permutation(count)
    if kind == "shuffle":
        place = stream.shuffle(first)
        return [place(i) for i in range(count)]
    return [getattr(stream, kind)(i) for i in range(first, first + count)]
print(json.dumps([drawn(*each) for each in json.loads(sys.argv[1])]))
`

type Ask = readonly [seed: number, name: string, kind: string, first: number, count: number]

function python(asks: readonly Ask[]): number[][] {
  const args = ['-c', PROGRAM + HARNESS, JSON.stringify(asks)]
  const { stdout, stderr } = spawnSync('python3', args, { encoding: 'utf8' })
  const last = stdout.trimEnd().split('\n').at(-1) ?? ''
  if (!last.startsWith('[[')) throw new Error(`python3: failed, got ${stdout}${stderr}`)
  return JSON.parse(last) as number[][]
}

const SEEDS = [0, 1, 42, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1]
const NAMES = ['noise', 'init/encoder/hidden/kernel', '', 'größe 北京 👩']
/** Around each word's border: of a block, of 2^32 words, of 2^32 blocks, and far beyond. */
const FIRSTS = [0, 2 ** 32 - 6, 2 ** 34 - 6, 2 ** 34 + 5, 2 ** 35 - 9, 2 ** 45 + 3]
const COUNT = 12

describe.skipIf(spawnSync('python3', ['--version']).status !== 0)("the README's Python", () => {
  const places = SEEDS.flatMap((seed) => FIRSTS.map((first) => [seed, first] as const))
  const name = (i: number) => NAMES[i % NAMES.length] ?? ''

  it.each(['word', 'uniform'] as const)('draws the same %ss, bit for bit', (kind) => {
    const asks = places.map(([seed, first], i): Ask => [seed, name(i), kind, first, COUNT])
    const expected = places.map(([seed, first], i) => {
      const stream = randomStream(seed, name(i))
      return [...(kind === 'word' ? stream.words(COUNT, first) : stream.uniforms(COUNT, first))]
    })
    expect(python(asks)).toEqual(expected)
  })

  it('draws the same normals, but for the last bit of a few', () => {
    const [count, first] = [4001, 2 ** 34 - 2001]
    const [drawn = []] = python([[7, 'noise', 'normal', first, count]])
    const normals = randomStream(7, 'noise').normals(count, first)
    const differing = [...normals].filter((value, i) => value !== drawn[i])
    expect(differing.length).toBeLessThanOrEqual(2)
    normals.forEach((value, i) => {
      expect(Math.abs(value - (drawn[i] ?? NaN))).toBeLessThanOrEqual(Math.abs(value) * 2 ** -23)
    })
  })

  it('permutes and shuffles alike', () => {
    const sizes = [0, 1, 2, 5, 8, 9, 63, 64, 65, 1000]
    const asks = sizes.flatMap((size): Ask[] => [
      [3, 'a', 'permutation', 0, size],
      [3, 'shuffle/0', 'shuffle', size, size],
    ])
    const expected = sizes.flatMap((size) => [
      [...randomStream(3, 'a').permutation(size)],
      [...randomStream(3, 'shuffle/0').shuffle(size)(0, size)],
    ])
    expect(python(asks)).toEqual(expected)
    const [large] = python([[1, 'shuffle/0', 'shuffle', 60_000, 4]])
    expect(large).toEqual([42704, 11889, 12206, 59848])
  })

  it('prints what stands behind it', () => {
    const { stdout } = spawnSync('python3', ['-c', PROGRAM], { encoding: 'utf8' })
    const told = [...PROGRAM.matchAll(/^print\(.*\) {2}# (.*)$/gm)].map(([, text]) => text)
    expect(told.length).toBeGreaterThan(3)
    expect(stdout.trimEnd().split('\n')).toEqual(told)
  })
})

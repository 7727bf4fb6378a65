// A short form of `npm run fuzz`: some inputs of every target, and the harness on parsers that are wrong.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { watchAllocations } from './allocations.js'
import { makeInput } from './inputs.js'
import { complaintAbout, judge, type Verdict } from './judge.js'
import { mutateBytes } from './mutators/bytes.js'
import { targets, type TargetName } from './table.js'
import { bytesOf, ensure, type Target } from './target.js'

const folder = mkdtempSync(join(tmpdir(), 'anyvae-fuzz-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const SCRIPT = fileURLToPath(new URL('../../tools/fuzz.mjs', import.meta.url))
/** Inputs of each target: about twenty seconds in all. */
const INPUTS = '300'

describe('npm run fuzz', () => {
  it(`finds nothing in ${INPUTS} inputs of each target`, () => {
    const args = [SCRIPT, '--inputs', INPUTS, '--seed', '3', '--out', folder]
    const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' })
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.any(String) as string })
    const listed = stdout.split('\n').map((line) => line.split(' ')[0])
    expect(listed).toEqual(expect.arrayContaining(Object.keys(targets)))
  })
})

describe.each(Object.keys(targets) as TargetName[])('target %s', (name) => {
  it('accepts its seeds, and mutates each in many ways that the seed and number decide', async () => {
    const target: Target = await targets[name]()
    const seeds = await target.seeds()
    for (const seed of seeds) await target.parse(Uint8Array.from(seed), { folder })
    const inputs = Array.from({ length: 50 }, (_, index) =>
      makeInput(target, seeds, { target: name, seed: 1, index }),
    )
    const again = makeInput(target, seeds, { target: name, seed: 1, index: 7 })
    expect(again).toEqual(inputs[7])
    expect(
      new Set(inputs.map((input) => Buffer.from(input).toString('latin1'))).size,
    ).toBeGreaterThan(30)
  })
})

class KnownError extends Error {}

/** What is judged of a parser. */
async function verdictOn(parse: Target['parse']): Promise<Verdict> {
  const target = { seeds: () => [], mutate: mutateBytes, errors: [KnownError], parse }
  const allocations = watchAllocations()
  const { verdict } = await judge(target, bytesOf('x'), { workspace: { folder }, allocations })
  return verdict
}

describe('judge', () => {
  it.each<[string, Target['parse'], object]>([
    ['a result', () => 1, { outcome: 'accepted' }],
    [
      'a typed error',
      () => {
        throw new KnownError('x: wrong, got a, expected b')
      },
      { outcome: 'refused' },
    ],
    [
      'another error',
      () => {
        throw new TypeError('x is not a function')
      },
      { fault: 'untyped error' },
    ],
    [
      'a thrown value that is no error',
      () => {
        throw Object.create(null) as Error
      },
      { fault: 'untyped error' },
    ],
    [
      'a typed error in two lines',
      () => {
        throw new KnownError('a\nb')
      },
      { fault: 'unclear error' },
    ],
    [
      'a typed error without text',
      () => {
        throw new KnownError('')
      },
      { fault: 'unclear error' },
    ],
    ['a wrong result', () => ensure(1 > 2, 'one is more than two'), { fault: 'inconsistent' }],
    ['a large allocation', () => new Float64Array(2 ** 26), { fault: 'memory' }],
    ['a rejection', () => Promise.reject(new RangeError('x')), { fault: 'untyped error' }],
  ])('of %s', async (_, parse, verdict) => {
    expect(await verdictOn(parse)).toMatchObject(verdict)
  })

  it('minds the length of messages', () => {
    expect(complaintAbout('x'.repeat(2001))).toBe('2001 characters')
    expect(complaintAbout('x: wrong')).toBeUndefined()
  })
})

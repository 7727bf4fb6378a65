// Bundles from disk and from a web server: whole ones load, all others are refused in one line.
import { existsSync, readdirSync } from 'node:fs'
import { cp, mkdir, mkdtemp } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { loadVae, RuntimeError } from '@anyvae/runtime-node'
import { beforeAll, describe, expect, it } from 'vitest'
import { alterations, escapes, spoiltVectors, type Alteration } from './alterations.js'
import { anyvae, ROOT, succeed, temporaryFolder } from './command.js'
import { complaintOf, expectFailure, namesIn } from './complaint.js'
import { serve } from './server.js'

const base = await temporaryFolder()
const served = await serve(base)
const whole = join(base, 'whole', 'bundle')

beforeAll(async () => {
  const folder = join(base, 'whole')
  await mkdir(folder)
  const settings = '--data glyphs:100 --hidden 8 --latent 2 --batch 20 --epochs 1'
  await succeed(folder, `train ${settings} --out run`)
  await succeed(folder, 'export run --out bundle')
})

/** A folder with a copy of the bundle. */
async function copy(): Promise<string> {
  const folder = await mkdtemp(join(base, 'copy-'))
  await cp(whole, join(folder, 'bundle'), { recursive: true })
  return folder
}

/** What a bundle cannot be loaded for. */
async function refusal(location: string): Promise<string> {
  const error: unknown = await loadVae(location).catch((caught: unknown) => caught)
  expect(error).toBeInstanceOf(RuntimeError)
  return error instanceof Error ? error.message : ''
}

describe('a whole bundle', () => {
  it('is the same from disk and from a server', async () => {
    const drawn = []
    for (const location of [whole, `${served.url}/whole/bundle`, `${served.url}/whole/bundle/`]) {
      const vae = await loadVae(location)
      drawn.push(await vae.sample(3, { seed: 1 }))
      await vae.release()
    }
    expect(drawn[1]).toEqual(drawn[0])
    expect(drawn[2]).toEqual(drawn[0])
  })

  it('is verified, sampled and evaluated by its URL', async () => {
    const folder = await mkdtemp(join(base, 'by-url-'))
    const url = `${served.url}/whole/bundle`
    expect(await succeed(folder, `verify ${url}`)).toMatch(/verified\n$/)
    expect(await succeed(folder, `eval ${url} --data glyphs:100`)).toContain('negative ELBO')
    await succeed(folder, `sample ${url} --count 2 --out made.png`)
    expect(await namesIn(folder)).toEqual(['made.png'])
  })
})

/** Runs `verify`, which must find what was altered, and nothing else, and leave all as it was. */
async function expectFault(folder: string, { message, problems = 1 }: Alteration): Promise<void> {
  const before = await namesIn(folder)
  const ran = await anyvae(folder, 'verify bundle')
  const found = ran.stdout.split('\n').filter((line) => line.startsWith('problem: '))
  const said = [...complaintOf(ran), ...found]
  expect([ran.exitCode, said.length]).toEqual([1, problems])
  expect(said[0]).toMatch(message)
  expect(await namesIn(folder)).toEqual(before)
}

/** Loads a bundle from disk and by its URL: neither may work, nor ask for what is not in its folder. */
async function expectRefusal(folder: string, alteration: Alteration): Promise<void> {
  const { message, byUrl = message } = alteration
  const path = `/${basename(folder)}/bundle`
  const before = served.asked.length
  const said = [await refusal(join(folder, 'bundle')), await refusal(served.url + path)]
  expect(said[0]).toMatch(message)
  expect(said[1]).toMatch(byUrl)
  expect(said.join()).not.toContain('\n')
  const asked = served.asked.slice(before)
  expect(asked.filter((each) => !each.startsWith(`${path}/`))).toEqual([])
}

describe.each(alterations)('a bundle with $what', (alteration) => {
  const { alter, message, byUrl = message } = alteration
  let folder = ''
  let url = ''
  beforeAll(async () => {
    folder = await copy()
    url = `${served.url}/${basename(folder)}/bundle`
    await alter(join(folder, 'bundle'))
  })

  it('is not loaded', () => expectRefusal(folder, alteration))

  it('is not verified', () => expectFault(folder, alteration))

  it('is not sampled or used', async () => {
    const expected = { exitCode: 1, message }
    await expectFailure(folder, 'reconstruct bundle --data glyphs:30 --out made.png', expected)
    await expectFailure(folder, `encode ${url} --data glyphs:30 --out made.npy`, {
      exitCode: 1,
      message: byUrl,
    })
  })
})

describe('a path out of the folder', () => {
  it.each(escapes)('is refused: $what', async (alteration) => {
    const folder = await copy()
    await alteration.alter(join(folder, 'bundle'))
    await expectRefusal(folder, alteration)
  })
})

describe('a bundle that loads', () => {
  it.each(spoiltVectors)('is not verified with $what', async (alteration) => {
    const folder = await copy()
    await alteration.alter(join(folder, 'bundle'))
    await expectFault(folder, alteration)
    await succeed(folder, 'sample bundle --count 1 --out made.png')
  })
})

describe('a server', () => {
  it('that breaks off is told of', async () => {
    await cp(whole, join(base, 'broken'), { recursive: true })
    expect(await refusal(`${served.url}/broken`)).toMatch(/coder.onnx: /)
    await expectFailure(base, `sample ${served.url}/broken --out made.png`, {
      exitCode: 1,
      message: /coder.onnx: /,
    })
  })

  it('that is not there is told of', async () => {
    const message = /anyvae.json: /
    expect(await refusal('http://127.0.0.1:9/bundle')).toMatch(message)
    await expectFailure(base, 'verify http://127.0.0.1:9/bundle', { exitCode: 1, message })
  })
})

const models = join(ROOT, 'models')
const shipped = existsSync(models)
  ? readdirSync(models).filter((name) => existsSync(join(models, name, 'anyvae.json')))
  : []

describe.skipIf(shipped.length === 0)('a bundle that is shipped', () => {
  it.each(shipped)('%s verifies', async (name) => {
    expect(await succeed(models, `verify ${name}`)).toMatch(/: verified\n$/)
  })
})

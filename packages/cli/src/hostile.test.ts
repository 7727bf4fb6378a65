// Names, labels and texts from outside that hold control characters, in every way that they reach the screen.
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodePng, glyphs, imageGrid } from '@anyvae/images'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run } from './testing/command.js'
import { createFixture, type Fixture } from './testing/fixture.js'

/** Clears the screen, fakes a line, turns the reading direction, and ends in a C1 control. */
const HOSTILE = 'a\u001b[2J\nanyvae: verified\u202e\u009b'
const SHOWN = 'a\\x1b[2J\\nanyvae: verified\\u202e\\u009b'
/** Control characters, but for the line feeds that end our own lines. */
// eslint-disable-next-line no-control-regex -- they are what this looks for
const CONTROLS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/

let fixture: Fixture
let base: string
beforeAll(async () => {
  fixture = await createFixture()
  base = await mkdtemp(join(tmpdir(), 'anyvae-hostile-'))
})
afterAll(async () => {
  await rm(base, { recursive: true })
  await fixture.remove()
})

/** Runs a command and gives its lines, none of which may hold a control character. */
async function linesOf(...argv: string[]): Promise<string[]> {
  const { stdout, stderr } = await run(argv)
  const printed = stdout + stderr
  expect(printed).not.toMatch(CONTROLS)
  expect(printed.split('\n')).not.toContainEqual(expect.stringMatching(/^anyvae: verified/))
  return printed.split('\n')
}

async function pictures(folder: string, count: number): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (let i = 0; i < count; i++) {
    const { data, shape } = glyphs({ count: 1, seed: i, height: 8, width: 8 })
    await writeFile(join(folder, `${i}.png`), encodePng(imageGrid(data, { shape, columns: 1 })))
  }
}

describe.skipIf(process.platform === 'win32')('what is printed of', () => {
  it('a missing folder', async () => {
    for (const command of ['verify', 'sample', 'export']) {
      const out = command === 'export' ? ['--out', join(base, 'out')] : []
      const lines = await linesOf(command, join(base, HOSTILE), ...out)
      expect(lines.join('\n')).toContain(SHOWN)
    }
  })

  it('a label, in a table, in lines and in the CSV of a pipe', async () => {
    const folder = join(base, `photos ${HOSTILE}`)
    await pictures(join(folder, HOSTILE), 6)
    await pictures(join(folder, 'plain'), 6)
    const lines = await linesOf('data', folder, '--size', '8x8')
    expect(lines).toContainEqual(expect.stringContaining(`photos ${SHOWN}: `))
    expect(lines).toContainEqual(expect.stringMatching(/^a\\x1b\S+ verified\\u202e\\u009b +\d/))
    const { stdout } = await run(['data', folder, '--size', '8x8', '--json'])
    expect(JSON.parse(stdout)).toMatchObject({ source: folder, train: { labels: {} } })
    expect(stdout.trimEnd()).not.toMatch(CONTROLS)
  })

  it("a run's folder in the hint of what comes next, which a shell reads as it is", async () => {
    const out = join(base, `run ${HOSTILE}`)
    const flags = ['--hidden', '4', '--latent', '2', '--epochs', '1', '--out', out]
    const lines = await linesOf('train', '--data', 'glyphs:30', ...flags)
    expect(lines).toContainEqual(expect.stringContaining(`$'${join(base, `run ${SHOWN}-longer`)}'`))
  })

  it("a manifest's name", async () => {
    const bundle = join(base, 'bundle')
    await cp(fixture.bundle, bundle, { recursive: true })
    const path = join(bundle, 'anyvae.json')
    const manifest = JSON.parse(await readFile(path, 'utf8')) as object
    await writeFile(path, JSON.stringify({ ...manifest, name: HOSTILE }))
    expect((await linesOf('verify', bundle)).join('\n')).toContain(SHOWN)
  })

  it('an unreadable file among images', async () => {
    const file = join(base, `${HOSTILE}.png`)
    await writeFile(file, 'no picture')
    expect((await linesOf('encode', fixture.bundle, file)).join('\n')).toContain(SHOWN)
  })
})

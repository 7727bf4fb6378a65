// The commands that write pictures.
import { readdir, readFile, rm } from 'node:fs/promises'
import { decodePng } from '@anyvae/images'
import { loadImages } from '@anyvae/images/node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run } from '../testing/command.js'
import { createFixture, DATA, json, type Fixture } from '../testing/fixture.js'

let fixture: Fixture
let base: string
let bundle: string
const at = (name: string) => fixture.at(name)
beforeAll(async () => {
  fixture = await createFixture()
  ;({ base, bundle } = fixture)
})
afterAll(() => fixture.remove())

describe('pictures', () => {
  const PICTURES: [name: string, flags: string[]][] = [
    ['sample', ['--count', '6', '--seed', '3']],
    ['reconstruct', [...DATA, '--limit', '5']],
    ['interpolate', [...DATA, '--from', '0', '--to', '7', '--steps', '4']],
    ['interpolate', ['--from', 'seed:1', '--to', 'seed:2', '--mode', 'linear', '--steps', '4']],
    ['manifold', ['--axes', '0,2', '--size', '3']],
  ]

  it.each(PICTURES)('%s %j', async (command, flags) => {
    const [png, npy] = [at('p.png'), at('p.npy')]
    const made = await json(command, bundle, ...flags, '--out', png)
    const { width, height } = decodePng(await readFile(png))
    expect(width).toBeGreaterThan(100)
    expect(height).toBeGreaterThan(60)
    await json(command, bundle, ...flags, '--out', npy)
    const values = await loadImages(npy)
    const [count, ...shape] = made['shape'] as number[]
    expect(shape).toEqual([1, 28, 28])
    expect(values.train.count + values.test.count).toBe(count)
    await rm(png)
    await rm(npy)
  })

  it('draw the same samples for the same seed', async () => {
    const draw = async (name: string, seed: string) => {
      await run(['sample', bundle, '--count', '2', '--seed', seed, '--out', at(name)])
      return readFile(at(name))
    }
    const first = await draw('a.npy', '1')
    expect((await draw('b.npy', '1')).equals(first)).toBe(true)
    expect((await draw('c.npy', '2')).equals(first)).toBe(false)
  })

  it.each([
    [['manifold'], '--axes: missing, got 3 latents, expected two of them, such as 0,1'],
    [['manifold', '--axes', '0,3'], '--axes: no such latent, got 3, expected 0 to 2'],
    [['interpolate', '--from', '1', '--to', '2'], '--data: missing, got image 1 as an end'],
  ])('refuse %s', async ([command = '', ...flags], message) => {
    const { exitCode, stderr } = await run([command, bundle, ...flags, '--out', at('no.png')])
    expect(exitCode).toBe(2)
    expect(stderr).toContain(message)
    expect(await readdir(base)).not.toContain('no.png')
  })

  it.runIf(process.platform === 'linux')('fail where no folder can be made', async () => {
    const { exitCode, stderr } = await run(['sample', bundle, '--out', '/proc/anyvae/no.png'])
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/^anyvae: \/proc\/anyvae\/no\.png: cannot be written, got ENOENT.*\n$/)
  })

  it('hand session options on', async () => {
    const session = (providers: unknown) => JSON.stringify({ executionProviders: providers })
    const draw = (options: string) =>
      run(['sample', bundle, '--count', '2', '--out', at('s.npy'), '--session', options])
    expect(await draw(session([{ name: 'cpu', useArena: false }]))).toMatchObject({ exitCode: 0 })
    const { exitCode, stderr } = await draw(session(['tpu']))
    expect(exitCode).toBe(1)
    expect(stderr).toContain(`not the session's one provider, got ["tpu"]`)
    await rm(at('s.npy'))
  })

  it('fail in one line where there is no bundle', async () => {
    const { exitCode, stderr } = await run(['sample', at('nowhere'), '--out', at('no.png')])
    expect(exitCode).toBe(1)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    expect(stderr).toContain('nowhere')
  })
})

describe('data', () => {
  it('counts images and labels, and draws a preview', async () => {
    const out = at('preview.png')
    const found = await json('data', 'glyphs:200', '--out', out)
    expect(found).toMatchObject({
      source: 'glyphs:200',
      shape: { channels: 1, height: 28, width: 28 },
      train: { count: 200 },
      test: { count: 20 },
    })
    const { labels } = found['train'] as { labels: Record<string, number> }
    expect(Object.values(labels).reduce((sum, images) => sum + images)).toBe(200)
    expect(decodePng(await readFile(out)).width).toBeGreaterThan(400)
    const { stdout } = await run(['data', 'glyphs:200'])
    expect(stdout).toMatch(/^glyphs:200: 28x28 grey, 200 training and 20 test images\n/)
    expect(stdout).toMatch(/^7 +\d+ +\d+ {2}#+$/m)
  })
})

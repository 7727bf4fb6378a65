// Lighter variants through the command: made of a run and of a bundle, verified, measured and used.
import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run } from '../testing/command.js'
import { createFixture, DATA, json, type Fixture } from '../testing/fixture.js'

let fixture: Fixture
let bundle: string
let runFolder: string
const at = (name: string) => fixture.at(name)
beforeAll(async () => {
  fixture = await createFixture()
  ;({ bundle, runFolder } = fixture)
})
afterAll(() => fixture.remove())

const LIGHT = ['encoder_fp16', 'decoder_fp16', 'encoder_int8', 'decoder_int8'].map(
  (name) => `${name}.onnx`,
)

interface Variant {
  readonly file: string
  readonly ratio: number
  readonly negativeElbo: number
}

describe('export', () => {
  it('says how many nodes the passes left', async () => {
    expect(fixture.exported.stdout).toMatch(/^encoder\.onnx \d+ → \d+ nodes$/m)
    const { graphs } = await json('export', runFolder, '--out', at('counted'))
    const counts = Object.values(graphs as Record<string, { before: number; after: number }>)
    expect(counts).toHaveLength(2)
    for (const { before, after } of counts) {
      expect(after).toBeGreaterThan(0)
      expect(before).toBeGreaterThan(after)
    }
  })

  it('adds variants to a run’s bundle, and says what they cost', async () => {
    const out = at('light')
    const flags = ['--precision', 'fp16', '--precision', 'int8', ...DATA]
    const { exitCode, stdout, stderr } = await run(['export', runFolder, '--out', out, ...flags])
    expect(stderr).toBe(
      'drawing figures on 20 images\ncalibrating int8 on 200 images\nmeasuring on 20 images\n',
    )
    expect(exitCode).toBe(0)
    for (const file of LIGHT) {
      expect(stdout).toMatch(
        new RegExp(`^${file} +0\\.\\d{3} +\\d+\\.\\d dB +\\S+ nats +20 images of glyphs:200$`, 'm'),
      )
    }
    const verified = await run(['verify', out])
    expect(verified.stdout).toMatch(/^decoder_int8\.onnx +int8 .* ok$/m)
    expect(verified.exitCode).toBe(0)
  })

  it('adds variants to a bundle, in its own place too, and leaves the rest as it is', async () => {
    const out = at('again')
    await json('export', runFolder, '--out', out, '--name', 'again')
    const before = await readFile(join(out, 'encoder.onnx'))
    const flags = ['--precision', 'int8,fp16', ...DATA, '--force']
    const { variants, name } = await json('export', out, '--out', out, ...flags)
    expect(name).toBe('again')
    expect(await readFile(join(out, 'encoder.onnx'))).toEqual(before)
    const found = variants as Variant[]
    expect(found.map(({ file }) => file).sort()).toEqual([...LIGHT].sort())
    for (const { ratio, negativeElbo } of found) {
      expect(ratio).toBeLessThan(0.6)
      expect(Math.abs(negativeElbo)).toBeLessThan(1)
    }
    const figures = async (precision: string) => {
      const { precision: used, negativeElbo } = await json(
        'eval',
        out,
        ...DATA,
        '--draws',
        '1',
        '--precision',
        precision,
      )
      return { used, negativeElbo: Number(negativeElbo) }
    }
    const [whole, light] = [await figures('float32'), await figures('int8')]
    expect([whole.used, light.used]).toEqual(['float32', 'int8'])
    const int8 = found.filter(({ file }) => file.includes('int8'))
    const change = int8.reduce((sum, { negativeElbo }) => sum + negativeElbo, 0)
    expect(light.negativeElbo - whole.negativeElbo).not.toBe(0)
    expect(Math.abs(light.negativeElbo - whole.negativeElbo - change)).toBeLessThan(0.1)
    const encode = ['encode', out, ...DATA, '--limit', '3', '--precision']
    const encoded = await Promise.all(
      ['float32', 'fp16', 'int8'].map((each) => run([...encode, each])),
    )
    expect(new Set(encoded.map(({ stdout }) => stdout)).size).toBe(3)
  })

  it('draws the figures of a card, of a run and of a bundle alike', async () => {
    const out = at('drawn')
    await json('export', runFolder, '--out', out, ...DATA, '--draws', '3')
    const read = async () => {
      const text = await readFile(join(out, 'anyvae.json'), 'utf8')
      return JSON.parse(text) as { quality: Record<string, unknown> }
    }
    const { quality } = await read()
    const { negativeElbo, standardDeviation } = await json('eval', out, ...DATA, '--draws', '3')
    expect(quality).toMatchObject({ draws: 3, samples: 1, seed: 0, images: 20, split: 'test' })
    expect(quality).toMatchObject({ data: 'glyphs:200', negativeElbo, standardDeviation })
    const card = await readFile(join(out, 'README.md'), 'utf8')
    const figure = `${Number(negativeElbo).toFixed(2)} ± ${Number(standardDeviation).toFixed(2)}`
    expect(card).toContain(`| negative ELBO | ${figure} nats per image |`)
    expect(card).toContain('means over 3 draws of the posterior samples (seeds 0 to 2)')
    await json('export', out, '--out', out, '--force', ...DATA, '--draws', '1')
    expect((await read()).quality).not.toHaveProperty('standardDeviation')
  })

  it('writes a bundle of format 1 in the present one, with the same graphs', async () => {
    const [old, out] = [at('format-1'), at('format-2')]
    await cp(bundle, old, { recursive: true })
    const path = join(old, 'anyvae.json')
    const manifest = JSON.parse(await readFile(path, 'utf8')) as {
      formatVersion: number
      files: Record<string, { tolerances?: unknown; tolerance?: number }>
    }
    const now = structuredClone(manifest)
    manifest.formatVersion = 1
    for (const file of Object.values(manifest.files)) {
      delete file.tolerances
      file.tolerance = 1e-4
    }
    await writeFile(path, JSON.stringify(manifest))
    expect((await run(['verify', old])).exitCode).toBe(0)
    await json('export', old, '--out', out)
    expect(JSON.parse(await readFile(join(out, 'anyvae.json'), 'utf8'))).toEqual(now)
    const graphs = [old, out].map((each) => readFile(join(each, 'decoder.onnx')))
    const [before, after] = await Promise.all(graphs)
    expect(after).toEqual(before)
  })

  it('warns of a run that was stopped, and of one that diverged', async () => {
    const folder = at('doubtful')
    await cp(runFolder, folder, { recursive: true })
    const log = join(folder, 'log.jsonl')
    const [first = '', second = ''] = (await readFile(log, 'utf8')).split('\n')
    const low = first.replace(/"test":\{"negativeElbo":[\d.]+/, '"test":{"negativeElbo":1.5')
    expect(low).not.toBe(first)
    await writeFile(log, `${low}\n${second}\n`)
    const { exitCode, stderr } = await run(['export', folder, '--out', at('doubted')])
    expect(exitCode).toBe(0)
    expect(stderr).toMatch(
      /^warning: run: training diverged, got a test negative ELBO of [\d.]+ nats after 2 epochs, expected less than the 1\.50 of the first/,
    )
  })

  it.runIf(process.platform === 'linux')(
    'measures nothing for a place that cannot be',
    async () => {
      const flags = ['--precision', 'fp16', ...DATA]
      const { exitCode, stderr } = await run([
        'export',
        bundle,
        '--out',
        '/proc/anyvae-x',
        ...flags,
      ])
      expect(exitCode).toBe(1)
      expect(stderr).toMatch(/^anyvae: \/proc\/anyvae-x: cannot be written, got ENOENT.*\n$/)
    },
  )

  it.each([
    [['--precision', 'int4'], "--precision: unknown, got 'int4', expected fp16, int8"],
    [['--precision', 'int8'], '--data: missing, expected images to calibrate and measure'],
    [['--draws', '3'], '--data: missing, expected images to draw the figures on'],
    [['--precision', 'int8', ...DATA, '--opset', '13'], '--opset: not for a bundle'],
  ])('refuses %j for a bundle', async (flags, message) => {
    const { exitCode, stderr } = await run(['export', bundle, '--out', at('refused'), ...flags])
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: expect.stringContaining(message) as string,
    })
  })
})

it('names the precisions that a bundle has', async () => {
  for (const command of ['eval', 'encode']) {
    const { exitCode, stderr } = await run([command, bundle, ...DATA, '--precision', 'int8'])
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/precision: not in this bundle, got int8, expected one of float32\n$/)
  }
})

// Lighter variants through the command: made of a run and of a bundle, verified, measured and used.
import { readFile } from 'node:fs/promises'
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
    expect(stderr).toBe('calibrating int8 on 200 images\nmeasuring on 20 images\n')
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
    [DATA, '--data: for lighter variants alone, expected --precision fp16, int8 or both too'],
    [['--precision', 'int8', ...DATA, '--opset', '13'], '--opset: not for a bundle'],
    [[], 'a bundle already, expected a run folder, or --precision fp16, int8 or both'],
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

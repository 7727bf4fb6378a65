// How a command reads its images: the flags that say it, and what is printed.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodeNpy, encodePng } from '@anyvae/images'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseCommand } from './parse.js'
import { recordedFlags, recordOf } from './source.js'
import { run } from './testing/command.js'

let folder: string
const at = (name: string) => join(folder, name)
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'anyvae-source-'))
  const narrow = Uint8Array.from({ length: 20 * 3 * 9 * 4 }, (_, i) => (i * 37) % 256)
  await writeFile(at('narrow.npy'), encodeNpy({ dtype: 'u1', shape: [20, 3, 9, 4], data: narrow }))
  const signed = Float32Array.from({ length: 20 * 8 * 8 }, (_, i) => ((i * 37) % 201) / 100 - 1)
  await writeFile(at('signed.npy'), encodeNpy({ dtype: 'f4', shape: [20, 8, 8], data: signed }))
  await mkdir(at('photos'))
  for (const [i, [width, height]] of SIZES.entries()) {
    const data = new Uint8Array(width * height).fill(200)
    await writeFile(at(`photos/${i}.png`), encodePng({ width, height, channels: 1, data }))
  }
})
afterAll(() => rm(folder, { recursive: true }))

/** The images' shape in what `--json` prints. */
const shapeIn = (stdout: string) => (JSON.parse(stdout) as { shape: unknown }).shape

const SIZES = [
  [40, 20],
  [20, 30],
  [24, 24],
] as const

describe('--range', () => {
  it.each([
    [['--range', '-1..1'], { black: -1, white: 1 }],
    [['--range=-1..1'], { black: -1, white: 1 }],
    [['--range', '0..4095'], { black: 0, white: 4095 }],
    [['--range=-0.5..2.25'], { black: -0.5, white: 2.25 }],
    [['--range', '0..1e-7'], { black: 0, white: 1e-7 }],
  ])('is read from %j', async (words, range) => {
    expect((await parseCommand(['data', 'x.npy', ...words])).flags.range).toEqual(range)
  })

  it.each([
    '',
    '1',
    '1..',
    '..1',
    '1..0',
    '1..1',
    '0..1..2',
    '0...1',
    '0..Infinity',
    '0..1e999',
    '-1-1',
    '0x0..1',
  ])('refuses %j', async (text) => {
    await expect(parseCommand(['data', 'x.npy', `--range=${text}`])).rejects.toThrow(
      `--range: no range, got '${text}', expected two numbers`,
    )
  })

  it('says what is black and white where values do not', async () => {
    const refused = await run(['data', at('signed.npy')])
    expect(refused.exitCode).toBe(1)
    expect(refused.stderr).toMatch(/no pixel value, got -1 at index 0, .*--range -1\.\.1\)\n$/)
    expect(await run(['data', at('signed.npy'), '--range', '-1..1'])).toMatchObject({
      exitCode: 0,
      stderr: '',
    })
  })
})

describe('--layout', () => {
  it('settles dimensions that mean two things', async () => {
    const refused = await run(['data', at('narrow.npy')])
    expect(refused.exitCode).toBe(1)
    expect(refused.stderr).toContain('got shape [20, 3, 9, 4], expected --layout nchw (9x4, 3 chan')
    const { stdout } = await run(['data', at('narrow.npy'), '--layout', 'nchw', '--json'])
    expect(shapeIn(stdout)).toEqual({ channels: 3, height: 9, width: 4 })
    const other = await run(['data', at('narrow.npy'), '--layout=nhwc', '--json'])
    expect(shapeIn(other.stdout)).toEqual({ channels: 4, height: 3, width: 9 })
  })

  it('refuses what names no order', async () => {
    const { exitCode, stderr } = await run(['data', at('narrow.npy'), '--layout', 'nwx'])
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/layout: unknown, got 'nwx', expected the letters/)
  })
})

describe('--fit', () => {
  it('brings photos of several sizes to one, and the note says how', async () => {
    const words = { crop: 'cut', pad: 'padded', stretch: 'stretched' }
    for (const [fit, word] of Object.entries(words)) {
      const out = at(`${fit}.png`)
      const { exitCode, stdout, stderr } = await run([
        'data',
        at('photos'),
        '--fit',
        fit,
        '--out',
        out,
      ])
      expect(exitCode, stderr).toBe(0)
      expect(stderr).toContain(`24x24 to 20x40, are ${word} to 20x20`)
      expect(stdout).toContain(': 20x20 grey, ')
    }
    // Padded images have black beside them, and so does their preview.
    const [cropped, padded] = [await readFile(at('crop.png')), await readFile(at('pad.png'))]
    expect(padded.equals(cropped)).toBe(false)
  })

  it('refuses another word', async () => {
    await expect(parseCommand(['data', 'x', '--fit', 'stretsh'])).rejects.toThrow(
      "--fit: unknown, got 'stretsh' (did you mean stretch?), expected crop, pad, stretch",
    )
  })
})

it('keeps flags in the words of a command line, and reads them again', async () => {
  const words = ['--size', '20x10', '--channels', '3', '--fit', 'pad', '--layout', 'nchw']
  const { flags } = await parseCommand(['data', 'x', ...words, '--range', '-1..1'])
  const record = { size: '20x10', channels: '3', fit: 'pad', layout: 'nchw', range: '-1..1' }
  expect(recordOf(flags)).toEqual(record)
  expect(recordedFlags(record)).toEqual(flags)
  expect(recordOf({})).toBeUndefined()
  expect(recordedFlags()).toEqual({})
  expect(() => recordedFlags({ fit: 'x' })).toThrow("--fit: unknown, got 'x'")
})

it('a run keeps how its images were read, goes on with it, and tells the command', async () => {
  const out = at('run')
  const settings = ['--epochs', '2', '--hidden', '4', '--latent', '2', '--threads', '1']
  const data = ['--data', at('signed.npy')]
  const begun = await run(['train', ...data, '--range', '-1..1', ...settings, '--out', out])
  expect(begun.exitCode, begun.stderr).toBe(0)
  expect(begun.stderr).toContain('18 training and 2 test images of 8x8 grey\n')
  expect(JSON.parse(await readFile(join(out, 'config.json'), 'utf8'))).toMatchObject({
    data: { options: { range: '-1..1' } },
  })
  expect(begun.stdout).toMatch(/next: .* --data \S*signed\.npy --range -1\.\.1 /)
  await rm(join(out, 'checkpoint.safetensors'))
  await rm(join(out, 'log.jsonl'))
  const resumed = await run(['train', '--resume', out])
  expect(resumed.exitCode, resumed.stderr).toBe(0)
  expect(resumed.stdout).toContain('trained 2 epochs')
  const other = await run(['train', '--resume', out, '--epochs', '3'])
  expect(other.stderr).toContain('epochs: not what the run was begun with')
})

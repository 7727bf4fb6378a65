// `anyvae train --stream`: the same run as without, from a .npy file, a folder of images and IDX files.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { encodeIdx, encodeNpy, encodePng, glyphs } from '@anyvae/images'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { run } from '../testing/command.js'

const { data, shape } = glyphs({ count: 130, height: 8, width: 8 })
const SIZE = 64
const NETWORK = ['--hidden', '16', '--latent', '3', '--batch', '20', '--epochs', '2', '--seed', '5']

let base: string
const at = (name: string) => join(base, name)
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'anyvae-stream-'))
  vi.stubEnv('ANYVAE_CACHE', at('cache'))
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(base, { recursive: true })
})

async function put(name: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(at(name)), { recursive: true })
  await writeFile(at(name), bytes)
}

/** Writes the images in some form, and gives the source's name. */
const SOURCES = {
  '.npy file': async () => {
    await put('images.npy', encodeNpy({ dtype: 'u1', shape: [130, 8, 8], data }))
    return at('images.npy')
  },
  'folder of images': async () => {
    for (let i = 0; i < 130; i++) {
      const pixels = data.slice(i * SIZE, (i + 1) * SIZE)
      await put(`photos/${i % 3}/${i}.png`, encodePng({ ...shape, channels: 1, data: pixels }))
    }
    return at('photos')
  },
  'folder of IDX files': async () => {
    await put('idx/train-images-idx3-ubyte', encodeIdx({ dims: [130, 8, 8], data }))
    return at('idx')
  },
} as const

/** What a run's folder says of what was computed, and the parameters themselves. */
async function computed(folder: string) {
  const log = await readFile(join(folder, 'log.jsonl'), 'utf8')
  const records = log.trimEnd().split('\n')
  return {
    config: await readFile(join(folder, 'config.json'), 'utf8'),
    records: records.map((line) => ({ ...(JSON.parse(line) as object), measured: undefined })),
    checkpoint: await readFile(join(folder, 'checkpoint.safetensors')),
  }
}

async function train(...argv: string[]): Promise<void> {
  const { exitCode, stderr } = await run(['train', ...argv])
  expect(exitCode, stderr).toBe(0)
}

it.each(Object.entries(SOURCES))(
  'is the run that it is in memory, bit for bit: %s',
  async (...of) => {
    const source = await of[1]()
    await train('--data', source, ...NETWORK, '--out', at('memory'))
    await train('--data', source, ...NETWORK, '--stream', '--out', at('stream'))
    const [memory, stream] = [await computed(at('memory')), await computed(at('stream'))]
    expect(stream).toEqual(memory)
    expect(await readdir(at('cache')).catch(() => [])).toEqual([])
  },
)

it('is gone on with either way', async () => {
  const source = await SOURCES['.npy file']()
  const settings = [...NETWORK, '--epochs', '40']
  await train('--data', source, ...settings, '--out', at('memory'))
  for (const flags of [['--stream'], []]) {
    const out = at(`run${flags.length}`)
    const stop = new AbortController()
    const begun = run(['train', '--data', source, ...settings, ...flags, '--out', out], stop.signal)
    await vi.waitUntil(() => readdir(join(out, 'reconstructions')).catch(() => undefined), {
      interval: 1,
      timeout: 60_000,
    })
    stop.abort(new Error('stopped'))
    expect((await begun).exitCode).toBe(1)
    await train('--resume', out, ...(flags.length > 0 ? [] : ['--stream']))
    expect(await computed(out)).toEqual(await computed(at('memory')))
  }
})

it('refuses in one line what it cannot read piece by piece', async () => {
  const flags = [...NETWORK, '--stream', '--out', at('run')]
  const { exitCode, stderr } = await run(['train', '--data', 'glyphs:20', ...flags])
  expect(exitCode).toBe(1)
  expect(stderr).toMatch(/^anyvae: glyphs:20: not read but drawn, .*\(without --stream\)\n$/)
})

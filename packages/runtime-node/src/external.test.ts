// Models that would have values read from other files.
import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { decodeModel, encodeModelParts } from '@anyvae/onnx'
import { RuntimeError, loadDecoder, loadEncoder, loadVae, nodeBackend } from './index.js'
import { fileEntry, writeBundle } from './testing/bundle.js'
import { serve } from './testing/loopback.js'
import { LATENT, decoderModel, encoderModel, weights } from './testing/models.js'

const latents = weights(LATENT, 1)
const start = process.cwd()

/** A model whose larger values lie in a file of that name, and the contents of this file. */
function parts(model: Uint8Array, dataFile: string) {
  const made = encodeModelParts(decodeModel(model), { dataFile, threshold: 100, limit: 0 })
  return { model: made.model, data: Buffer.concat(made.data) }
}

/** The same model with another text of the same length somewhere in it. */
function renamed(model: Uint8Array, from: string, to: string): Uint8Array {
  expect(to.length).toBe(from.length)
  const text = Buffer.from(model).toString('latin1')
  expect(text.split(from)).toHaveLength(2)
  return Buffer.from(text.replace(from, to), 'latin1')
}

async function failure(loading: Promise<unknown>): Promise<string> {
  const error: unknown = await loading.catch((caught: unknown) => caught)
  expect(error).toBeInstanceOf(RuntimeError)
  return String(error)
}

let root: string
/** Where the process runs: it holds what a hostile model asks for. */
let working: string
let folder: string

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'anyvae-external-'))
  working = join(root, 'working')
  await mkdir(working)
  process.chdir(working)
})

beforeEach(async () => {
  folder = await mkdtemp(join(root, 'model-'))
})

afterAll(async () => {
  process.chdir(start)
  await rm(root, { recursive: true })
})

describe('a bundle whose decoder asks for a file of the caller', () => {
  const { model, data } = parts(decoderModel(), '.env')
  let bundle: string

  beforeAll(async () => {
    await writeFile(join(working, '.env'), data)
    const files = {
      'encoder.onnx': fileEntry('encoder', encoderModel()),
      'decoder.onnx': fileEntry('decoder', model),
    }
    bundle = await writeBundle({ files })
    await writeFile(join(bundle, 'decoder.onnx'), model)
  })

  afterAll(() => rm(bundle, { recursive: true }))

  const REFUSED =
    'model: values in another file, got "weights" in ".env", expected all in the model'

  it('is refused from a URL', async () => {
    const url = await serve((request, response) => {
      void readFile(join(bundle, basename(request.url ?? ''))).then((bytes) => response.end(bytes))
    })
    expect(await failure(loadVae(url))).toContain(REFUSED)
    expect(await failure(loadDecoder(`${url}/decoder.onnx`))).toContain(REFUSED)
    const asked = loadDecoder(`${url}/decoder.onnx`, { externalData: true })
    expect(await failure(asked)).toContain('externalData: not usable')
  })

  it('is refused from disk and from memory', async () => {
    expect(await failure(loadVae(bundle))).toContain(REFUSED)
    expect(await failure(loadVae(bundle, { lazy: true }))).toContain(REFUSED)
    expect(await failure(loadDecoder(join(bundle, 'decoder.onnx')))).toContain(REFUSED)
    expect(await failure(nodeBackend.createSession(model))).toContain(REFUSED)
    const encoder = loadEncoder(join(bundle, 'decoder.onnx'))
    expect(await failure(encoder)).toContain(REFUSED)
  })

  it('is refused as a bundle even where external data is asked for', async () => {
    const options: object = { externalData: true }
    expect(await failure(loadVae(bundle, options))).toContain("unknown option, got 'externalData'")
  })

  it('reads contents that are handed over, and no file in place of them', async () => {
    const own = Buffer.alloc(data.length)
    const session = { externalData: [{ path: '.env', data: own }] }
    const created = await nodeBackend.createSession(model, { session })
    const dims = [1, LATENT]
    const { logits } = await created.run({ latent: { type: 'float32', dims, data: latents } })
    expect(logits?.data.every((value) => value === 0)).toBe(true)
    await created.release()
    const broken = { externalData: [{ path: '.env' }] }
    expect(await failure(nodeBackend.createSession(model, { session: broken }))).toMatch(
      /model: onnxruntime cannot load it/,
    )
  })
})

describe('externalData: true', () => {
  const { model, data } = parts(decoderModel(), 'w.data')
  let path: string

  beforeEach(async () => {
    path = join(folder, 'decoder.onnx')
    await writeFile(path, model)
    // A decoy in the working folder.
    await writeFile(join(working, 'w.data'), Buffer.alloc(data.length))
  })

  const load = (changed?: Uint8Array) =>
    (changed ? writeFile(path, changed) : Promise.resolve()).then(() =>
      loadDecoder(path, { externalData: true }),
    )

  it('reads the file beside the model, not that of the working folder', async () => {
    await writeFile(join(folder, 'w.data'), data)
    await writeFile(join(folder, 'plain.onnx'), decoderModel())
    const plain = await loadDecoder(join(folder, 'plain.onnx'))
    const expected = await plain.decode(latents)
    for (const location of [path, join('..', basename(folder), 'decoder.onnx')]) {
      const decoder = await loadDecoder(location, { externalData: true })
      expect(await decoder.decode(latents)).toEqual(expected)
      await decoder.release()
    }
    await plain.release()
  })

  it('reads what a link within the folder leads to', async () => {
    await writeFile(join(folder, 'real'), data)
    await symlink('real', join(folder, 'w.data'))
    const decoder = await load()
    expect((await decoder.decode(latents)).data.every((value) => value === 0.5)).toBe(false)
    await decoder.release()
  })

  it('reads an encoder and a model that is whole', async () => {
    const encoder = parts(encoderModel(), 'w.data')
    await writeFile(path, encoder.model)
    await writeFile(join(folder, 'w.data'), encoder.data)
    await (await loadEncoder(path, { externalData: true })).release()
    await (await load(decoderModel())).release()
  })

  it('refuses links out of the folder', async () => {
    await symlink(join(working, 'w.data'), join(folder, 'w.data'))
    expect(await failure(load())).toMatch(
      /external data of "weights": leaves its folder, got a link to/,
    )
    await rm(join(folder, 'w.data'))
    await symlink(working, join(folder, 'elsewhere'))
    const through = parts(decoderModel(), 'elsewhere/w.data').model
    expect(await failure(load(through))).toContain('leaves its folder')
  })

  it.each(['../x', '/x/yz', './w.x', 'a/../', 'C:/x.', 'a\\..\\', '*/_x/*'])(
    'refuses the location %s',
    async (location) => {
      const name = 'x'.repeat(location.length)
      const changed = renamed(parts(decoderModel(), name).model, name, location)
      expect(await failure(load(changed))).toContain(
        'external data of "weights": unusable location',
      )
    },
  )

  it('refuses what is no regular file, or is not there', async () => {
    expect(await failure(load())).toMatch(/external data of "weights": cannot be read, got 'ENOENT/)
    await mkdir(join(folder, 'w.data'))
    expect(await failure(load())).toContain('got a folder, expected a regular file')
    if (process.platform === 'win32') return
    await rm(join(folder, 'w.data'), { recursive: true })
    execFileSync('mkfifo', [join(folder, 'w.data')])
    expect(await failure(load())).toContain('got a FIFO, expected a regular file')
  })

  it('refuses values beyond the end of the file', async () => {
    await writeFile(join(folder, 'w.data'), data.subarray(0, -1))
    expect(await failure(load())).toMatch(
      /beyond its file, got 480 bytes from 0 on, expected at most/,
    )
    await writeFile(join(folder, 'w.data'), data)
    const far = renamed(model, '\x06offset\x12\x010', '\x06offset\x12\x019')
    expect(await failure(load(far))).toMatch(/beyond its file, got 480 bytes from 9 on/)
    const minus = renamed(model, '\x06length\x12\x03480', '\x06length\x12\x03-80')
    expect(await failure(load(minus))).toContain('unusable place, got "-80"')
    const twice = renamed(model, '\x06length', '\x06offset')
    expect(await failure(load(twice))).toContain('unclear, got a key twice')
  })

  it('is true or false', async () => {
    const options: object = { externalData: 'yes' }
    expect(await failure(loadDecoder(path, options))).toContain(
      'externalData: not usable, got string',
    )
  })
})

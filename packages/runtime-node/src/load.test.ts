import { readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RuntimeError, loadDecoder, loadEncoder, loadVae, type DownloadProgress } from './index.js'
import { fileEntry, writeBundle } from './testing/bundle.js'
import {
  IMAGE,
  LATENT,
  PIXELS,
  decoderModel,
  encoderModel,
  float,
  model,
  node,
} from './testing/models.js'

const latent = new Float32Array(LATENT).fill(0.5)
const folders: string[] = []
let server: Server
let host: string

/** A fresh bundle, removed at the end. */
async function bundle(change?: Parameters<typeof writeBundle>[0]): Promise<string> {
  const folder = await writeBundle(change)
  folders.push(folder)
  return folder
}

async function failure(loading: Promise<unknown>): Promise<string> {
  const error: unknown = await loading.catch((caught: unknown) => caught)
  expect(error).toBeInstanceOf(RuntimeError)
  return String(error)
}

/** Serves the files of all folders by their full path, and lists what was asked for. */
const asked: string[] = []

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request.url ?? '')
    readFile(request.url ?? '').then(
      (bytes) => response.writeHead(200, { 'content-length': bytes.length }).end(bytes),
      () => response.writeHead(404).end(),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  host = `http://127.0.0.1:${address.port}`
})

afterAll(async () => {
  server.closeAllConnections()
  server.close()
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true })))
})

describe('loadVae', () => {
  it('gives the same from a path, a file URL and an http URL', async () => {
    const folder = await bundle()
    const seen: DownloadProgress[] = []
    const options = { onProgress: (progress: DownloadProgress) => seen.push(progress) }
    const images = []
    for (const location of [folder, pathToFileURL(folder), `${host}${folder}/`]) {
      const vae = await loadVae(location, options)
      images.push((await vae.sample(2)).data)
      await vae.release()
    }
    expect(images[1]).toEqual(images[0])
    expect(images[2]).toEqual(images[0])
    expect(new Set(seen.map(({ file }) => file))).toEqual(
      new Set(['anyvae.json', 'encoder.onnx', 'decoder.onnx']),
    )
    expect(seen.at(-1)?.loaded).toBe(seen.at(-1)?.total)
  })

  it('fetches the encoder only when used, where lazy', async () => {
    const folder = await bundle()
    asked.length = 0
    const vae = await loadVae(host + folder, { lazy: true })
    await vae.decode(latent)
    expect(asked).toEqual([`${folder}/anyvae.json`, `${folder}/decoder.onnx`])
    const image = new Float32Array(PIXELS)
    await Promise.all([vae.encode(image), vae.encode(image)])
    expect(asked.slice(2)).toEqual([`${folder}/encoder.onnx`])
    await vae.release()
  })

  it('tries again where a lazy encoder could not be read', async () => {
    const folder = await bundle()
    const bytes = await readFile(join(folder, 'encoder.onnx'))
    const vae = await loadVae(folder, { lazy: true })
    await rm(join(folder, 'encoder.onnx'))
    expect(await failure(vae.encode(new Float32Array(PIXELS)))).toContain('ENOENT')
    await writeFile(join(folder, 'encoder.onnx'), bytes)
    expect((await vae.encode(new Float32Array(PIXELS))).shape).toEqual([1, LATENT])
    await vae.release()
  })

  it('says which file was altered, even by one bit', async () => {
    const folder = await bundle()
    const bytes = await readFile(join(folder, 'decoder.onnx'))
    bytes[200] = (bytes[200] ?? 0) ^ 1
    await writeFile(join(folder, 'decoder.onnx'), bytes)
    for (const location of [folder, host + folder]) {
      expect(await failure(loadVae(location))).toMatch(/'decoder.onnx' was altered, got SHA-256 /)
    }
  })

  it('says which file was cut short or is missing', async () => {
    const folder = await bundle()
    await truncate(join(folder, 'encoder.onnx'), 100)
    expect(await failure(loadVae(folder))).toMatch(
      /'encoder.onnx' has the wrong size, got 100 bytes/,
    )
    expect(await failure(loadVae(host + folder))).toMatch(/encoder.onnx: .*only 100 of \d+ bytes/)
    await rm(join(folder, 'encoder.onnx'))
    expect(await failure(loadVae(folder))).toMatch(/encoder.onnx': cannot be read, got 'ENOENT/)
    expect(await failure(loadVae(host + folder))).toMatch(/encoder.onnx: .*HTTP status 404/)
  })

  it('says that a folder is no bundle', async () => {
    expect(await failure(loadVae('/no/such/folder'))).toMatch(
      /folder\/anyvae.json': cannot be read/,
    )
    const folder = await bundle()
    expect(await failure(loadVae(join(folder, 'decoder.onnx')))).toContain('ENOTDIR')
    await writeFile(join(folder, 'anyvae.json'), '<!doctype html>')
    expect(await failure(loadVae(folder))).toMatch(/bundle '.*': anyvae.json: not readable/)
    await writeFile(join(folder, 'anyvae.json'), '{ "formatVersion": 1, "na')
    expect(await failure(loadVae(folder))).toContain('expected JSON')
    await writeFile(join(folder, 'anyvae.json'), '{ "formatVersion": 3 }')
    expect(await failure(loadVae(folder))).toMatch(/got 3, expected at most 2.*newer anyvae/)
  })

  it('refuses a path out of the folder before reading it', async () => {
    const files = { '../encoder.onnx': fileEntry('encoder', encoderModel()) }
    const folder = await bundle({ files })
    expect(await failure(loadVae(folder))).toContain(
      'got "../encoder.onnx", expected a relative path',
    )
  })

  it('refuses models that are not as the manifest says', async () => {
    const image = { ...IMAGE, channels: 1, range: [0, 1] as const }
    expect(await failure(loadVae(await bundle({ latentSize: 4 })))).toContain('not as its manifest')
    expect(await failure(loadVae(await bundle({ image })))).toContain('images of 1 x 2 x 4')
    const files = { 'decoder.onnx': fileEntry('decoder', decoderModel()) }
    expect(await failure(loadVae(await bundle({ files })))).toContain('bundle: no encoder to use')
    const decoderOnly = await loadVae(await bundle({ files }), { lazy: true })
    expect((await decoderOnly.decode(latent)).shape).toEqual([1, 3, 2, 4])
    await decoderOnly.release()
  })

  it.each([
    [{ providers: ['cpu'] }, /load: unknown option, got 'providers', expected provider or /],
    [{ device: 'cuda' }, /load: unknown option, got 'device'/],
    [null, /load: unusable options, got null/],
    [{ provider: 'wasm' }, /provider: not one of onnxruntime-node for .*, got 'wasm'/],
    [{ threads: 0 }, /threads: not usable, got 0/],
    [{ threads: 1e6 }, /threads: not usable, got 1000000/],
    [{ maxBatch: '8' }, /maxBatch: not usable, got '8'/],
  ])('refuses %o before it asks for anything', async (options, message) => {
    asked.length = 0
    for (const load of [loadVae, loadDecoder, loadEncoder]) {
      expect(await failure(load(`${host}/nowhere`, options as object))).toMatch(message)
    }
    expect(asked).toEqual([])
  })

  it('takes options that are left undefined', async () => {
    const none = { provider: undefined, threads: undefined, session: undefined, signal: undefined }
    const vae = await loadVae(await bundle(), { ...none, lazy: undefined, precision: undefined })
    const image = await vae.sample(1, { seed: undefined, temperature: undefined })
    expect(image.shape).toEqual([1, 3, 2, 4])
    await vae.release()
  })

  it('names the providers that there are', async () => {
    const options = { provider: 'wasm' } as const
    expect(await failure(loadVae(await bundle(), options))).toMatch(/got 'wasm', expected cpu/)
  })
})

describe('loadDecoder and loadEncoder', () => {
  it('read sizes from the bare file', async () => {
    const folder = await bundle()
    for (const location of [folder, host + folder]) {
      const decoder = await loadDecoder(`${location}/decoder.onnx`)
      expect([decoder.latentSize, decoder.image]).toEqual([LATENT, IMAGE])
      expect(decoder.info.precision).toBeUndefined()
      expect((await decoder.sample(3, { seed: 1 })).shape).toEqual([3, 3, 2, 4])
      await decoder.release()
      const encoder = await loadEncoder(`${location}/encoder.onnx`)
      expect([encoder.latentSize, encoder.image]).toEqual([LATENT, IMAGE])
      expect((await encoder.encode(new Uint8Array(2 * PIXELS))).shape).toEqual([2, LATENT])
      await encoder.release()
    }
  })

  it('refuses logits of a decoder that has none', async () => {
    const folder = await bundle()
    await writeFile(join(folder, 'gaussian.onnx'), decoderModel('gaussian'))
    const decoder = await loadDecoder(join(folder, 'gaussian.onnx'))
    expect((await decoder.decode(latent)).logits).toBeUndefined()
    expect(await failure(decoder.decode(latent, { logits: true }))).toContain(
      'logits: none in this decoder',
    )
    await decoder.release()
  })

  it('says what a file lacks', async () => {
    const folder = await bundle()
    const wrongWay = failure(loadDecoder(join(folder, 'encoder.onnx')))
    expect(await wrongWay).toContain("got [image], expected 'latent'")
    expect(await failure(loadEncoder(join(folder, 'no.onnx')))).toContain('ENOENT')
    expect(await failure(loadDecoder(`${host}/no.onnx`))).toContain('HTTP status 404')
    expect(await failure(loadDecoder(join(folder, 'anyvae.json')))).toContain('model: not readable')
    const fixed = model({
      inputs: [float('latent', 1, LATENT)],
      outputs: [float('image', 1, LATENT)],
      nodes: [node('Identity', ['latent'], 'image')],
    })
    await writeFile(join(folder, 'fixed.onnx'), fixed)
    expect(await failure(loadDecoder(join(folder, 'fixed.onnx')))).toContain(
      "unusable 'latent', got float32 [1, 5], expected float32 with a symbolic batch",
    )
  })
})

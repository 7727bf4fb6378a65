// What callers hand over is theirs again as soon as the call returns, and may be shared between threads.
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Tensor } from 'onnxruntime-node'
import { openDecoder, openEncoder, openVae, type BundleReader } from '@anyvae/runtime'
import {
  loadDecoder,
  loadEncoder,
  loadVae,
  nodeBackend,
  type Images,
  type Latents,
} from './index.js'
import { writeBundle } from './testing/bundle.js'
import { IMAGE, LATENT, PIXELS, decoderModel, encoderModel, weights } from './testing/models.js'

const COUNT = 5
const pixels = () => Uint8Array.from({ length: COUNT * PIXELS }, (_, i) => (i * 37) % 256)
const unit = () => Float32Array.from(pixels(), (value) => value / 255)
const codes = () => weights(COUNT * LATENT, 4)
const shape = [COUNT, ...Object.values(IMAGE)]

type Filled = { fill(value: number): unknown }

function shared(values: Float32Array): Float32Array {
  const copy = new Float32Array(new SharedArrayBuffer(values.byteLength))
  copy.set(values)
  return copy
}

/** Each gives an argument and the array in it. */
const IMAGES: Readonly<Record<string, () => [Images, Filled]>> = {
  bytes: () => own(pixels()),
  'a Buffer': () => own(Buffer.from(pixels())),
  floats: () => own(unit()),
  'shared floats': () => own(shared(unit())),
  'floats with their shape': () => beside(unit(), (data) => ({ data, shape: [...shape] })),
  'a tensor': () => beside(unit(), (data) => new Tensor('float32', data, shape) as Images),
}

const LATENTS: Readonly<Record<string, () => [Latents, Filled]>> = {
  floats: () => own(codes()),
  'shared floats': () => own(shared(codes())),
  'floats with their shape': () => beside(codes(), (data) => ({ data, shape: [COUNT, LATENT] })),
  'a tensor': () =>
    beside(codes(), (data) => new Tensor('float32', data, [COUNT, LATENT]) as Latents),
}

function own<T extends Filled>(values: T): [T, Filled] {
  return [values, values]
}

function beside<T extends Filled, A>(values: T, argument: (values: T) => A): [A, Filled] {
  return [argument(values), values]
}

/** What a call gives whose argument is overwritten as soon as it has returned. */
async function overwritten<A, T>(
  [argument, values]: [A, Filled],
  call: (a: A) => Promise<T>,
): Promise<T> {
  const result = call(argument)
  values.fill(0)
  return result
}

let folder: string

beforeAll(async () => {
  folder = await writeBundle()
})

afterAll(() => rm(folder, { recursive: true }))

describe.each([true, false])('a Vae (lazy: %s)', (lazy) => {
  it.each(Object.entries(IMAGES))('encodes %s as they were at the call', async (_, make) => {
    const vae = await loadVae(folder, { lazy, maxBatch: 2 })
    const encoded = await overwritten(make(), (images) => vae.encode(images))
    expect(encoded).toEqual(await vae.encode(make()[0]))
    expect(encoded).toEqual(await vae.encode(unit()))
    const made = await overwritten(make(), (images) => vae.reconstruct(images))
    expect(made).toEqual(await vae.reconstruct(unit()))
    await vae.release()
  })

  it.each(Object.entries(LATENTS))('decodes %s as they were at the call', async (_, make) => {
    const vae = await loadVae(folder, { lazy, maxBatch: 2 })
    const decoded = await overwritten(make(), (latents) => vae.decode(latents))
    expect(decoded).toEqual(await vae.decode(codes()))
    await vae.release()
  })

  it('goes from one latent to another as they were at the call', async () => {
    const vae = await loadVae(folder, { lazy })
    const [a, b] = [codes().slice(0, LATENT), shared(codes().slice(LATENT, 2 * LATENT))]
    const expected = await vae.interpolate(a.slice(), b.slice(), { steps: 4 })
    const way = vae.interpolate({ data: a, shape: [1, LATENT] }, b, { steps: 4 })
    a.fill(0)
    b.fill(0)
    expect(await way).toEqual(expected)
    await vae.release()
  })
})

describe('bare models', () => {
  it('are opened as they were at the call', async () => {
    const latents = codes()
    const expected = await loadDecoder(join(folder, 'decoder.onnx'))
    const decoder = await overwritten(own(decoderModel()), (model) =>
      openDecoder(model, nodeBackend),
    )
    expect(await decoder.decode(latents)).toEqual(await expected.decode(latents))
    const first = await loadEncoder(join(folder, 'encoder.onnx'))
    const encoder = await overwritten(own(encoderModel()), (model) =>
      openEncoder(model, nodeBackend),
    )
    expect(await encoder.encode(pixels())).toEqual(await first.encode(pixels()))
    await Promise.all([decoder, expected, encoder, first].map((half) => half.release()))
  })

  it('are bytes', async () => {
    const path: unknown = 'decoder.onnx'
    await expect(openDecoder(path as Uint8Array, nodeBackend)).rejects.toThrow(
      'model: wrong type, got string, expected a Uint8Array',
    )
  })
})

it('opens what was verified, whatever a reader does to its bytes later', async () => {
  const files = new Map<string, Uint8Array>()
  for (const file of ['anyvae.json', 'encoder.onnx', 'decoder.onnx']) {
    files.set(file, await readFile(join(folder, file)))
  }
  const reader: BundleReader = {
    location: 'memory',
    read(file) {
      const bytes = Buffer.from(files.get(file) ?? [])
      // Once whoever asked has it.
      setImmediate(() => file.endsWith('.onnx') && bytes.fill(0))
      return Promise.resolve(bytes)
    },
  }
  const vae = await openVae(reader, nodeBackend)
  const other = await loadVae(folder)
  expect(await vae.decode(codes())).toEqual(await other.decode(codes()))
  await Promise.all([vae.release(), other.release()])
})

import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { glyphs } from '@anyvae/images'
import { decodeModel, encodeModel } from '@anyvae/onnx'
import { randomStream } from '@anyvae/random'
import { parseManifest, type BundleReader, type Manifest } from '@anyvae/runtime'
import { nodeBackend } from '@anyvae/runtime-node'
import { createNetwork, evaluate, initialState, tfjsEngine } from '@anyvae/trainer'
import { bundleEvaluator, createBundle, type Trained, verifyBundle } from './index.js'
import { VERSION } from './version.js'

const image = { channels: 1, height: 12, width: 11 }
const images = glyphs({ count: 30, seed: 1, height: image.height, width: image.width })

function trained(
  likelihood: 'bernoulli' | 'gaussian',
  architecture: 'conv' | 'resnet' = 'conv',
): Trained {
  const network = createNetwork({ architecture, image, latent: 3, filters: [4, 6], likelihood })
  const { parameters } = initialState(network, 1)
  return {
    network: network.config,
    parameters,
    examples: { count: 30, images: images.data },
    training: { data: 'glyphs', epochs: 1, seed: 1, command: 'npx anyvae train' },
    quality: { negativeElbo: 123.456, activeUnits: 3 },
  }
}

/** A reader over files in memory, some of them changed. */
function readerOf(
  files: ReadonlyMap<string, Uint8Array>,
  changed: Record<string, Uint8Array> = {},
): BundleReader {
  return {
    location: 'memory',
    read(file) {
      const bytes = changed[file] ?? files.get(file)
      return bytes ? Promise.resolve(bytes) : Promise.reject(new Error(`${file}: missing`))
    },
  }
}

function manifestOf(files: ReadonlyMap<string, Uint8Array>): Manifest {
  return parseManifest(JSON.parse(new TextDecoder().decode(files.get('anyvae.json'))))
}

describe.each(['bernoulli', 'gaussian'] as const)('a bundle of %s likelihood', (likelihood) => {
  const model = trained(likelihood)
  let files: ReadonlyMap<string, Uint8Array>
  beforeAll(async () => {
    files = await createBundle(model, { name: 'test' })
  })

  it('holds the contract’s files', () => {
    expect([...files.keys()]).toEqual([
      'encoder.onnx',
      'decoder.onnx',
      'anyvae.json',
      'README.md',
      'samples.png',
      'vectors/encoder/test_data_set_0/input_0.pb',
      'vectors/encoder/test_data_set_0/output_0.pb',
      'vectors/encoder/test_data_set_0/output_1.pb',
      'vectors/decoder/test_data_set_0/input_0.pb',
      'vectors/decoder/test_data_set_0/output_0.pb',
      'vectors/decoder/test_data_set_0/output_1.pb',
    ])
    const card = new TextDecoder().decode(files.get('README.md'))
    expect(card).toContain('| negative ELBO | 123.46 nats per image |')
    expect(card).toMatch(
      /^In bits per dimension the negative ELBO is \d+\.\d{3}: a (cross-entropy|density)/m,
    )
    expect(card).toMatch(/^---\nlicense: other\n/)
    expect(manifestOf(files).license).toBe('other')
  })

  it('verifies', async () => {
    const result = await verifyBundle(readerOf(files), nodeBackend)
    expect(result.problems).toEqual([])
    expect(result.ok).toBe(true)
    expect(result.files.map((file) => file.file)).toEqual(['encoder.onnx', 'decoder.onnx'])
  })

  it('evaluates as TensorFlow.js does', async () => {
    await tf.setBackend('cpu')
    const network = createNetwork(model.network)
    const engine = await tfjsEngine(network, initialState(network, 1), { batchSize: 10 })
    const evaluator = await bundleEvaluator(readerOf(files), nodeBackend)
    const options = { seed: 5, batchSize: 7, latent: 3 }
    const wanted = await evaluate(engine, images, options)
    const got = await evaluate(evaluator, images, options)
    await Promise.all([engine.release(), evaluator.release()])
    expect(got.reconstruction).toBeCloseTo(wanted.reconstruction, 3)
    expect(got.kl).toBeCloseTo(wanted.kl, 5)
  })

  it('is refused where a file was altered, whatever was done', async () => {
    const decoder = files.get('decoder.onnx') ?? new Uint8Array()
    const altered = decoder.slice()
    altered[decoder.length - 100] = (altered[decoder.length - 100] ?? 0) ^ 1
    const result = await verifyBundle(readerOf(files, { 'decoder.onnx': altered }), nodeBackend)
    expect(result.ok).toBe(false)
    expect(result.problems).toEqual([
      expect.stringMatching(/'decoder.onnx' was altered, got SHA-256/),
    ])
    expect(result.files[0]?.ok).toBe(true)
  })

  it('is refused where weights and manifest were altered together', async () => {
    const manifest = JSON.parse(new TextDecoder().decode(files.get('anyvae.json'))) as {
      files: Record<string, { bytes: number; sha256: string }>
    }
    const decoder = decodeModel(files.get('decoder.onnx') ?? new Uint8Array())
    const initializers = decoder.graph.initializers.map((each) => {
      const noise = randomStream(1, 'noise').normals(each.bytes.length / 4)
      return each.dataType === 'float32'
        ? { ...each, bytes: new Uint8Array(noise.slice().buffer) }
        : each
    })
    const bytes = encodeModel({ ...decoder, graph: { ...decoder.graph, initializers } })
    const digest = await crypto.subtle.digest('SHA-256', new Uint8Array(bytes))
    const sha256 = Buffer.from(digest).toString('hex')
    const entry = { ...manifest.files['decoder.onnx'], bytes: bytes.length, sha256 }
    const changed = { ...manifest, files: { ...manifest.files, 'decoder.onnx': entry } }
    const reader = readerOf(files, {
      'decoder.onnx': bytes,
      'anyvae.json': new TextEncoder().encode(JSON.stringify(changed)),
    })
    const { problems } = await verifyBundle(reader, nodeBackend)
    expect(problems).toEqual([
      expect.stringMatching(/decoder.onnx: output image differs from .*, got .* expected at most/),
      expect.stringMatching(/decoder.onnx: output log\w+ differs from .*, got .* expected at most/),
    ])
  })

  it('is refused where it holds half of a VAE', async () => {
    const manifest = JSON.parse(new TextDecoder().decode(files.get('anyvae.json'))) as {
      files: Record<string, unknown>
    }
    const half = { ...manifest, files: { 'encoder.onnx': manifest.files['encoder.onnx'] } }
    const bytes = new TextEncoder().encode(JSON.stringify(half))
    const { ok, problems } = await verifyBundle(
      readerOf(files, { 'anyvae.json': bytes }),
      nodeBackend,
    )
    expect(ok).toBe(false)
    expect(problems).toEqual([expect.stringMatching(/lists no decoder, got encoder.onnx/)])
  })

  it('is refused where its vectors leave an output out', async () => {
    const folder = 'vectors/encoder/test_data_set_0'
    const mean = files.get(`${folder}/output_0.pb`) ?? new Uint8Array()
    const reader = readerOf(files, { [`${folder}/output_1.pb`]: mean })
    const { problems } = await verifyBundle(reader, nodeBackend)
    expect(problems).toEqual([expect.stringMatching(/got mean, expected mean, log_variance/)])
  })

  it('is refused where test vectors are damaged', async () => {
    const path = 'vectors/encoder/test_data_set_0/output_0.pb'
    const cut = (files.get(path) ?? new Uint8Array()).subarray(0, 20)
    const { problems } = await verifyBundle(readerOf(files, { [path]: cut }), nodeBackend)
    expect(problems).toEqual([expect.stringContaining(path)])
  })
})

it('holds a resnet', async () => {
  const files = await createBundle(trained('bernoulli', 'resnet'), { name: 'test' })
  const { ok, problems } = await verifyBundle(readerOf(files), nodeBackend)
  expect({ ok, problems }).toEqual({ ok: true, problems: [] })
  expect(manifestOf(files).architecture).toEqual({ name: 'resnet', filters: [4, 6], blocks: 1 })
  const card = new TextDecoder().decode(files.get('README.md'))
  expect(card).toContain('Architecture `resnet` (filters [4,6], blocks 1), bernoulli likelihood')
})

it('bears the licence that it is given', async () => {
  const files = await createBundle(trained('bernoulli'), { name: 'test', license: 'Apache-2.0' })
  expect(new TextDecoder().decode(files.get('README.md'))).toMatch(/^---\nlicense: apache-2.0\n/)
  expect(manifestOf(files).license).toBe('Apache-2.0')
})

it.each([NaN, Infinity])('is not made of weights of %d, which are named', async (value) => {
  const model = trained('bernoulli')
  model.parameters['decoder/output/kernel']?.fill(value, 5, 6)
  await expect(createBundle(model, { name: 'test' })).rejects.toThrow(
    `weights: decoder/output/kernel is not finite, got ${value} in place 5 of`,
  )
})

describe('VERSION', () => {
  it('is that of package.json', () => {
    const url = new URL('../package.json', import.meta.url)
    expect(VERSION).toBe((JSON.parse(readFileSync(url, 'utf8')) as { version: string }).version)
  })
})

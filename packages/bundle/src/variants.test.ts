// Bundles with lighter files: what they hold, that they verify, and what they cost.
import { beforeAll, describe, expect, it } from 'vitest'
import { glyphs, type ImageSet, selectImages } from '@anyvae/images'
import { decodeModel, encodeModel } from '@anyvae/onnx'
import { randomStream } from '@anyvae/random'
import { openVae, type Manifest, parseManifest } from '@anyvae/runtime'
import { nodeBackend } from '@anyvae/runtime-node'
import { createNetwork, evaluate, initialState } from '@anyvae/trainer'
import {
  addVariants,
  bundleEvaluator,
  type BundleFiles,
  createBundle,
  readBundle,
  verifyBundle,
} from './index.js'
import { memoryReader } from './memory.js'

const image = { channels: 1, height: 12, width: 11 }
const set = (seed: number) => glyphs({ count: 60, seed, height: image.height, width: image.width })
const [calibration, test] = [set(1), set(2)]
const options = {
  precisions: ['float16', 'int8'],
  data: 'some/where/glyphs',
  calibration,
  test,
} as const

async function bundle(likelihood: 'bernoulli' | 'gaussian'): Promise<BundleFiles> {
  const network = createNetwork({
    architecture: 'conv',
    image,
    latent: 3,
    filters: [4, 6],
    likelihood,
  })
  return createBundle(
    {
      network: network.config,
      parameters: initialState(network, 1).parameters,
      examples: { count: 60, images: test.data },
      training: { data: 'glyphs' },
      quality: {},
    },
    { name: 'test' },
  )
}

function manifestOf(files: BundleFiles): Manifest {
  return parseManifest(JSON.parse(new TextDecoder().decode(files.get('anyvae.json'))))
}

describe.each(['bernoulli', 'gaussian'] as const)('variants of %s likelihood', (likelihood) => {
  let [plain, files]: BundleFiles[] = []
  beforeAll(async () => {
    plain = await bundle(likelihood)
    files = await addVariants(plain, nodeBackend, options)
  })

  it('stand beside the float32 files, in the manifest and the card', () => {
    const names = ['encoder_fp16', 'decoder_fp16', 'encoder_int8', 'decoder_int8']
    const paths = ['encoder', 'decoder', ...names].map((name) => `${name}.onnx`)
    expect([...(files?.keys() ?? [])].slice(0, 7)).toEqual([...paths, 'anyvae.json'])
    expect(files?.size).toBe((plain?.size ?? 0) + 4)
    const manifest = manifestOf(files ?? new Map())
    expect(Object.keys(manifest.files)).toEqual(paths)
    expect(manifest.files['decoder_int8.onnx']).toMatchObject({
      role: 'decoder',
      precision: 'int8',
      calibration: { data: 'glyphs', images: 60 },
      damage: { data: 'glyphs', images: 60 },
    })
    expect(manifest.files['encoder_fp16.onnx']?.calibration).toBeUndefined()
    const card = new TextDecoder().decode(files?.get('README.md'))
    for (const path of paths.slice(2))
      expect(card).toMatch(
        new RegExp(`\\n\\| ${path} \\| [\\d,]+ \\| \\d\\.\\d+ \\| \\d+\\.\\d dB \\| [+-]?\\d`),
      )
  })

  it('verify, each by its own tolerance', async () => {
    const result = await verifyBundle(memoryReader(files ?? new Map()), nodeBackend)
    expect(result.problems).toEqual([])
    expect(result.files.every(({ ok }) => ok)).toBe(true)
    const precisions = ['float32', 'float16', 'int8']
    expect(result.files.map(({ precision }) => precision)).toEqual(
      precisions.flatMap((each) => [each, each]),
    )
    for (const { outputs } of result.files.slice(2)) {
      // The one number of a gaussian likelihood is the same in all precisions.
      const differences = outputs.map(({ difference }) => difference)
      expect(Math.max(...differences)).toBeGreaterThan(1e-6)
      for (const { difference, tolerance } of outputs) {
        expect(tolerance).toBeGreaterThanOrEqual(difference)
      }
    }
  })

  it('cost little, and what the manifest says', async () => {
    const reader = memoryReader(files ?? new Map())
    const loss = async (precision: 'float32' | 'float16' | 'int8') => {
      const evaluator = await bundleEvaluator(reader, nodeBackend, { precision })
      const { negativeElbo } = await evaluate(evaluator, test, { seed: 0, batchSize: 7, latent: 3 })
      await evaluator.release()
      return negativeElbo
    }
    const whole = await loss('float32')
    const { files: entries } = manifestOf(files ?? new Map())
    for (const [precision, suffix, most] of [
      ['float16', 'fp16', 0.02],
      ['int8', 'int8', 1],
    ] as const) {
      const [encoder, decoder] = ['encoder', 'decoder'].map(
        (each) => entries[`${each}_${suffix}.onnx`]?.damage,
      )
      // The two add up, but for what the one does to the other.
      const change = (encoder?.negativeElbo ?? NaN) + (decoder?.negativeElbo ?? NaN)
      expect(Math.abs((await loss(precision)) - whole - change)).toBeLessThan(0.1 * most)
      expect(Math.abs(change)).toBeLessThan(most)
      expect(encoder?.psnr).toBeGreaterThan(35)
      expect(decoder?.psnr).toBeGreaterThan(35)
      expect(encoder?.meanShift).toBeLessThan(0.2)
      expect(decoder?.meanShift).toBeUndefined()
    }
  })

  it('cost what an own computation gives: PSNR in dB, and the shift of means', async () => {
    const reader = memoryReader(files ?? new Map())
    const open = (precision: 'float32' | 'int8') => openVae(reader, nodeBackend, { precision })
    const [whole, light] = [await open('float32'), await open('int8')]
    const posterior = await whole.encode(test.data)
    const { mean, logVariance } = posterior
    const shifted = (await light.encode(test.data)).mean
    const noise = randomStream(0, 'evaluation').normals(test.count * 3)
    const latents = mean.map(
      (value, i) => value + Math.exp((logVariance[i] ?? NaN) / 2) * (noise[i] ?? NaN),
    )
    const [expected, got] = [await whole.decode(latents), await light.decode(latents)]
    await Promise.all([whole.release(), light.release()])
    const meanOf = (values: Float32Array, of: (value: number, i: number) => number) =>
      values.reduce((sum, value, i) => sum + of(value, i), 0) / values.length
    const error = meanOf(expected.data, (value, i) => (value - (got.data[i] ?? NaN)) ** 2)
    const shift = meanOf(
      mean,
      (value, i) => (value - (shifted[i] ?? NaN)) ** 2 / Math.exp(logVariance[i] ?? NaN),
    )
    const { files: entries } = manifestOf(files ?? new Map())
    // The ratio of a peak of 1, squared, to the mean squared error, in decibels: ten to a power of ten.
    expect(entries['decoder_int8.onnx']?.damage?.psnr).toBeCloseTo(10 * Math.log10(1 / error), 4)
    expect(entries['encoder_int8.onnx']?.damage?.meanShift).toBeCloseTo(Math.sqrt(shift), 5)
  })

  it('are what a VAE of that precision computes with', async () => {
    const reader = memoryReader(files ?? new Map())
    const latents = new Float32Array(3).fill(0.5)
    const decoded = async (precision: 'float32' | 'int8') => {
      const vae = await openVae(reader, nodeBackend, { precision })
      expect(vae.info.precision).toBe(precision)
      const { data } = await vae.decode(latents)
      await vae.release()
      return data
    }
    expect(await decoded('int8')).not.toEqual(await decoded('float32'))
  })

  it('are made anew where they are there, the same', async () => {
    const said: string[] = []
    const again = await addVariants(files ?? new Map(), nodeBackend, {
      ...options,
      precisions: ['int8'],
      onProgress: (doing) => void said.push(doing),
    })
    expect(said).toEqual([
      'int8: there already, made anew',
      'calibrating int8 on 60 images',
      'measuring on 60 images',
    ])
    expect([...again.keys()]).toEqual([...(files?.keys() ?? [])])
    for (const [path, bytes] of again) expect([path, bytes]).toEqual([path, files?.get(path)])
  })

  it('are read with the bundle that has them', async () => {
    const read = await readBundle(memoryReader(files ?? new Map()))
    expect([...read.keys()].sort()).toEqual([...(files?.keys() ?? [])].sort())
  })

  it('are refused where their weights are another model’s', async () => {
    const file = 'decoder_int8.onnx'
    const model = decodeModel(files?.get(file) ?? new Uint8Array())
    const initializers = model.graph.initializers.map((each) =>
      each.dataType === 'int8' ? { ...each, bytes: each.bytes.map((byte) => byte ^ 0x30) } : each,
    )
    const bytes = encodeModel({ ...model, graph: { ...model.graph, initializers } })
    const digest = await crypto.subtle.digest('SHA-256', new Uint8Array(bytes))
    const manifest = manifestOf(files ?? new Map())
    const entry = {
      ...manifest.files[file],
      bytes: bytes.length,
      sha256: Buffer.from(digest).toString('hex'),
      tolerances: { mean: 1e9, image: 1e9, logits: 1e9, log_scale: 1e9 },
    }
    const changed = { ...manifest, files: { ...manifest.files, [file]: entry } }
    const forged = new Map([
      ...(files ?? []),
      [file, bytes] as const,
      ['anyvae.json', new TextEncoder().encode(JSON.stringify(changed))] as const,
    ])
    const { problems } = await verifyBundle(memoryReader(forged), nodeBackend)
    const outputs = likelihood === 'bernoulli' ? ['image', 'logits'] : ['image']
    expect(problems).toHaveLength(outputs.length)
    outputs.forEach((output, i) => {
      expect(problems[i]).toContain(`${file}: output ${output} differs from its test vectors`)
    })
  })

  it('are doubted where few images make them, or the same ones measure them', async () => {
    const one = selectImages(calibration, [0])
    const made = async (test: ImageSet) => {
      const warnings: string[] = []
      const onWarning = (warning: string) => void warnings.push(warning)
      const given = { ...options, calibration: one, test, onWarning }
      const all = await addVariants(plain ?? new Map(), nodeBackend, given)
      const card = new TextDecoder().decode(all.get('README.md'))
      for (const warning of warnings) expect(card).toContain(`\n- ${warning}\n`)
      return warnings
    }
    const few = 'int8: calibrated on few images, got 1, expected at least 100 (1,000 are used)'
    expect(await made(test)).toContain(few)
    expect(await made(one)).toEqual(
      expect.arrayContaining([
        few,
        'int8: measured on images that it was calibrated on, got 1 of 1, expected others: its cost is understated',
      ]),
    )
  })

  it('are not begun where the signal is aborted, or is none', async () => {
    const files = plain ?? new Map<string, Uint8Array>()
    const asked: string[] = []
    const onProgress = (doing: string) => void asked.push(doing)
    const reason = new Error('enough')
    const aborted = { ...options, onProgress, signal: AbortSignal.abort(reason) }
    await expect(addVariants(files, nodeBackend, aborted)).rejects.toBe(reason)
    const none: unknown = new AbortController()
    const wrong = { ...options, onProgress, signal: none as AbortSignal }
    await expect(addVariants(files, nodeBackend, wrong)).rejects.toThrow(
      'signal: not usable, got AbortController, expected an AbortSignal',
    )
    expect(asked).toEqual([])
  })

  it('are refused for images of another shape', async () => {
    const wrong = glyphs({ count: 2, height: 5, width: 5 })
    await expect(
      addVariants(plain ?? new Map(), nodeBackend, { ...options, test: wrong }),
    ).rejects.toThrow(
      "images of another shape than the bundle's, got 5x5 grey, expected 12x11 grey",
    )
  })
})

describe('bundleEvaluator', () => {
  it('refuses a precision that is not there, naming those that are', async () => {
    const evaluator = bundleEvaluator(memoryReader(await bundle('bernoulli')), nodeBackend, {
      precision: 'int8',
    })
    await expect(evaluator).rejects.toThrow(
      'precision: not in this bundle, got int8, expected one of float32',
    )
  })
})

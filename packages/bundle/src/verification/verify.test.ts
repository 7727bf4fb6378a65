// Verification fails whatever is wrong with an output: graph edits of shipped bundles, checksums corrected.
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { glyphs, imageSet, type ImageSet } from '@anyvae/images'
import { decodeModel, encodeModel } from '@anyvae/onnx'
import { type Manifest, parseManifest, type Role, sha256Hex } from '@anyvae/runtime'
import { diskReader, nodeBackend } from '@anyvae/runtime-node'
import { createNetwork, initialState } from '@anyvae/trainer'
import { addVariants, type BundleFiles, createBundle, readBundle, verifyBundle } from '../index.js'
import { memoryReader } from '../memory.js'
import { renewBundle } from '../renew.js'
import {
  editInput,
  editOutput,
  type GraphEdit,
  reversed,
  scaled,
  shifted,
  withoutLatent,
} from '../testing/graph-edits.js'

const SHIPPED = ['mnist-conv', 'mnist-mlp', 'mnist-2d']

const folderOf = (name: string) =>
  fileURLToPath(new URL(`../../../../models/${name}`, import.meta.url))

const shipped = (name: string) => readBundle(diskReader(folderOf(name)))

function manifestOf(files: BundleFiles): Manifest {
  return parseManifest(JSON.parse(new TextDecoder().decode(files.get('anyvae.json'))))
}

/** The bundle with one file edited, its size and checksum corrected, and no other model listed. */
async function edited(files: BundleFiles, path: string, edit: GraphEdit): Promise<BundleFiles> {
  const model = decodeModel(files.get(path) ?? new Uint8Array())
  const bytes = encodeModel(edit(model))
  const manifest = manifestOf(files)
  const file = { ...manifest.files[path], bytes: bytes.length, sha256: await sha256Hex(bytes) }
  const json = JSON.stringify({ ...manifest, files: { [path]: file } })
  return new Map([...files, [path, bytes], ['anyvae.json', new TextEncoder().encode(json)]])
}

/** The outputs that `verifyBundle` finds fault with. */
async function failing(files: BundleFiles): Promise<string[]> {
  const result = await verifyBundle(memoryReader(files), nodeBackend)
  return result.files
    .flatMap(({ outputs }) => outputs)
    .flatMap(({ ok, output }) => (ok ? [] : [output]))
}

const OUTPUTS: Readonly<Record<Role, readonly string[]>> = {
  encoder: ['mean', 'log_variance'],
  decoder: ['image', 'logits'],
}

/** Made to one output alone; shifts are about a twentieth of the output's size. */
const OUTPUT_EDITS: Readonly<Record<string, ReturnType<typeof scaled>>> = {
  'multiplied by 0': scaled(0),
  'multiplied by 1.05': scaled(1.05),
  'multiplied by 0.95': scaled(0.95),
  'with its rows in the opposite order': reversed(0),
}
const SHIFTS: Readonly<Record<string, number>> = {
  mean: 0.06,
  log_variance: 0.35,
  image: 0.02,
  logits: 0.7,
}

/** The same bundle with the manifest that it had in format 1. */
async function asFormat1(name: string): Promise<BundleFiles> {
  const manifest = readFileSync(new URL(`../../../../test/format-1/${name}.json`, import.meta.url))
  return new Map([...(await shipped(name)), ['anyvae.json', new Uint8Array(manifest)]])
}

const CASES = SHIPPED.flatMap((name) => [
  { name, format: 1, read: asFormat1 },
  { name, format: 2, read: shipped },
])

describe.each(CASES)('$name in format $format', ({ name, format, read }) => {
  let files: BundleFiles = new Map()
  beforeAll(async () => {
    files = await read(name)
  })
  const paths = ['', '_fp16', '_int8'].flatMap((suffix) =>
    (['encoder', 'decoder'] as const)
      .map((role) => ({ role, path: `${role}${suffix}.onnx` }))
      .filter(({ path }) => existsSync(`${folderOf(name)}/${path}`)),
  )

  it('verifies as it is', async () => {
    const { problems } = await verifyBundle(memoryReader(files), nodeBackend)
    expect(problems).toEqual([])
  })

  describe.each(paths)('$path', ({ path, role }) => {
    it.each(OUTPUTS[role])('fails for %s alone, however it is edited', async (output) => {
      const edits = { ...OUTPUT_EDITS, shifted: shifted(SHIFTS[output] ?? 0) }
      for (const [what, step] of Object.entries(edits)) {
        const altered = await edited(files, path, editOutput(output, step))
        expect([what, ...(await failing(altered))]).toEqual([what, output])
      }
    })

    it('fails where all outputs are edited, such as to black', async () => {
      for (const step of [scaled(0), scaled(1.05), scaled(1.5), scaled(-1)]) {
        const both: GraphEdit = (model) =>
          OUTPUTS[role].reduce((all, output) => editOutput(output, step)(all), model)
        expect(await failing(await edited(files, path, both))).toEqual(OUTPUTS[role])
      }
      if (role === 'encoder') return
      const black: GraphEdit = (model) =>
        editOutput('image', scaled(0))(editOutput('logits', shifted(-30))(model))
      expect(await failing(await edited(files, path, black))).toEqual(OUTPUTS[role])
    })

    it('fails where any one latent is 0', async () => {
      const { latentSize } = manifestOf(files)
      const passed = []
      // Each of the smallest model's, where all have a weak one among them; of the others the first.
      const count = name === 'mnist-conv' && path.includes('decoder') ? latentSize : 1
      for (let latent = 0; latent < count; latent++) {
        const step = withoutLatent(latent, latentSize)
        const edit = role === 'encoder' ? editOutput('mean', step) : editInput(step)
        const failed = await failing(await edited(files, path, edit))
        if (failed.length === 0) passed.push(latent)
      }
      // Without tolerances of single outputs, what a weak latent does is within the noise of any int8.
      expect(passed).toEqual(format === 1 && path === 'decoder_int8.onnx' ? [10] : [])
    })
  })

  it('is the same written anew, but for manifest and card', async () => {
    const renewed = await renewBundle(files, nodeBackend)
    expect(manifestOf(renewed).files).toEqual(manifestOf(await shipped(name)).files)
    for (const [path, bytes] of renewed) {
      if (path === 'anyvae.json' || path === 'README.md') continue
      expect([path, bytes]).toEqual([path, files.get(path)])
    }
    const entries = Object.values(manifestOf(renewed).files)
    expect(entries.filter(({ tolerance }) => tolerance !== undefined)).toEqual([])
  })
})

it('refuses to renew what does not verify', async () => {
  const black = editOutput('image', scaled(0))
  const files = await edited(await asFormat1('mnist-2d'), 'decoder.onnx', black)
  await expect(renewBundle(files, nodeBackend)).rejects.toThrow(
    /^bundle: does not verify, got .*decoder.onnx: output image .*, expected one that does/,
  )
})

it('fails where a manifest leaves an output out, or gives it a tolerance that nothing may have', async () => {
  const files = await shipped('mnist-2d')
  const manifest = manifestOf(files)
  const entry = manifest.files['decoder.onnx']
  const withTolerances = async (tolerances: Record<string, number>) => {
    const decoder = { ...entry, tolerances }
    const json = JSON.stringify({
      ...manifest,
      files: { ...manifest.files, 'decoder.onnx': decoder },
    })
    const forged = new Map([...files, ['anyvae.json', new TextEncoder().encode(json)] as const])
    return edited(forged, 'decoder.onnx', editOutput('image', scaled(1.05)))
  }
  expect(await failing(await withTolerances({ logits: 1e-5 }))).toEqual(['image'])
  const wide = await withTolerances({ image: 1e9, logits: 1e9 })
  expect(await failing(wide)).toEqual(['image'])
})

/** Tinted handwriting: each image has a colour of its own. */
function tinted(count: number, seed: number): ImageSet {
  const { data, shape, ...set } = glyphs({ count, seed, height: 12, width: 11 })
  const size = shape.height * shape.width
  const colours = [0.9, 0.5, 0.1].map(
    (least, channel) => (i: number) => (((i + channel) % 3) / 2) * (1 - least) + least,
  )
  const planes = Array.from({ length: count }, (_, i) =>
    colours.map((colour) =>
      data.subarray(i * size, (i + 1) * size).map((value) => value * colour(i)),
    ),
  )
  const pixels = new Uint8Array(planes.length * 3 * size)
  planes.flat().forEach((plane, i) => pixels.set(plane, i * size))
  return imageSet({ ...set, shape: { ...shape, channels: 3 }, data: pixels })
}

describe.each(['bernoulli', 'gaussian'] as const)(
  'a colour model of %s likelihood',
  (likelihood) => {
    const [calibration, test] = [tinted(60, 1), tinted(60, 2)]
    let files: BundleFiles = new Map()
    beforeAll(async () => {
      const image = test.shape
      const network = createNetwork({
        architecture: 'conv',
        image,
        latent: 3,
        filters: [4, 6],
        likelihood,
      })
      const { parameters } = initialState(network, 1)
      const examples = { count: test.count, images: test.data }
      const plain = await createBundle(
        { network: network.config, parameters, examples, training: {}, quality: {} },
        { name: 'colours' },
      )
      const precisions = ['float16', 'int8'] as const
      files = await addVariants(plain, nodeBackend, {
        precisions,
        data: 'tints',
        calibration,
        test,
      })
    })

    it('verifies as it is', async () => {
      const { problems } = await verifyBundle(memoryReader(files), nodeBackend)
      expect(problems).toEqual([])
    })

    it.each(['', '_fp16', '_int8'])('fails with its channels permuted, in %j', async (suffix) => {
      const [encoder, decoder] = [`encoder${suffix}.onnx`, `decoder${suffix}.onnx`]
      expect(await failing(await edited(files, encoder, editInput(reversed(1))))).toContain('mean')
      expect(await failing(await edited(files, decoder, editOutput('image', reversed(1))))).toEqual(
        ['image'],
      )
    })
  },
)

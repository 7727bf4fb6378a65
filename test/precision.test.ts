// The lighter variants of a shipped model: how small they are, and what they cost on real images.
import { access } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { addVariants, type BundleFiles, readBundle, verifyBundle } from '@anyvae/bundle'
import { type ImageSet, selectImages } from '@anyvae/images'
import { loadImages } from '@anyvae/images/node'
import { parseManifest, type Manifest } from '@anyvae/runtime'
import { diskReader, nodeBackend } from '@anyvae/runtime-node'
import { beforeAll, describe, expect, it } from 'vitest'
import { ROOT } from './command.js'

/** MNIST where it is at hand; elsewhere built-in digits, which the model was not trained on. */
const MNIST = fileURLToPath(new URL('../../shared/data/mnist', import.meta.url))
const source = await access(MNIST).then(
  () => MNIST,
  () => 'glyphs:6000',
)

const some = (set: ImageSet, count: number) =>
  selectImages(
    set,
    Array.from({ length: Math.min(count, set.count) }, (_, i) => i),
  )

describe(`mnist-conv in float16 and int8, on ${source === MNIST ? 'MNIST' : source}`, () => {
  let files: BundleFiles
  let manifest: Manifest
  beforeAll(async () => {
    const images = await loadImages(source)
    const bundle = await readBundle(diskReader(`${ROOT}models/mnist-conv`))
    files = await addVariants(bundle, nodeBackend, {
      precisions: ['float16', 'int8'],
      data: source,
      calibration: images.train,
      test: some(images.test, 1000),
    })
    manifest = parseManifest(JSON.parse(new TextDecoder().decode(files.get('anyvae.json'))))
  })

  it.each([
    ['fp16', 0.52, 0.01, 60],
    ['int8', 0.35, 0.5, 35],
  ])(
    '%s takes at most %d of float32 and costs each half at most %d nats',
    (suffix, ratio, nats, psnr) => {
      for (const part of ['encoder', 'decoder']) {
        const [whole, light] = [part, `${part}_${suffix}`].map(
          (name) => manifest.files[`${name}.onnx`],
        )
        expect((light?.bytes ?? NaN) / (whole?.bytes ?? NaN)).toBeLessThanOrEqual(ratio)
        expect(Math.abs(light?.damage?.negativeElbo ?? NaN)).toBeLessThan(nats)
        expect(light?.damage?.psnr).toBeGreaterThan(psnr)
      }
    },
  )

  it('verifies in every precision', async () => {
    const read = (path: string) => Promise.resolve(files.get(path) ?? new Uint8Array())
    const { ok, files: verified } = await verifyBundle({ location: 'memory', read }, nodeBackend)
    expect(verified).toHaveLength(6)
    expect(ok).toBe(true)
  })
})

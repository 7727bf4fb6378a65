// anyvae.json, and the paths in it.
import { posix, win32 } from 'node:path'
import {
  checkPath,
  FORMAT_VERSION,
  MANIFEST_FILE,
  parseManifest,
  readManifest,
  RuntimeError,
  urlReader,
} from '@anyvae/runtime'
import { mutateJson } from '../mutators/json.js'
import { changePath, mutatePath } from '../mutators/paths.js'
import { bytesOf, ensure, jsonBytes, textOf, type Mutator, type Target } from '../target.js'

const FILE = {
  role: 'encoder',
  precision: 'float32',
  bytes: 1000,
  sha256: 'a'.repeat(64),
  tolerance: 1e-4,
}
/** A manifest of format 1. */
export const manifestSeed = {
  formatVersion: 1,
  name: 'first',
  architecture: { name: 'mlp', hidden: [400] },
  latentSize: 20,
  image: { channels: 1, height: 28, width: 28, range: [0, 1] },
  likelihood: 'bernoulli',
  opset: 17,
  irVersion: 8,
  files: {
    'encoder.onnx': FILE,
    'lower/decoder_int8.onnx': {
      ...FILE,
      role: 'decoder',
      precision: 'int8',
      damage: { data: 'mnist', images: 10, negativeElbo: 0.1, psnr: 40 },
      calibration: { data: 'mnist', images: 10 },
    },
  },
  training: { data: 'mnist', images: 60000, epochs: 10, command: 'anyvae train' },
  quality: { data: 'mnist', negativeElbo: 104, samples: 1 },
  producer: { name: 'anyvae', version: '0.1.0' },
  license: 'MIT',
}

const BASE = new URL('https://bundles.example/models/first/?token=secret')

/** Throws Inconsistent where an accepted path leaves its folder, as any system or page would read it. */
function checkInside(path: string): void {
  const places = [
    { system: posix, root: '/base/bundle' },
    { system: win32, root: 'C:\\base\\bundle' },
  ]
  for (const { system, root } of places) {
    const inside = system.resolve(root, path).startsWith(root + system.sep)
    ensure(inside, `outside of the folder: ${JSON.stringify(path)}`)
  }
  const url = urlReader(BASE).url(path)
  const inside = url.origin === BASE.origin && url.pathname.startsWith(BASE.pathname)
  ensure(inside && url.pathname.length > BASE.pathname.length, `leads to ${url.href}`)
  const names = url.pathname.slice(BASE.pathname.length)
  ensure(decodeURIComponent(names) === path, `asks for ${names} instead of ${JSON.stringify(path)}`)
}

const renameFile: Mutator = (input, random) => {
  const text = textOf(input)
  const path = JSON.stringify(changePath('encoder.onnx', random))
  return bytesOf(text.replace('"encoder.onnx"', () => path))
}

/** Whole manifests: what is accepted has its fields and paths inside, and means the same once written. */
export const manifest: Target = {
  seeds: () => [manifestSeed, { ...manifestSeed, formatVersion: FORMAT_VERSION }].map(jsonBytes),
  mutate: (input, random, seeds) =>
    random.chance(0.2) ? renameFile(input, random, seeds) : mutateJson(input, random, seeds),
  errors: [RuntimeError],
  async parse(input) {
    const reader = { location: 'fuzz', read: () => Promise.resolve(input) }
    const accepted = await readManifest(reader)
    ensure(Object.keys(accepted.files).length > 0, `${MANIFEST_FILE} without files`)
    Object.keys(accepted.files).forEach(checkInside)
    const { channels, height, width } = accepted.image
    ensure(
      [channels, height, width].every((size) => Number.isSafeInteger(size) && size > 0),
      'bad sizes',
    )
    const again = parseManifest(JSON.parse(JSON.stringify(accepted)))
    ensure(JSON.stringify(again) === JSON.stringify(accepted), 'another manifest once written')
  },
}

/** Paths alone. */
export const path: Target = {
  seeds: () =>
    ['encoder.onnx', 'lower/decoder_fp16.onnx', 'vectors/decoder/test_data_set_0/input_0.pb'].map(
      bytesOf,
    ),
  mutate: mutatePath,
  errors: [RuntimeError],
  parse: (input) => checkInside(checkPath(textOf(input))),
}

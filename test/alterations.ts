// What may be wrong with a bundle, each made of a whole one, and what must be said of it.
import { readFile, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Makes a bundle that is not as it should be. */
export interface Alteration {
  readonly what: string
  readonly alter: (bundle: string) => Promise<void>
  /** Said of the bundle on disk, and by its URL where that is something else. */
  readonly message: RegExp
  readonly byUrl?: RegExp
  /** How many files `verify` finds fault with; 1 where left out. */
  readonly problems?: number
}

type Manifest = Record<string, unknown> & { files: Record<string, unknown> }

/** Changes a bundle's manifest. */
function manifest(change: (manifest: Manifest) => void): Alteration['alter'] {
  return async (bundle) => {
    const path = join(bundle, 'anyvae.json')
    const content = JSON.parse(await readFile(path, 'utf8')) as Manifest
    change(content)
    await writeFile(path, JSON.stringify(content))
  }
}

/** Gives the encoder another path in the manifest. */
function pathOfEncoder(path: string): Alteration['alter'] {
  return manifest(({ files }) => {
    files[path] = files['encoder.onnx']
    delete files['encoder.onnx']
  })
}

function flipBit(name: string): Alteration['alter'] {
  return async (bundle) => {
    const path = join(bundle, name)
    const bytes = await readFile(path)
    const middle = Math.floor(bytes.length / 2)
    bytes[middle] = (bytes[middle] ?? 0) ^ 1
    await writeFile(path, bytes)
  }
}

const LEAVES =
  /a file's path leaves the folder or is unusable, got ".*encoder.onnx", expected a relative/
const VECTORS = join('vectors', 'decoder', 'test_data_set_0')

/** What nothing loads, verifies or uses. */
export const alterations: readonly Alteration[] = [
  {
    what: 'one bit of the decoder changed',
    alter: flipBit('decoder.onnx'),
    message: /'decoder.onnx' was altered, got SHA-256 '?[0-9a-f]{64}'?, expected '?[0-9a-f]{64}/,
  },
  {
    what: 'an encoder that is cut off',
    alter: (bundle) => truncate(join(bundle, 'encoder.onnx'), 1000),
    message: /'encoder.onnx' has the wrong size, got '?1000 bytes'?, expected \d+/,
    byUrl: /encoder.onnx'?: .*1000 of \d+ bytes/,
  },
  {
    what: 'no decoder',
    alter: (bundle) => rm(join(bundle, 'decoder.onnx')),
    message: /decoder.onnx': cannot be read, got 'ENOENT.*', expected a readable file/,
    byUrl: /decoder.onnx'?: .*HTTP status 404/,
  },
  {
    what: 'no manifest',
    alter: (bundle) => rm(join(bundle, 'anyvae.json')),
    message:
      /anyvae.json(': cannot be read, got 'ENOENT.*', expected a readable file|, expected it in)/,
    byUrl: /anyvae.json'?: .*HTTP status 404/,
  },
  {
    what: 'a manifest that is cut off',
    alter: (bundle) => truncate(join(bundle, 'anyvae.json'), 300),
    message: /anyvae.json: not readable, got .*, expected JSON/,
  },
  {
    what: 'a manifest of a newer version',
    alter: manifest((content) => (content['formatVersion'] = 3)),
    message: /'formatVersion' is wrong, got '?3'?, expected .*at most 2 .*newer anyvae/,
  },
  {
    what: 'another latent size than its graphs',
    alter: manifest((content) => (content['latentSize'] = 9)),
    message: /manifest.*, got .*, expected .*9/,
    problems: 2,
  },
  {
    what: 'a path out of its folder that holds the file',
    alter: async (bundle) => {
      await rename(join(bundle, 'encoder.onnx'), join(bundle, '..', 'encoder.onnx'))
      await pathOfEncoder('../encoder.onnx')(bundle)
    },
    message: LEAVES,
  },
]

/** Paths that leave a bundle's folder, or might on some system. */
export const escapes: readonly Alteration[] = [
  '/etc/encoder.onnx',
  'a/../../encoder.onnx',
  'C:\\encoder.onnx',
  '%2e%2e/encoder.onnx',
].map((path) => ({
  what: path,
  alter: pathOfEncoder(path),
  message: LEAVES,
}))

/** What only `verify` finds: the files that it replays. */
export const spoiltVectors: readonly Alteration[] = [
  {
    what: 'a test vector of other values',
    alter: async (bundle) => {
      const path = join(bundle, VECTORS, 'output_0.pb')
      const bytes = await readFile(path)
      bytes.writeFloatLE(0.5, bytes.length - 4)
      bytes.writeFloatLE(-0.5, bytes.length - 8)
      await writeFile(path, bytes)
    },
    message:
      /decoder.onnx: output image differs from its test vectors, got .* \d\.\d+e.*, expected at most 0\.00001/,
  },
  {
    what: 'a test vector that is cut off',
    alter: (bundle) => truncate(join(bundle, VECTORS, 'output_0.pb'), 1000),
    message: /output_0.pb.*, got .*, expected /,
  },
  {
    what: 'no test vectors',
    alter: (bundle) => rm(join(bundle, VECTORS), { recursive: true }),
    message: /decoder.*test_data_set_0.*, got .*, expected /,
  },
]

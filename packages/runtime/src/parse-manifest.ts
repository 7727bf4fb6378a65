// From parsed JSON to a manifest, every field checked by hand: no schema library in a page.
import { refuse } from './error.js'
import { FORMAT_VERSION, type Manifest, type ManifestFile } from './manifest.js'

type Json = Readonly<Record<string, unknown>>

const TRAINING_TEXT = ['data', 'engine', 'command']
const TRAINING_NUMBERS = ['images', 'epochs', 'steps', 'batchSize', 'seed', 'learningRate', 'beta']
const QUALITY_TEXT = ['data', 'split', 'binarisation']
const QUALITY_NUMBERS = ['images', 'samples', 'negativeElbo', 'reconstruction', 'kl', 'activeUnits']

/**
 * Checks the contents of an `anyvae.json`. Fields that it does not know are kept.
 *
 * @param json the parsed JSON
 * @throws RuntimeError naming the field that is missing or wrong, where the format version is newer
 * than this package, or where a file's path leaves the bundle's folder
 */
export function parseManifest(json: unknown): Manifest {
  const root = object(json, '')
  checkVersion(root['formatVersion'])
  const image = object(root['image'], 'image')
  const architecture = object(root['architecture'], 'architecture')
  const producer = object(root['producer'], 'producer')
  const files = Object.entries(object(root['files'], 'files'))
  if (files.length === 0) fail('files', 'none', 'an encoder or a decoder')
  return {
    ...root,
    formatVersion: FORMAT_VERSION,
    name: text(root, 'name'),
    architecture: { ...architecture, name: text(architecture, 'name', 'architecture.') },
    latentSize: count(root, 'latentSize'),
    image: {
      channels: count(image, 'channels', 'image.'),
      height: count(image, 'height', 'image.'),
      width: count(image, 'width', 'image.'),
      range: range(image['range']),
    },
    likelihood: choice(root, 'likelihood', ['bernoulli', 'gaussian']),
    opset: count(root, 'opset'),
    irVersion: count(root, 'irVersion'),
    files: Object.fromEntries(
      files.map(([path, file]) => [checkPath(path), parseFile(file, path)]),
    ),
    ...summary(root, 'training', TRAINING_TEXT, TRAINING_NUMBERS),
    ...summary(root, 'quality', QUALITY_TEXT, QUALITY_NUMBERS),
    producer: {
      name: text(producer, 'name', 'producer.'),
      version: text(producer, 'version', 'producer.'),
    },
    license: text(root, 'license'),
  }
}

/**
 * A path of a file within a bundle, unchanged.
 *
 * @throws RuntimeError where it is no relative path with forward slashes that stays in the folder
 */
export function checkPath(path: string): string {
  const inside = path.split('/').every((part) => part !== '' && part !== '.' && part !== '..')
  // A colon begins a drive or a URL scheme, a question or number sign ends a URL's path, and a
  // percent sign can hide any of these.
  if (!inside || /[\\:?#%\0]/.test(path)) {
    refuse(
      "bundle: a file's path leaves the folder or is unusable",
      JSON.stringify(path),
      'a relative path inside the folder',
    )
  }
  return path
}

function checkVersion(version: unknown): void {
  if (version === FORMAT_VERSION) return
  if (typeof version === 'number' && version > FORMAT_VERSION) {
    const newer = `written by a newer anyvae: update this package to read it`
    fail('formatVersion', version, `at most ${FORMAT_VERSION} (the bundle was ${newer})`)
  }
  fail('formatVersion', version, FORMAT_VERSION)
}

function parseFile(json: unknown, path: string): ManifestFile {
  const at = `files[${JSON.stringify(path)}].`
  const file = object(json, at.slice(0, -1))
  const sha256 = text(file, 'sha256', at)
  if (!/^[0-9a-f]{64}$/.test(sha256)) {
    fail(`${at}sha256`, sha256, '64 lower-case hexadecimal digits')
  }
  const tolerance = number(file, 'tolerance', at)
  if (tolerance < 0) fail(`${at}tolerance`, tolerance, 'at least 0')
  return {
    ...file,
    role: choice(file, 'role', ['encoder', 'decoder'], at),
    precision: choice(file, 'precision', ['float32', 'float16', 'int8'], at),
    bytes: count(file, 'bytes', at),
    sha256,
    tolerance,
  }
}

/** An optional object of optional texts and numbers, or nothing. */
function summary<K extends string>(
  root: Json,
  key: K,
  texts: readonly string[],
  numbers: readonly string[],
): { [P in K]?: Json } {
  if (root[key] === undefined) return {}
  const json = object(root[key], key)
  for (const field of texts) if (field in json) text(json, field, `${key}.`)
  for (const field of numbers) if (field in json) number(json, field, `${key}.`)
  const result: { [P in K]?: Json } = {}
  result[key] = json
  return result
}

function object(value: unknown, name: string): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    fail(name, value, 'an object')
  }
  return value as Json
}

function text(json: Json, key: string, at = ''): string {
  const value = json[key]
  return typeof value === 'string' && value !== '' ? value : fail(at + key, value, 'a text')
}

function number(json: Json, key: string, at = ''): number {
  const value = json[key]
  return typeof value === 'number' && Number.isFinite(value)
    ? value
    : fail(at + key, value, 'a number')
}

function count(json: Json, key: string, at = ''): number {
  const value = json[key]
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0
    ? value
    : fail(at + key, value, 'a whole number of at least 1')
}

function choice<T extends string>(json: Json, key: string, choices: readonly T[], at = ''): T {
  const value = json[key]
  return choices.find((known) => known === value) ?? fail(at + key, value, choices.join(' or '))
}

function range(value: unknown): readonly [0, 1] {
  if (JSON.stringify(value) !== '[0,1]') fail('image.range', value, '[0,1]')
  return [0, 1]
}

function fail(field: string, got: unknown, expected: unknown): never {
  const what = field === '' ? 'the whole' : `'${field}'`
  const shown = got === undefined ? 'nothing' : JSON.stringify(got)
  refuse(`anyvae.json: ${what} is wrong`, shown.slice(0, 200), expected)
}

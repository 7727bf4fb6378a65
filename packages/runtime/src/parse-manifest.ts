// From parsed JSON to a manifest: a table of hand-written checks, no schema library in a page.
import { checkPath } from './reading/bundle-path.js'
import { refuse } from './error.js'
import { FORMAT_VERSION } from './manifest.js'
import type { Damage, Manifest, ManifestFile } from './manifest.js'

/** Returns where the value is as it should be, and throws a RuntimeError naming `field` elsewhere. */
type Check = (value: unknown, field: string) => void
type Checks<T> = { readonly [K in keyof T]-?: Check }

const isText = (value: unknown): boolean => typeof value === 'string' && value !== ''
const isNumber = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value)
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) > 0

const text = check(isText, 'a text')
const number = check(isNumber, 'a number')
const count = check(isCount, 'a whole number of at least 1')

const tolerance = check((value) => isNumber(value) && Number(value) >= 0, 'a number of at least 0')

const damage: Checks<Damage> = {
  data: text,
  images: count,
  negativeElbo: number,
  psnr: optional(number),
  meanShift: optional(number),
}

const file: Checks<ManifestFile> = {
  role: choice('encoder', 'decoder'),
  precision: choice('float32', 'float16', 'int8'),
  bytes: count,
  sha256: check(
    (value) => /^[0-9a-f]{64}$/.test(String(value)),
    '64 lower-case hexadecimal digits',
  ),
  tolerances: optional((value, field) => {
    const outputs = record(value, field)
    for (const output in outputs) tolerance(outputs[output], `${field}.${output}`)
  }),
  tolerance: optional(tolerance),
  damage: optional(fields(damage)),
  calibration: optional(fields({ data: text, images: count })),
}

const manifest: Checks<Manifest> = {
  formatVersion: checkVersion,
  name: text,
  architecture: fields({ name: text }),
  latentSize: count,
  image: fields({
    channels: count,
    height: count,
    width: count,
    range: check((value) => JSON.stringify(value) === '[0,1]', '[0,1]'),
  }),
  likelihood: choice('bernoulli', 'gaussian'),
  opset: count,
  irVersion: count,
  files: checkFiles,
  training: summary('data engine command', 'images epochs steps batchSize seed learningRate beta'),
  quality: summary(
    'data split binarisation',
    'images samples draws negativeElbo standardDeviation reconstruction kl activeUnits',
  ),
  producer: fields({ name: text, version: text }),
  license: text,
}

/**
 * Checks the contents of an `anyvae.json`. Fields that it does not know are kept, and an older format is
 * lifted to the present one.
 *
 * @param json the parsed JSON
 * @throws RuntimeError naming the field that is missing or wrong, where the format version is newer
 * than this package, or where a file's path leaves the bundle's folder
 */
export function parseManifest(json: unknown): Manifest {
  fields(manifest)(json, '')
  return { ...(json as Manifest), formatVersion: FORMAT_VERSION }
}

function check(passes: (value: unknown) => boolean, expected: string): Check {
  return (value, field) => {
    if (!passes(value)) fail(field, value, expected)
  }
}

function choice(...choices: readonly string[]): Check {
  return check((value) => choices.some((known) => known === value), choices.join(' or '))
}

/** Checks an object field by field. */
function fields(checks: Readonly<Record<string, Check>>): Check {
  return (value, field) => {
    const object = record(value, field)
    const at = field && `${field}.`
    for (const [name, checkField] of Object.entries(checks)) checkField(object[name], at + name)
  }
}

function optional(checkPresent: Check): Check {
  return (value, field) => {
    if (value !== undefined) checkPresent(value, field)
  }
}

/** A part that may be absent, and in it any of these texts and numbers. */
function summary(texts: string, numbers: string): Check {
  const all = (names: string, checkField: Check): [string, Check][] =>
    names.split(' ').map((name) => [name, optional(checkField)])
  return optional(fields(Object.fromEntries([...all(texts, text), ...all(numbers, number)])))
}

function checkVersion(version: unknown, field: string): void {
  if (isNumber(version) && Number(version) > FORMAT_VERSION) {
    const advice = 'the bundle was written by a newer anyvae: update this package to read it'
    fail(field, version, `at most ${FORMAT_VERSION} (${advice})`)
  }
  // Format 1 differs in the tolerances alone, all of which may be left out.
  if (version !== 1 && version !== FORMAT_VERSION) fail(field, version, FORMAT_VERSION)
}

function checkFiles(value: unknown, field: string): void {
  const files = Object.entries(record(value, field))
  if (files.length === 0) fail(field, value, 'an encoder or a decoder')
  for (const [path, entry] of files)
    fields(file)(entry, `${field}[${JSON.stringify(checkPath(path))}]`)
}

function record(value: unknown, field: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  fail(field, value, 'an object')
}

function fail(field: string, got: unknown, expected: unknown): never {
  const what = field === '' ? 'the whole' : `'${field}'`
  const shown = got === undefined ? 'nothing' : JSON.stringify(got)
  refuse(`anyvae.json: ${what} is wrong`, shown.slice(0, 200), expected)
}

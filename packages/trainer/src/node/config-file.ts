// config.json of a run folder: the training configuration and the data that it is for.
import type { ImageSet, ImageSource } from '@anyvae/images'
import { imagesDigest } from '@anyvae/images/node'
import { fields, show, text, whole } from '../check.js'
import { TrainError } from '../error.js'
import { parseTrainConfig, type TrainConfig } from '../training/config.js'
import type { TrainImages } from '../training/train.js'
import { VERSION } from '../version.js'

/** One split of the data that a run is trained on. */
export interface SplitRecord {
  readonly count: number
  /** SHA-256 of the images' bytes, 64 lower-case hexadecimal digits. */
  readonly sha256: string
}

/** The data that a run is trained on. */
export interface DataRecord {
  /** What the user called it, such as `mnist` or a folder. */
  readonly source: string
  readonly train: SplitRecord
  readonly test: SplitRecord
  /** How it was read, by the names and in the words that the user gave it. */
  readonly options?: Readonly<Record<string, string>>
}

/** What config.json holds: all that a run's numbers follow from, except what computes them. */
export interface RunConfig {
  readonly training: TrainConfig
  readonly data: DataRecord
}

/** 1 had other shuffles, and another hold-out. */
const FORMAT_VERSION = 2

/**
 * What is on record of two sets of images. All of them are read.
 *
 * @throws the signal's reason (by rejection) where it is aborted
 */
export async function describeData(
  source: string,
  { train, test }: TrainImages,
  signal?: AbortSignal,
): Promise<DataRecord> {
  const record = async (images: ImageSet | ImageSource): Promise<SplitRecord> => ({
    count: images.count,
    sha256: await imagesDigest(images, { signal }),
  })
  return { source, train: await record(train), test: await record(test) }
}

/** The bytes of config.json: indented JSON with format version and producer. */
export function encodeRunConfig({ training, data }: RunConfig): Uint8Array {
  const producer = { name: 'anyvae', version: VERSION }
  const whole = { formatVersion: FORMAT_VERSION, producer, training, data }
  return new TextEncoder().encode(`${JSON.stringify(whole, null, 2)}\n`)
}

/** @throws TrainError for what is no JSON, of another version, or not as {@link parseTrainConfig} asks */
export function decodeRunConfig(json: string): RunConfig {
  const given = fields('config.json', parseJson(json))
  if (given.formatVersion !== FORMAT_VERSION) {
    throw new TrainError(
      `config.json: unknown format version, got ${show(given.formatVersion)}, expected ${FORMAT_VERSION}; another version of anyvae wrote it, which alone can go on with it or export it`,
    )
  }
  const { source, train, test, options } = fields('data', given.data)
  const data = {
    source: text('data.source', source),
    train: parseSplit('data.train', train),
    test: parseSplit('data.test', test),
    ...(options !== undefined && { options: parseOptions(options) }),
  }
  return { training: parseTrainConfig(given.training), data }
}

/**
 * Checks that a run is gone on with as it was begun.
 *
 * @throws TrainError that names the first setting that differs
 */
export function checkSameRun(begun: RunConfig, asked: RunConfig): void {
  checkSameSettings(begun.training, asked.training)
  for (const split of ['train', 'test'] as const) {
    const [was, is] = [begun.data[split], asked.data[split]]
    if (was.sha256 === is.sha256) continue
    throw new TrainError(
      `${split} images: not those that the run was begun with, ` +
        `got ${is.count} of SHA-256 ${is.sha256.slice(0, 12)}, ` +
        `expected ${was.count} of ${was.sha256.slice(0, 12)} (${begun.data.source})`,
    )
  }
}

/**
 * Checks the settings of a run that is gone on with, without its images.
 *
 * @throws TrainError that names the first setting that differs
 */
export function checkSameSettings(begun: TrainConfig, asked: TrainConfig): void {
  const changed = difference(begun, asked)
  if (changed === undefined) return
  const { path, was, is } = changed
  const how = path === 'epochs' ? ', or a new run: schedules depend on the number of epochs' : ''
  throw new TrainError(
    `${path}: not what the run was begun with, got ${show(is)}, expected ${show(was)}${how}`,
  )
}

interface Difference {
  readonly path: string
  readonly was: unknown
  readonly is: unknown
}

function difference(was: unknown, is: unknown, path = ''): Difference | undefined {
  if (!isObject(was) || !isObject(is)) return was === is ? undefined : { path, was, is }
  const keys = new Set([...Object.keys(was), ...Object.keys(is)])
  for (const key of keys) {
    const found = difference(was[key], is[key], path === '' ? key : `${path}.${key}`)
    if (found !== undefined) return found
  }
  return undefined
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function parseSplit(what: string, value: unknown): SplitRecord {
  const { count, sha256 } = fields(what, value)
  return { count: whole(`${what}.count`, count, 1), sha256: text(`${what}.sha256`, sha256) }
}

function parseOptions(value: unknown): Readonly<Record<string, string>> {
  const entries = Object.entries(fields('data.options', value))
  return Object.fromEntries(
    entries.map(([name, each]) => [name, text(`data.options.${name}`, each)]),
  )
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json) as unknown
  } catch (cause) {
    throw new TrainError(`config.json: unreadable, got ${show(json)}, expected JSON`, { cause })
  }
}

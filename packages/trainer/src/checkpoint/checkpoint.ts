// A training run's checkpoint as bytes: all that is needed to go on, or to export without the data.
import { fields, show, text, whole } from '../check.js'
import type { TrainingState } from '../engines/engine.js'
import { TrainError } from '../error.js'
import type { ParameterValues } from '../network/initial.js'
import { createNetwork } from '../network/network.js'
import type { NetworkConfig, ParameterSpec } from '../network/types.js'
import { parseTrainConfig, type TrainConfig } from '../training/config.js'
import type { ComputedRecord } from '../training/events.js'
import { parseComputed } from '../training/record.js'
import { type Digest, isChecked, withChecksum } from './checksum.js'
import { checkFinite } from './finite.js'
import { decodeSafetensors, type SafeTensor, type SafeTensors } from './safetensors.js'
import { sha256 } from './sha256.js'

/** What a checkpoint was computed with: another thread count or version may round differently. */
export interface ComputedWith {
  readonly engine: string
  readonly provider: string
  readonly threads: number
  /** Such as `{ anyvae: '0.1.0', node: '20.20.0' }`. */
  readonly versions: Readonly<Record<string, string>>
}

/** A run between two epochs. See {@link encodeCheckpoint} for it as bytes. */
export interface Checkpoint {
  readonly config: TrainConfig
  /** Whole epochs done. */
  readonly epoch: number
  readonly state: TrainingState
  /** The last epoch's. */
  readonly record: ComputedRecord
  /** The first test images, 0 to 255, channels first, so that pictures and vectors need no data. */
  readonly examples: { readonly count: number; readonly images: Uint8Array }
  readonly computedWith: ComputedWith
  /** Of a file of format version 2, which has no checksum: damage to its numbers goes unnoticed. */
  readonly unchecked?: true
}

const FORMAT = 'anyvae-checkpoint'
/** 1 had running means as moments, and other shuffles; 2 had no checksum, and is read all the same. */
const FORMAT_VERSION = 3
const UNCHECKED_VERSION = 2
const EXAMPLES = 'examples/images'
const PARTS = {
  parameters: 'parameters',
  firstMoments: 'first_moments',
  secondMoments: 'second_moments',
} as const
type Part = keyof typeof PARTS

/**
 * A safetensors file: `parameters/<name>`, `first_moments/<name>` and `second_moments/<name>` (float32; the
 * moments as decayed sums) and `examples/images` (uint8, [count, channels, height, width]). Its metadata: `sha256`, `format`,
 * `format_version`, and as JSON `epoch`, `step`, `config`, `record`, `computed_with`. `sha256` is that of the
 * whole file with zeros for its 64 digits.
 *
 * @param digest SHA-256 of some bytes in hexadecimal digits, where the host has a faster one
 */
export function encodeCheckpoint(
  checkpoint: Checkpoint,
  digest: Digest = sha256,
): Uint8Array<ArrayBuffer> {
  const { config, epoch, state, record, examples, computedWith } = checkpoint
  const specs = createNetwork(config.network).parameters
  const { channels, height, width } = config.network.image
  const file: SafeTensors = {
    tensors: {
      ...namedTensors(specs, state, 'parameters'),
      ...namedTensors(specs, state, 'firstMoments'),
      ...namedTensors(specs, state, 'secondMoments'),
      [EXAMPLES]: {
        dtype: 'U8',
        shape: [examples.count, channels, height, width],
        data: examples.images,
      },
    },
    metadata: {
      format: FORMAT,
      format_version: String(FORMAT_VERSION),
      epoch: String(epoch),
      step: String(state.step),
      config: JSON.stringify(config),
      record: JSON.stringify(record),
      computed_with: JSON.stringify(computedWith),
    },
  }
  return withChecksum(file, digest)
}

/** How to read a checkpoint. */
export interface DecodeOptions {
  /** The network that it must be of, where that is known. */
  readonly expected?: NetworkConfig
  /** As that of {@link encodeCheckpoint}. */
  readonly digest?: Digest
}

/**
 * Reads a checkpoint.
 *
 * @throws TrainError for bytes that are cut off, altered, of something else or of another network, for
 *   numbers that are not finite, and where epoch or step and record disagree
 */
export function decodeCheckpoint(
  bytes: Uint8Array,
  { expected, digest = sha256 }: DecodeOptions = {},
): Checkpoint {
  const { tensors, metadata } = decodeSafetensors(bytes)
  checkFormat(metadata)
  const checked = isChecked(bytes, metadata, digest)
  if (!checked && metadata['format_version'] !== String(UNCHECKED_VERSION)) {
    throw new TrainError('checkpoint: no checksum, got none in its metadata, expected sha256')
  }
  checkFinite(tensors)
  const config = parseTrainConfig(json(metadata, 'config'))
  if (expected !== undefined) checkNetwork(config.network, expected)
  const specs = createNetwork(config.network).parameters
  const epoch = whole('checkpoint epoch', json(metadata, 'epoch'), 1)
  const step = whole('checkpoint step', json(metadata, 'step'), 1)
  const record = parseComputed(json(metadata, 'record'))
  checkAgreement({ epoch, step, epochs: config.epochs }, record)
  return {
    config,
    epoch,
    state: {
      step,
      parameters: values(specs, tensors, 'parameters'),
      firstMoments: values(specs, tensors, 'firstMoments'),
      secondMoments: values(specs, tensors, 'secondMoments'),
    },
    record,
    examples: parseExamples(tensors[EXAMPLES], config.network.image),
    computedWith: parseComputedWith(json(metadata, 'computed_with')),
    ...(checked ? {} : { unchecked: true }),
  }
}

function checkAgreement(
  { epoch, step, epochs }: { epoch: number; step: number; epochs: number },
  record: ComputedRecord,
): void {
  if (epoch === record.epoch && step === record.step && epoch <= epochs) return
  throw new TrainError(
    `checkpoint: epoch, step and record disagree, got epoch ${epoch} of ${epochs} and step ${step}, expected epoch ${record.epoch} and step ${record.step} of its record`,
  )
}

function namedTensors(specs: readonly ParameterSpec[], state: TrainingState, part: Part) {
  const entries = specs.map(({ name, shape }): [string, SafeTensor] => [
    `${PARTS[part]}/${name}`,
    { dtype: 'F32', shape, data: state[part][name] ?? new Float32Array() },
  ])
  return Object.fromEntries(entries)
}

function values(
  specs: readonly ParameterSpec[],
  tensors: Readonly<Record<string, SafeTensor>>,
  part: Part,
): ParameterValues {
  const entries = specs.map(({ name, shape }) => {
    const full = `${PARTS[part]}/${name}`
    const tensor = tensors[full]
    const expected = `F32 [${shape.join(', ')}]`
    const got = tensor === undefined ? 'none' : `${tensor.dtype} [${tensor.shape.join(', ')}]`
    if (tensor?.dtype !== 'F32' || got !== expected) {
      throw new TrainError(`checkpoint: wrong tensor ${full}, got ${got}, expected ${expected}`)
    }
    return [name, tensor.data] as const
  })
  return Object.fromEntries(entries)
}

function checkFormat({ format, format_version: version }: Readonly<Record<string, string>>): void {
  if (format !== FORMAT) {
    throw new TrainError(
      `checkpoint: a file of something else, got format ${show(format)}, expected ${FORMAT}`,
    )
  }
  if (version === String(FORMAT_VERSION) || version === String(UNCHECKED_VERSION)) return
  throw new TrainError(
    `checkpoint: unknown format version, got ${show(version)}, expected ${UNCHECKED_VERSION} or ${FORMAT_VERSION}; another version of anyvae wrote it, which alone can go on with it or export it`,
  )
}

function checkNetwork(got: NetworkConfig, expected: NetworkConfig): void {
  const [gotText, expectedText] = [JSON.stringify(got), JSON.stringify(expected)]
  if (gotText === expectedText) return
  throw new TrainError(
    `checkpoint: of another architecture, got ${gotText}, expected ${expectedText}`,
  )
}

function json(metadata: Readonly<Record<string, string>>, key: string): unknown {
  const found = metadata[key]
  try {
    return JSON.parse(found ?? '') as unknown
  } catch (cause) {
    throw new TrainError(`checkpoint ${key}: unreadable, got ${show(found)}, expected JSON`, {
      cause,
    })
  }
}

function parseExamples(
  tensor: SafeTensor | undefined,
  { channels, height, width }: NetworkConfig['image'],
): Checkpoint['examples'] {
  const [count = 0, ...rest] = tensor?.shape ?? []
  const size = `${channels}, ${height}, ${width}`
  if (tensor?.dtype === 'U8' && count > 0 && rest.join(', ') === size) {
    return { count, images: tensor.data }
  }
  const got = tensor === undefined ? 'none' : `${tensor.dtype} [${tensor.shape.join(', ')}]`
  throw new TrainError(`checkpoint: no ${EXAMPLES}, got ${got}, expected U8 [count, ${size}]`)
}

function parseComputedWith(value: unknown): ComputedWith {
  const { engine, provider, threads, versions } = fields('computed_with', value)
  const entries = Object.entries(fields('versions', versions))
  return {
    engine: text('engine', engine),
    provider: text('provider', provider),
    threads: whole('threads', threads, 1),
    versions: Object.fromEntries(entries.map(([key, each]) => [key, text(key, each)])),
  }
}

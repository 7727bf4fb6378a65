// The flags of `anyvae train`: their types, and how lengths and schedules are written.
import type { Duration, TrainSettings } from '@anyvae/trainer'
import type { ProviderFlag } from '../command.js'
import { refuseUsage } from '../error.js'
import type { CommonFlags } from '../outcome.js'
import type { SourceFlags } from '../source.js'
import { suggestion } from '../suggest.js'

export const ARCHITECTURES = ['mlp', 'conv', 'resnet'] as const
export const ACTIVATIONS = ['relu', 'softplus'] as const
export const LIKELIHOODS = ['bernoulli', 'gaussian'] as const
export const ENGINES = ['onnx', 'tfjs'] as const
/** TensorFlow.js backends of the engine `tfjs`. */
export const BACKENDS = ['cpu', 'wasm', 'node', 'node-gpu'] as const
export type EngineFlag = (typeof ENGINES)[number]
export type BackendFlag = (typeof BACKENDS)[number]

/** What a network and its training are set to; what is left out is the trainer's default. */
export interface SettingFlags {
  readonly arch?: (typeof ARCHITECTURES)[number]
  readonly latent?: number
  readonly hidden?: readonly number[]
  readonly activation?: (typeof ACTIVATIONS)[number]
  readonly filters?: readonly number[]
  readonly kernel?: number
  readonly blocks?: number
  readonly likelihood?: (typeof LIKELIHOODS)[number]
  readonly epochs?: number
  readonly batch?: number
  readonly lr?: number
  readonly schedule?: NonNullable<TrainSettings['schedule']>
  readonly beta?: number
  readonly klWarmup?: Duration
  readonly seed?: number
}

/** What computes. */
export interface EngineFlags {
  readonly engine?: EngineFlag
  readonly backend?: BackendFlag
  readonly provider?: ProviderFlag
  readonly threads?: number
  /** Further session options of onnxruntime. */
  readonly session?: Readonly<Record<string, unknown>>
}

export interface TrainFlags extends CommonFlags, SettingFlags, EngineFlags, SourceFlags {
  readonly data?: string
  /** Whether images are read when they are asked for, instead of all at once. */
  readonly stream?: boolean
  readonly out?: string
  /** A folder, or true where `--out` names it. */
  readonly resume?: string | true
  /** A file, or true for {@link PROFILE_FILE}. */
  readonly profile?: string | true
}

/** Where a profile goes where the flag names no file. */
export const PROFILE_FILE = 'anyvae-profile.json'
/** Steps that a profile takes, after some to warm up. */
export const PROFILE_STEPS = 100

/** A length of training: `3` or `2.5` epochs, `500steps`. */
export function parseDuration(what: string, text: string): Duration {
  const steps = /^(\d+)steps?$/.exec(text)?.[1]
  if (steps !== undefined) return { steps: Number(steps) }
  const epochs = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
  if (Number.isFinite(epochs)) return { epochs }
  return refuseUsage(`${what}: no length, got '${text}', expected epochs as 3 or steps as 500steps`)
}

const SCHEDULES = ['cosine', 'linear', 'step', 'constant'] as const
const PARTS = {
  warmup: parseDuration,
  every: parseDuration,
  final: parseFactor,
  factor: parseFactor,
} as const

/** A schedule with its settings: `cosine`, `cosine,warmup=1`, `step,every=5,factor=0.5`. */
export function parseSchedule(what: string, text: string): SettingFlags['schedule'] {
  const [given = '', ...parts] = text.split(',')
  const name = SCHEDULES.find((each) => each === given)
  if (name === undefined) {
    return refuseUsage(
      `${what}: unknown, got '${given}'${suggestion(given, SCHEDULES)}, expected ${SCHEDULES.join(', ')}`,
    )
  }
  return { name, ...Object.fromEntries(parts.map((part) => parsePart(what, part))) }
}

function parsePart(what: string, part: string): [name: string, value: Duration | number] {
  const [name = '', value = ''] = part.split('=')
  const found = Object.entries(PARTS).find(([each]) => each === name)
  if (found !== undefined) return [name, found[1](`${what} ${name}`, value)]
  const expected = Object.keys(PARTS).join(', ')
  return refuseUsage(`${what}: unknown setting, got '${part}', expected ${expected} with =value`)
}

function parseFactor(what: string, text: string): number {
  const value = text === '' ? Number.NaN : Number(text)
  if (Number.isFinite(value) && value >= 0) return value
  return refuseUsage(`${what}: no factor, got '${text}', expected a number of at least 0`)
}

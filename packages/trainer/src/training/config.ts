// The configuration of a training run: its type, its checks and its defaults.
import { fields, finite, known, oneOf, whole, positive } from '../check.js'
import { parseNetworkConfig } from '../network/config.js'
import { suitedLength } from './length.js'
import type { NetworkConfig, NetworkOptions } from '../network/types.js'

/** A length of training: optimiser steps or (also broken) epochs. */
export type Duration = { readonly steps: number } | { readonly epochs: number }

/**
 * How the learning rate moves, as a factor of `learningRate`. Every schedule starts with a linear
 * `warmup` (possibly of no length). `final` is the factor at the end of training.
 */
export type Schedule =
  | { readonly name: 'constant'; readonly warmup: Duration }
  | { readonly name: 'cosine' | 'linear'; readonly warmup: Duration; readonly final: number }
  | {
      readonly name: 'step'
      readonly warmup: Duration
      /** The rate is multiplied by `factor` each time that this has passed. */
      readonly every: Duration
      readonly factor: number
    }

/** A whole training configuration, nothing left to a default. */
export interface TrainConfig {
  readonly network: NetworkConfig
  readonly epochs: number
  readonly batchSize: number
  readonly seed: number
  /** Adam's, at its highest. */
  readonly learningRate: number
  readonly schedule: Schedule
  /** Weight of the KL term in the loss. */
  readonly beta: number
  /** The weight grows linearly from 0 to `beta` over this length. */
  readonly klWarmup: Duration
  readonly evaluation: { readonly seed: number; readonly batchSize: number }
}

/** What a caller may leave to a default. See {@link parseTrainConfig}. */
export interface TrainSettings {
  readonly network: NetworkOptions
  readonly epochs?: number
  readonly batchSize?: number
  readonly seed?: number
  readonly learningRate?: number
  readonly schedule?: {
    readonly name?: Schedule['name']
    readonly warmup?: Duration
    readonly final?: number
    readonly every?: Duration
    readonly factor?: number
  }
  readonly beta?: number
  readonly klWarmup?: Duration
  readonly evaluation?: { readonly seed?: number; readonly batchSize?: number }
}

const SETTINGS = [
  'network',
  'epochs',
  'batchSize',
  'seed',
  'learningRate',
  'schedule',
  'beta',
  'klWarmup',
  'evaluation',
]

/**
 * A whole training configuration from a partial one, such as JSON. Defaults: epochs and batches that suit the
 * number of training images ({@link suitedLength}; of 60,000 images, and where it is not given: 10 epochs,
 * batches of 128), seed 1, learning rate 0.003 rising over half an epoch, then falling to 0 on a cosine, beta 1 without warm-up, evaluation seed 0.
 *
 * @throws TrainError for what is unknown, no number or out of range
 */
export function parseTrainConfig(value: unknown, trainingImages?: number): TrainConfig {
  const given = fields('config', value)
  known('config', given, SETTINGS)
  const evaluation = fields('evaluation', given.evaluation ?? {})
  known('evaluation', evaluation, ['seed', 'batchSize'])
  return {
    network: parseNetworkConfig(given.network),
    ...parseLength(given, trainingImages),
    seed: whole('seed', given.seed ?? 1, 0),
    learningRate: finite('learningRate', given.learningRate ?? 3e-3, { above: 0 }),
    schedule: parseSchedule(given.schedule ?? {}),
    beta: finite('beta', given.beta ?? 1, { least: 0 }),
    klWarmup: parseDuration('klWarmup', given.klWarmup ?? { steps: 0 }),
    evaluation: {
      seed: whole('evaluation.seed', evaluation.seed ?? 0, 0),
      batchSize: positive('evaluation.batchSize', evaluation.batchSize ?? 500),
    },
  }
}

function parseLength(given: Readonly<Record<string, unknown>>, count: number | undefined) {
  const asked = (what: 'epochs' | 'batchSize') =>
    given[what] === undefined ? {} : { [what]: positive(what, given[what]) }
  return suitedLength(count, { ...asked('epochs'), ...asked('batchSize') })
}

const NAMES = ['constant', 'cosine', 'linear', 'step'] as const

function parseSchedule(value: unknown): Schedule {
  const given = fields('schedule', value)
  const name = oneOf('schedule.name', given.name ?? 'cosine', NAMES)
  const warmup = parseDuration('schedule.warmup', given.warmup ?? { epochs: 0.5 })
  if (name === 'constant') {
    known('schedule', given, ['name', 'warmup'])
    return { name, warmup }
  }
  if (name === 'step') {
    known('schedule', given, ['name', 'warmup', 'every', 'factor'])
    const every = parseDuration('schedule.every', given.every ?? { epochs: 5 }, 'above 0')
    const factor = finite('schedule.factor', given.factor ?? 0.5, { above: 0 })
    return { name, warmup, every, factor }
  }
  known('schedule', given, ['name', 'warmup', 'final'])
  return { name, warmup, final: finite('schedule.final', given.final ?? 0, { least: 0 }) }
}

function parseDuration(what: string, value: unknown, bound?: 'above 0'): Duration {
  const given = fields(what, value)
  known(what, given, 'steps' in given ? ['steps'] : ['epochs'])
  if ('steps' in given) return { steps: whole(what, given.steps, bound === undefined ? 0 : 1) }
  const range = bound === undefined ? { least: 0 } : { above: 0 }
  return { epochs: finite(what, given.epochs, range) }
}

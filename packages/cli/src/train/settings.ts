// Flags to training settings, and a run's settings back to the command that reproduces it.
import type { ImageShape } from '@anyvae/images'
import {
  createNetwork,
  parseTrainConfig,
  type Duration,
  type NetworkConfig,
  type Schedule,
  type TrainConfig,
  type TrainSettings,
} from '@anyvae/trainer'
import type { RunConfig } from '@anyvae/trainer/node'
import { CliError, messageOf } from '../error.js'
import { shellLine } from '../shell.js'
import type { SettingFlags } from './flags.js'

/** The least that images may be: what is wrong with them is wrong with all. */
const SMALLEST: ImageShape = { channels: 1, height: 1, width: 1 }

/** Refuses flags that no images go with, before any are loaded. Throws CliError, of wrong usage. */
export function checkSettings(flags: SettingFlags): void {
  newSettings(flags, SMALLEST)
}

/** The settings of a new run, whose length suits the images. Throws CliError, of wrong usage. */
export function newSettings(
  flags: SettingFlags,
  image: ImageShape,
  trainingImages?: number,
): TrainConfig {
  const network = { ...networkSettings(flags), image }
  return asFlags(() => {
    const config = parseTrainConfig({ ...ownSettings(flags), network }, trainingImages)
    createNetwork(config.network)
    return config
  })
}

/** The settings of a run that is gone on with, with what flags say otherwise (to be refused). */
export function resumedSettings(flags: SettingFlags, begun: TrainConfig): TrainConfig {
  const own = networkSettings(flags)
  const { architecture, image } = begun.network
  const other = own.architecture !== undefined && own.architecture !== architecture
  const network = other ? { ...own, image } : { ...begun.network, ...own }
  return asFlags(() => parseTrainConfig({ ...begun, ...ownSettings(flags), network }))
}

/** The trainer's settings whose flags have other names. */
const FLAGS: Readonly<Record<string, string>> = {
  architecture: 'arch',
  kernelSize: 'kernel',
  batchSize: 'batch',
  learningRate: 'lr',
  klWarmup: 'kl-warmup',
}

/** Makes an error of wrong usage, with the flag's name for the trainer's: `--kernel` for `kernelSize`. */
function asFlags<T>(check: () => T): T {
  try {
    return check()
  } catch (cause) {
    const [, setting = '', part] = /^(\w+)(?:\.(\w+))?:/.exec(messageOf(cause)) ?? []
    const rest = messageOf(cause).replace(/^[^:]*/, '')
    const flag = `--${FLAGS[setting] ?? setting}${part === undefined ? '' : ` ${part}`}`
    const what = setting === 'network' ? setting : flag
    throw new CliError(`${what}${rest}`, { exitCode: 2, cause })
  }
}

function networkSettings({ arch, kernel, ...flags }: SettingFlags) {
  const { latent, likelihood, hidden, activation, filters, blocks } = flags
  const own = { hidden, activation, filters, kernelSize: kernel, blocks }
  return given({ architecture: arch, latent, likelihood, ...own })
}

function ownSettings({ epochs, batch, lr, schedule, beta, klWarmup, seed }: SettingFlags) {
  return given({ epochs, batchSize: batch, learningRate: lr, schedule, beta, klWarmup, seed })
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

/** The settings that are not left to a default. */
function given<T extends object>(settings: T): Given<T> {
  const entries = Object.entries(settings).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as Given<T>
}

/**
 * The command that reproduces a run: how its images were read, and their shape where they may have been
 * brought to it; architecture, epochs and seed, and what is not the default.
 */
export function reproduceCommand(run: RunConfig, options: ReproduceOptions): string {
  return shellLine(['anyvae', ...reproduceWords(run, options)])
}

/** As {@link reproduceCommand}, the words behind the program's name. */
export function reproduceWords(
  { training, data }: RunConfig,
  { folder, reshaped = false }: ReproduceOptions,
): string[] {
  const { image, architecture } = training.network
  const settings: TrainSettings = { network: { architecture, image }, epochs: training.epochs }
  const defaults = parseTrainConfig(settings, data.train.count)
  const usual = new Map(flagsOf(defaults))
  const differing = flagsOf(training).filter(
    ([flag, value]) => ALWAYS.has(flag) || usual.get(flag) !== value,
  )
  const shape = { size: `${image.height}x${image.width}`, channels: String(image.channels) }
  const reading = Object.entries({ ...data.options, ...(reshaped ? shape : {}) })
  const flags = [
    ['--data', data.source],
    ...reading.map(([name, value]) => [`--${name}`, value]),
    ...differing,
    ['--out', folder],
  ]
  return ['train', ...flags.flat()]
}

/** Where a reproduced run goes, and whether its images were brought to their shape. */
interface ReproduceOptions {
  readonly folder: string
  readonly reshaped?: boolean
}

const ALWAYS = new Set(['--arch', '--epochs', '--seed'])

function flagsOf(config: TrainConfig): [flag: string, value: string][] {
  return [
    ...networkFlags(config.network),
    ['--epochs', String(config.epochs)],
    ['--batch', String(config.batchSize)],
    ['--lr', String(config.learningRate)],
    ['--schedule', scheduleText(config.schedule)],
    ['--beta', String(config.beta)],
    ['--kl-warmup', durationText(config.klWarmup)],
    ['--seed', String(config.seed)],
  ]
}

function networkFlags(network: NetworkConfig): [flag: string, value: string][] {
  const { architecture, latent, likelihood } = network
  return [
    ['--arch', architecture],
    ['--latent', String(latent)],
    ['--likelihood', likelihood],
    ...ownFlags(network),
  ]
}

function ownFlags(network: NetworkConfig): [flag: string, value: string][] {
  if (network.architecture === 'mlp') {
    return [
      ['--hidden', network.hidden.join(',')],
      ['--activation', network.activation],
    ]
  }
  return [
    ['--filters', network.filters.join(',')],
    network.architecture === 'conv'
      ? ['--kernel', String(network.kernelSize)]
      : ['--blocks', String(network.blocks)],
  ]
}

/** A schedule as the flag has it. */
export function scheduleText({ name, ...settings }: Schedule): string {
  const parts = Object.entries(settings).map(([key, value]) => {
    return `${key}=${typeof value === 'number' ? value : durationText(value)}`
  })
  return [name, ...parts].join(',')
}

function durationText(duration: Duration): string {
  return 'steps' in duration ? `${duration.steps}steps` : String(duration.epochs)
}

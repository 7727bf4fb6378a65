// Flags to training settings, and a run's settings back to the command that reproduces it.
import type { ImageShape } from '@anyvae/images'
import {
  parseTrainConfig,
  type Duration,
  type NetworkConfig,
  type Schedule,
  type TrainConfig,
  type TrainSettings,
} from '@anyvae/trainer'
import type { RunConfig } from '@anyvae/trainer/node'
import { asUsage } from '../error.js'
import { shellLine } from '../shell.js'
import type { SettingFlags } from './flags.js'

/** The settings of a new run. Throws CliError, of wrong usage. */
export function newSettings(flags: SettingFlags, image: ImageShape): TrainConfig {
  return asUsage(() =>
    parseTrainConfig({ ...ownSettings(flags), network: { ...networkSettings(flags), image } }),
  )
}

/** The settings of a run that is gone on with, with what flags say otherwise (to be refused). */
export function resumedSettings(flags: SettingFlags, begun: TrainConfig): TrainConfig {
  const own = networkSettings(flags)
  const { architecture, image } = begun.network
  const other = own.architecture !== undefined && own.architecture !== architecture
  const network = other ? { ...own, image } : { ...begun.network, ...own }
  return asUsage(() => parseTrainConfig({ ...begun, ...ownSettings(flags), network }))
}

function networkSettings({ arch, latent, hidden, filters, kernel, likelihood }: SettingFlags) {
  return given({ architecture: arch, latent, hidden, filters, kernelSize: kernel, likelihood })
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
 * The command that reproduces a run: architecture, epochs and seed, and what is not the default; the
 * images' shape where they may have been brought to it.
 */
export function reproduceCommand(
  { training, data }: RunConfig,
  { folder, reshaped = false }: { readonly folder: string; readonly reshaped?: boolean },
): string {
  const { image, architecture } = training.network
  const defaults = parseTrainConfig({ network: { architecture, image } } satisfies TrainSettings)
  const usual = new Map(flagsOf(defaults))
  const differing = flagsOf(training).filter(
    ([flag, value]) => ALWAYS.has(flag) || usual.get(flag) !== value,
  )
  const shape = [
    ['--size', `${image.height}x${image.width}`],
    ['--channels', String(image.channels)],
  ]
  const flags = [
    ['--data', data.source],
    ...(reshaped ? shape : []),
    ...differing,
    ['--out', folder],
  ]
  return shellLine(['anyvae', 'train', ...flags.flat()])
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
    ...(network.architecture === 'mlp'
      ? ([['--hidden', network.hidden.join(',')]] as const)
      : ([
          ['--filters', network.filters.join(',')],
          ['--kernel', String(network.kernelSize)],
        ] as const)),
  ].map(([flag, value]) => [flag, value])
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

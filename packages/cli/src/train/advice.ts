// What to do about a training run that ended early: what is kept, and the command that goes on.
import { TrainError } from '@anyvae/trainer'
import { CliError, messageOf } from '../error.js'
import { hint } from '../shell.js'
import { recordOf } from '../source.js'
import { findRun } from './begun.js'
import type { TrainFlags } from './flags.js'

interface Early {
  readonly folder: string
  readonly flags: TrainFlags
  /** The last epoch whose checkpoint is on disk; 0 for none. */
  readonly epoch: number
}

/** The error of a run that a signal stopped. */
export async function stopped(reason: unknown, early: Early): Promise<CliError> {
  const { folder, epoch } = early
  const exitCode = reason instanceof CliError ? reason.exitCode : 1
  const begun = await findRun(folder).catch(() => undefined)
  if (begun === undefined) {
    return new CliError(`${messageOf(reason)} before training began: nothing is kept`, { exitCode })
  }
  const { epochs } = begun.config.training
  const resume = resumeCommand(early)
  const kept = epoch === 0 ? 'no epoch was complete' : `epoch ${epoch} of ${epochs} is kept`
  const facts = { run: folder, completed: false, epoch, epochs, resume }
  return new CliError(`${messageOf(reason)}: ${kept}; go on with:`, {
    exitCode,
    facts,
    command: resume,
  })
}

/** The error of a run that failed, with what to do about it. */
export function failed(error: unknown, early: Early): unknown {
  const { folder, epoch } = early
  if (error instanceof CliError && error.exitCode === 2) return error
  const { words, command } = adviceOn(error, early)
  if (words.length === 0) return error
  const facts = { run: folder, completed: false, epoch }
  return new CliError([messageOf(error), ...words].join('; '), { cause: error, facts, command })
}

interface Advice {
  readonly words: readonly string[]
  readonly command?: string
}

function adviceOn(error: unknown, early: Early): Advice {
  const { epoch } = early
  const kept = `the checkpoint of epoch ${epoch} is kept: ${hint('export')} takes it as it is`
  if (says(error, 'not finite')) {
    // Going on with the same settings leads to the same step.
    const settings = 'in a new run these are --lr and --schedule cosine,warmup=1'
    return { words: epoch === 0 ? [settings] : [settings, kept] }
  }
  if (epoch === 0 || says(error, 'the run was begun with')) return { words: [] }
  return { words: [`${kept}, or go on with:`], command: resumeCommand(early) }
}

function says(error: unknown, words: string): boolean {
  return error instanceof TrainError && error.message.includes(words)
}

/** What goes on with a run as it was begun; settings stand in the folder, the engine in the flags. */
function resumeCommand({ folder, flags }: Early): string {
  const { data, stream, engine, backend, provider, threads } = flags
  const computing = { stream, engine, backend, provider, threads }
  const given = flags.resume === undefined ? computing : { data, ...recordOf(flags), ...computing }
  const words = Object.entries(given).flatMap(([name, value]) =>
    value === undefined ? [] : value === true ? [`--${name}`] : [`--${name}`, String(value)],
  )
  return hint('train', '--resume', folder, ...words)
}

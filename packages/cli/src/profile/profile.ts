// `anyvae train --profile`: times the kernels of some training steps, and keeps ONNX Runtime's own profile.
import { stat } from 'node:fs/promises'
import type { TrainConfig, TrainOptions } from '@anyvae/trainer'
import { nodeBackend } from '@anyvae/runtime-node'
import { sessionOptions } from '../command.js'
import { CliError, refuseUsage } from '../error.js'
import type { Io } from '../io.js'
import { printLines, type Outcome } from '../outcome.js'
import { PROFILE_FILE, PROFILE_STEPS, type TrainFlags } from '../train/flags.js'
import { createProgress } from '../ui/progress.js'
import { checkProfilePath, openProfileFile } from './file.js'
import { printSummary } from './print.js'
import { profileSteps, runsOf, secondsOf, stepsOf, takeSteps, type ProfiledSteps } from './steps.js'
import { summariseRuns } from './summary.js'
import { readTrace, type ProfiledRun } from './trace.js'

/** What is profiled. */
export interface ProfileOptions {
  readonly flags: TrainFlags
  readonly config: TrainConfig
  readonly images: TrainOptions['images']
  readonly io: Io
}

/**
 * Refuses what no profile goes with, before any images are loaded.
 *
 * @throws CliError, of wrong usage but where the file cannot be written
 */
export async function checkProfile({ engine, resume, profile }: TrainFlags): Promise<void> {
  if (engine === 'tfjs') {
    refuseUsage('--profile: of the onnx engine, got engine tfjs, expected --engine onnx')
  }
  if (resume !== undefined) {
    refuseUsage('--profile: of a new run, got --resume, expected --data and settings')
  }
  await checkProfilePath(pathOf(profile))
}

/**
 * Takes steps from the start of a run, apart from any run folder, and tells where their time goes.
 *
 * @throws CliError where the file cannot be written: then no step was taken
 */
export async function profileTraining(options: ProfileOptions): Promise<Outcome> {
  const { flags, config, images, io } = options
  const path = pathOf(flags.profile)
  const file = await openProfileFile(path)
  const progress = createProgress(io.stderr, 'profiling')
  try {
    const steps = {
      config,
      images,
      backend: nodeBackend,
      session: sessionOptions(flags),
      signal: io.signal,
    }
    const show = (before: number) => (done: number, total: number) =>
      progress.update(before + Math.min(done, total) / 2, total)
    const plain = await takeSteps({ ...steps, onStep: show(0) })
    const done = await profileSteps(file.folder, { ...steps, onStep: show(PROFILE_STEPS / 2) })
    progress.stop()
    const trace = await file.find(done.prefix)
    const summary = summariseTrace(await readTrace(trace), done)
    const { size } = await stat(trace)
    await file.keep(trace)
    const stepWithout = (1e6 * secondsOf(plain.timed)) / stepsOf(plain.timed)
    return printSummary(summary, { ...done, stepWithout, config, file: path, size })
  } finally {
    progress.stop()
    await file.discard()
  }
}

function pathOf(profile: TrainFlags['profile']): string {
  return typeof profile === 'string' ? profile : PROFILE_FILE
}

/** Profiles where flags ask for it. The table is printed at once: the training may take hours. */
export async function profileFirst(options: ProfileOptions): Promise<Outcome['json']> {
  const { flags, io } = options
  if (flags.profile === undefined) return {}
  const { text, json } = await profileTraining(options)
  if (flags.json !== true) {
    printLines(io.stdout, text)
    io.stdout.line('')
  }
  return json
}

/** A training's outcome with what {@link profileFirst} found before it. */
export function withProfile(trained: Outcome, profiled: Outcome['json']): Outcome {
  return { ...trained, json: { ...trained.json, ...profiled } }
}

/** The runs after those that warmed up, summed up. */
function summariseTrace(runs: readonly ProfiledRun[], { warmup, timed, batch }: ProfiledSteps) {
  const skipped = runsOf(warmup)
  const whole = timed.filter((_, i) => skipped + runsOf(timed.slice(0, i + 1)) <= runs.length)
  if (whole.length === 0) {
    throw new CliError(
      `profile: cut off, got ${runs.length} whole runs, expected more than ${skipped}: ONNX Runtime keeps a million events; a smaller network makes fewer`,
    )
  }
  const figures = { steps: stepsOf(whole), batch, seconds: secondsOf(whole) }
  return summariseRuns(runs.slice(skipped, skipped + runsOf(whole)), figures)
}

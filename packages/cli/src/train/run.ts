// Trains in a run folder: what `anyvae train` does once its flags are read.
import { checkRunFolder, checkSameSettings, tidyRun, trainInFolder } from '@anyvae/trainer/node'
import type { EngineFactory, TrainConfig, TrainEvent, TrainResult } from '@anyvae/trainer'
import type { Io } from '../io.js'
import type { Outcome } from '../outcome.js'
import { checkProfile, profileFirst, profileTraining, withProfile } from '../profile/profile.js'
import { checkWritable } from '../folder.js'
import { failed, stopped } from './advice.js'
import { findRun, folderOf, type Begun } from './begun.js'
import { chooseEngine } from './engine.js'
import type { TrainFlags } from './flags.js'
import { withImages, type RunImages, type Start } from './images.js'
import { announcePlan } from './plan.js'
import { createReport } from './report.js'
import { checkSettings, newSettings, resumedSettings } from './settings.js'
import { summarise, type Started } from './summary.js'

/**
 * Begins a run or goes on with one.
 *
 * @throws CliError that says what is kept and how to go on with it
 */
export async function runTraining(flags: TrainFlags, io: Io): Promise<Outcome> {
  if (flags.profile !== undefined) await checkProfile(flags)
  if (flags.profile !== undefined && flags.out === undefined) return profileAlone(flags, io)
  const folder = folderOf(flags)
  await checkRunFolder(folder, { resume: flags.resume !== undefined })
  const begun = await findRun(folder)
  const kept = { epoch: begun?.checkpoint?.epoch ?? 0 }
  try {
    if (begun !== undefined && isComplete(begun, flags)) {
      await tidyRun(folder)
      return await summarise(folder)
    }
    if (begun === undefined) {
      checkSettings(flags)
      await checkWritable(folder)
    }
    const architecture = begun?.config.training.network.architecture ?? flags.arch ?? 'mlp'
    const engineFactory = await chooseEngine(flags, architecture, begun?.checkpoint?.computedWith)
    const outcome = await withImages({ folder, flags, begun, io }, async (images) => {
      const config = configFor(flags, begun, images)
      if (begun === undefined) {
        announcePlan(io.stderr, { config, images: images.train.count, flags })
      }
      const profiled = await profileFirst({ flags, config, images, io })
      const ended = await trainWith(config, { folder, flags, engineFactory, images, io, kept })
      return ended.completed ? withProfile(await summarise(folder, ended), profiled) : undefined
    })
    if (outcome !== undefined) return outcome
  } catch (error) {
    if (!io.signal.aborted) throw failed(error, { folder, flags, epoch: kept.epoch })
  }
  throw await stopped(io.signal.reason, { folder, flags, epoch: kept.epoch })
}

/** A profile and no training: no run folder is made. */
async function profileAlone(flags: TrainFlags, io: Io): Promise<Outcome> {
  checkSettings(flags)
  return withImages({ folder: '', flags, begun: undefined, io }, (images) =>
    profileTraining({ flags, config: configFor(flags, undefined, images), images, io }),
  )
}

/** Whether nothing is left to train; refuses settings that are not those of the run. */
function isComplete({ config, checkpoint }: Begun, flags: TrainFlags): boolean {
  checkSameSettings(config.training, resumedSettings(flags, config.training))
  return checkpoint?.epoch === config.training.epochs
}

function configFor(flags: TrainFlags, begun: Begun | undefined, images: RunImages): TrainConfig {
  return begun === undefined
    ? newSettings(flags, images.train.shape, images.train.count)
    : resumedSettings(flags, begun.config.training)
}

interface Plan extends Omit<Start, 'begun'> {
  readonly engineFactory: EngineFactory
  readonly images: RunImages
  /** The last epoch whose checkpoint is on disk. */
  readonly kept: { epoch: number }
}

async function trainWith(config: TrainConfig, plan: Plan): Promise<TrainResult & Started> {
  const { folder, flags, engineFactory, images, io, kept } = plan
  const report = createReport(io.stderr, config.network)
  let firstStepSeconds = 0
  const onEvent = (event: TrainEvent) => {
    // The clock began with the process.
    if (event.type === 'chunk') firstStepSeconds ||= performance.now() / 1000
    if (event.type === 'epoch') kept.epoch = event.record.epoch
    return report.onEvent(event)
  }
  const { threads, resume } = flags
  const { train, test, source, options } = images
  const data = { images: { train, test }, source, sourceOptions: options }
  const about = { folder, config, ...data, engineFactory, onEvent }
  try {
    const result = await trainInFolder({
      ...about,
      ...(threads === undefined ? {} : { threads }),
      resume: resume !== undefined,
      signal: io.signal,
    })
    return { ...result, firstStepSeconds }
  } finally {
    report.stop()
  }
}

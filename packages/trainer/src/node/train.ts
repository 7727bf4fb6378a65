// Training in a run folder: begins or goes on, and keeps every epoch on disk.
import { effectiveBatchSize, stepsPerEpoch } from '@anyvae/images'
import { checkSignal } from '../check.js'
import { encodeCheckpoint, type ComputedWith } from '../checkpoint/checkpoint.js'
import { checkpointOf, describeEngine } from '../checkpoint/of-epoch.js'
import type { EngineFactory, TrainingEngine } from '../engines/engine.js'
import { TrainError } from '../error.js'
import { initialState } from '../engines/initial-state.js'
import { createNetwork } from '../network/network.js'
import type { Network } from '../network/types.js'
import { parseTrainConfig, type TrainSettings } from '../training/config.js'
import type { Listener, TrainEvent } from '../training/events.js'
import {
  checkImages,
  trainUntilStopped,
  type TrainImages,
  type TrainResult,
} from '../training/train.js'
import { nativeSha256 } from './bounded.js'
import { checkSameRun, describeData, type RunConfig } from './config-file.js'
import { createKeeper } from './keep.js'
import { reconstructionsPng } from './picture.js'
import { refuseLocked, withLock } from './lock.js'
import { checkWritable, discard, inspect, open, writeEpoch, type Found } from './run-folder.js'

/** What to train, on what and with what, and the folder that keeps it. */
export interface TrainInFolderOptions {
  /** A new or empty folder, or with `resume` a run folder. */
  readonly folder: string
  /** May be left out where a run that has a config.json is resumed. */
  readonly config?: TrainSettings
  readonly images: TrainImages
  /** What the user calls the images, for the record; the training set's name unless given. */
  readonly source?: string
  /** How the images were read from it, in the user's words, for the record. */
  readonly sourceOptions?: Readonly<Record<string, string>> | undefined
  readonly engineFactory: EngineFactory
  /** Threads asked of the engine; unless given, as many as the checkpoint was computed with. */
  readonly threads?: number
  /** Goes on from the folder's last checkpoint, or from the start where there is none yet. */
  readonly resume?: boolean
  readonly signal?: AbortSignal | undefined
  /**
   * Told of an epoch once it is on disk, which may be while the next one is computed; of a stop and of the
   * end after the last of them.
   */
  readonly onEvent?: Listener | undefined
}

/**
 * Trains in a run folder: config.json, and for every epoch a line in log.jsonl, a picture of
 * reconstructions and a checkpoint. A run that was stopped or killed at any moment and is resumed ends,
 * on the same machine, with the parameters and computed log fields of one that was not, bit for bit.
 *
 * @throws TrainError where the folder is taken, the settings or images are not those that the run was
 *   begun with, or training fails. A run that fails before its first checkpoint leaves nothing behind.
 *   The signal's reason where it is aborted before the start.
 */
export async function trainInFolder(options: TrainInFolderOptions): Promise<TrainResult> {
  const { folder, resume, signal } = options
  checkSignal(signal)
  await checkRunFolder(folder, { resume })
  return withLock(folder, () => trainLocked(options))
}

/**
 * Refuses a folder that cannot take a run, before anything is written or any image loaded.
 *
 * @throws TrainError where another training is writing there, a run is there and `resume` is not given,
 *   files of something else are there, a file of the run is damaged, or nothing can be written
 */
export async function checkRunFolder(
  folder: string,
  { resume = false }: { readonly resume?: boolean | undefined },
): Promise<void> {
  await refuseLocked(folder)
  await inspect(folder, resume)
  await checkWritable(folder)
}

/** Removes what a kill left beside the files of a run that has nothing more to train. */
export async function tidyRun(folder: string): Promise<void> {
  await withLock(folder, async () => {
    const found = await inspect(folder, true)
    if (found.config !== undefined) await open(folder, found, found.config)
  })
}

async function trainLocked(options: TrainInFolderOptions): Promise<TrainResult> {
  const { folder, images, resume = false } = options
  const found = await inspect(folder, resume)
  const config = await runConfig(options, found)
  const network = createNetwork(config.training.network)
  checkImages(network, images)
  const engine = await createEngine(options, { found, config, network })
  const lines = [...found.lines]
  try {
    await open(folder, found, config)
    return await trainOpened(options, { found, config, network, engine, lines })
  } catch (error) {
    if (found.config === undefined && lines.length === 0) await discard(folder)
    throw error
  } finally {
    await engine.release()
  }
}

interface Begun {
  readonly found: Found
  readonly config: RunConfig
  readonly network: Network
}

interface Opened extends Begun {
  readonly engine: TrainingEngine
  /** The log, which grows by a line with each epoch that is on disk. */
  readonly lines: string[]
}

async function runConfig(
  options: TrainInFolderOptions,
  { config: begun }: Found,
): Promise<RunConfig> {
  const { folder, images, source = images.train.name, sourceOptions, signal } = options
  const described = await describeData(source, images, signal)
  const data = { ...described, ...(sourceOptions && { options: sourceOptions }) }
  if (options.config === undefined) {
    if (begun === undefined) {
      throw new TrainError(`${folder}: no run to resume, got no config.json, expected settings`)
    }
    checkSameRun(begun, { training: begun.training, data })
    return begun
  }
  const asked = { training: parseTrainConfig(options.config, images.train.count), data }
  if (begun !== undefined) checkSameRun(begun, asked)
  return begun ?? asked
}

function createEngine(
  { engineFactory, images, threads }: TrainInFolderOptions,
  { found: { checkpoint }, config, network }: Begun,
): Promise<TrainingEngine> {
  const { seed, batchSize } = config.training
  const asked = threads ?? checkpoint?.computedWith.threads
  return engineFactory(network, checkpoint?.state ?? initialState(network, seed), {
    batchSize: effectiveBatchSize(images.train.count, batchSize),
    epochSteps: stepsPerEpoch(images.train.count, batchSize),
    ...(asked === undefined ? {} : { threads: asked }),
  })
}

async function trainOpened(
  { folder, images, signal, onEvent }: TrainInFolderOptions,
  { found, config, network, engine, lines }: Opened,
): Promise<TrainResult> {
  const begun = performance.now()
  const computedWith = describeEngine(engine, { node: process.versions.node })
  if (found.checkpoint?.unchecked) await onEvent?.({ type: 'warning', message: UNCHECKED })
  await warnOfOther(computedWith, found.checkpoint?.computedWith, onEvent)
  const write = async (event: TrainEvent & { type: 'epoch' }) => {
    const picture = reconstructionsPng(network.config.image, event)
    const checkpoint = encodeCheckpoint(
      checkpointOf(event, config.training, computedWith),
      nativeSha256,
    )
    const line = JSON.stringify(event.record)
    await writeEpoch(folder, event.record.epoch, {
      picture,
      lines: [...lines, line],
      checkpoint,
    })
    lines.push(line)
  }
  const keeper = createKeeper({ write, onEvent, signal })
  try {
    const startEpoch = found.checkpoint?.epoch ?? 0
    const { onEvent } = keeper
    const training = { network, engine, images, config: config.training }
    const result = await trainUntilStopped({ ...training, startEpoch, signal, onEvent })
    await keeper.finish()
    const seconds = (performance.now() - begun) / 1000
    return { ...result, measured: { ...result.measured, seconds } }
  } catch (error) {
    // What ended the training is told, not what else may fail to be written after it.
    await keeper.finish().catch(() => undefined)
    throw error
  }
}

const UNCHECKED =
  'the checkpoint was written by an older anyvae, without a checksum: damage to it would go unnoticed'

async function warnOfOther(
  now: ComputedWith,
  before: ComputedWith | undefined,
  onEvent: Listener | undefined,
): Promise<void> {
  if (before === undefined) return
  const describe = ({ engine, provider, threads, versions }: ComputedWith) =>
    [
      `${engine} on ${provider}, ${threads} threads`,
      ...Object.entries(versions).map((e) => e.join(' ')),
    ].join(', ')
  const [is, was] = [describe(now), describe(before)]
  if (is === was) return
  const message = `resuming with ${is}; the checkpoint was computed with ${was}, which may round differently`
  await onEvent?.({ type: 'warning', message })
}

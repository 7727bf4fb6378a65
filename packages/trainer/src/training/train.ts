// The training loop: epochs of chunks, an evaluation after each, and events on the way.
import {
  describeShape,
  effectiveBatchSize,
  sourceOf,
  spreadIndices,
  stepsPerEpoch as stepsOfSet,
  type ImageSet,
  type ImageSource,
} from '@anyvae/images'
import { checkSignal } from '../check.js'
import type { TrainingEngine } from '../engines/engine.js'
import { TrainError } from '../error.js'
import { size } from '../network/initial.js'
import type { Network } from '../network/types.js'
import type { TrainConfig } from './config.js'
import { createChunks, type Chunks } from './chunks.js'
import { evaluate } from './evaluate.js'
import type { EpochRecord, Examples, Listener, Losses, Measured } from './events.js'
import { Clock } from './clock.js'
import { checkMetrics, checkState } from './finite.js'
import { pause } from './pause.js'
import { scalarsOf } from './schedule.js'
import { LossSums } from './sums.js'

/** How many test images an epoch's reconstructions show. */
const EXAMPLES = 16

/** In memory, or read when they are asked for: what is computed is the same. */
export interface TrainImages {
  readonly train: ImageSet | ImageSource
  readonly test: ImageSet | ImageSource
}

/** What to train, on what, and with what. */
export interface TrainOptions {
  readonly network: Network
  /** Holds the state to start from: `startEpoch` epochs in. It is not released. */
  readonly engine: TrainingEngine
  /** Read as it trains, without a copy of the whole: those in memory must not be written to until its end. */
  readonly images: TrainImages
  readonly config: TrainConfig
  /** Whole epochs that the engine's state has behind it; 0 unless resumed. */
  readonly startEpoch?: number
  /**
   * Stops the training between two chunks; the epoch that was begun is lost. Where it is aborted before the
   * start, the training rejects.
   */
  readonly signal?: AbortSignal | undefined
  readonly onEvent?: Listener | undefined
}

/** How a training ended. */
export interface TrainResult {
  /** False where the signal stopped it. */
  readonly completed: boolean
  /** Whole epochs done. */
  readonly epoch: number
  /** From the first step's inputs to the end; a broken epoch's with it. */
  readonly measured: Omit<Measured, 'imagesPerSecond'>
}

/**
 * Trains to the end of `config.epochs`. Everything computed follows from the configuration, the images
 * and the engine; the chunk size and the moment of a stop change nothing.
 *
 * @throws TrainError where images and network do not fit, or where a loss or parameter is no longer
 *   finite: then it names the step, and no event tells of that epoch; the signal's reason where it is
 *   aborted before the start
 */
export async function train(options: TrainOptions): Promise<TrainResult> {
  checkSignal(options.signal)
  return trainUntilStopped(options)
}

/** As `train`; a signal that is aborted before the start stops it like any other. */
export async function trainUntilStopped(options: TrainOptions): Promise<TrainResult> {
  const { config, signal, startEpoch = 0 } = options
  const run = await prepare(options)
  const { clock, emit } = run
  let epoch = startEpoch
  const result = (completed: boolean) => ({ completed, epoch, measured: clock.total() })
  try {
    for (; epoch < config.epochs; epoch++) await emit(await runEpoch(options, run, epoch))
    return result(true)
  } catch (error) {
    if (signal?.aborted !== true || error !== signal.reason) throw error
    await emit({ type: 'stopped', epoch, epochs: config.epochs })
    return result(false)
  }
}

/** What stays the same over a run's epochs. */
interface Run {
  readonly emit: Listener
  readonly chunks: Chunks
  readonly clock: Clock
  readonly batchSize: number
  readonly stepsPerEpoch: number
  /** Of the test images, those that are shown. */
  readonly shown: Omit<Examples, 'reconstructions'>
}

async function prepare(options: TrainOptions): Promise<Run> {
  const { network, engine, images, config, startEpoch = 0, onEvent } = options
  checkImages(network, images)
  const batchSize = effectiveBatchSize(images.train.count, config.batchSize)
  const stepsPerEpoch = stepsOfSet(images.train.count, config.batchSize)
  const { step } = await engine.state()
  if (step !== startEpoch * stepsPerEpoch) {
    throw new TrainError(
      `engine: at another step, got ${step}, expected ${startEpoch * stepsPerEpoch} after ${startEpoch} epochs`,
    )
  }
  const emit: Listener = (event) => onEvent?.(event)
  const { name, provider, threads } = engine
  const parameters = network.parameters.reduce((sum, spec) => sum + size(spec), 0)
  const about = { epochs: config.epochs, stepsPerEpoch, batchSize, parameters, provider, threads }
  await emit({ type: 'start', epoch: startEpoch, engine: name, ...about })
  const { train } = images
  const chunks = createChunks({ config, images: train, batchSize, stepsPerEpoch, engine })
  const shown = await spreadImages(sourceOf(images.test))
  return { emit, chunks, batchSize, stepsPerEpoch, shown, clock: new Clock() }
}

async function runEpoch(options: TrainOptions, run: Run, epoch: number) {
  const { engine, images, config, network, signal } = options
  const { clock, stepsPerEpoch, batchSize, shown } = run
  const begun = performance.now()
  const train = await runChunks(options, run, epoch)
  const imagesPerSecond = (1000 * stepsPerEpoch * batchSize) / (performance.now() - begun)
  const state = await engine.state()
  checkState(state)
  const { latent } = network.config
  const test = await clock.evaluating(() =>
    evaluate(engine, images.test, { ...config.evaluation, latent, signal }),
  )
  checkMetrics(test, state.step)
  const reconstructions = await engine.reconstruct(shown.images, shown.count)
  const { learningRate, beta } = scalarsOf(config, state.step - 1, stepsPerEpoch)
  const record: EpochRecord = {
    epoch: epoch + 1,
    step: state.step,
    learningRate,
    beta,
    train,
    test,
    measured: { ...clock.lap(), imagesPerSecond },
  }
  return { type: 'epoch', record, examples: { ...shown, reconstructions }, state } as const
}

async function runChunks({ engine, signal, onEvent }: TrainOptions, run: Run, epoch: number) {
  const { chunks, clock, stepsPerEpoch, batchSize } = run
  const sums = new LossSums()
  let stepOfEpoch = 0
  let begun = performance.now()
  for await (const chunk of chunks(epoch)) {
    await pause()
    signal?.throwIfAborted()
    const metrics = await clock.stepping(() => engine.run(chunk))
    checkMetrics(metrics, epoch * stepsPerEpoch + stepOfEpoch)
    sums.add(metrics)
    stepOfEpoch += chunk.steps
    const losses: Losses = new LossSums().add(metrics).means()
    const now = performance.now()
    const imagesPerSecond = (1000 * chunk.steps * batchSize) / (now - begun)
    begun = now
    const progress = { epoch: epoch + 1, stepOfEpoch, stepsPerEpoch, losses, imagesPerSecond }
    await onEvent?.({ type: 'chunk', ...progress })
  }
  return sums.means()
}

async function spreadImages(source: ImageSource): Promise<Run['shown']> {
  const indices = spreadIndices(source.count, EXAMPLES)
  return { count: indices.length, images: await source.read(indices) }
}

/** @throws TrainError where a split is empty or of another shape than the network's */
export function checkImages({ config }: Network, images: TrainOptions['images']): void {
  const expected = describeShape(config.image)
  for (const split of ['train', 'test'] as const) {
    const { shape, count } = images[split]
    if (count === 0) throw new TrainError(`${split} images: none, got 0, expected at least 1`)
    const got = describeShape(shape)
    if (got === expected) continue
    throw new TrainError(
      `${split} images: another shape than the network's, got ${got}, expected ${expected}`,
    )
  }
}

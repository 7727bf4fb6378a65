// The training loop: epochs of chunks, an evaluation after each, and events on the way.
import {
  describeShape,
  effectiveBatchSize,
  gatherImages,
  stepsPerEpoch as stepsOfSet,
  type ImageSet,
} from '@anyvae/images'
import type { TrainingEngine } from '../engines/engine.js'
import { TrainError } from '../error.js'
import { size } from '../network/initial.js'
import type { Network } from '../network/types.js'
import type { TrainConfig } from './config.js'
import { epochChunks, type EpochPlan } from './chunks.js'
import { evaluate } from './evaluate.js'
import type { EpochRecord, Examples, Listener, Losses } from './events.js'
import { checkMetrics, checkState } from './finite.js'
import { pause } from './pause.js'
import { scalarsOf } from './schedule.js'
import { LossSums } from './sums.js'

/** How many test images an epoch's reconstructions show. */
const EXAMPLES = 16

/** What to train, on what, and with what. */
export interface TrainOptions {
  readonly network: Network
  /** Holds the state to start from: `startEpoch` epochs in. It is not released. */
  readonly engine: TrainingEngine
  readonly images: { readonly train: ImageSet; readonly test: ImageSet }
  readonly config: TrainConfig
  /** Whole epochs that the engine's state has behind it; 0 unless resumed. */
  readonly startEpoch?: number
  /** Stops the training between two chunks; the epoch that was begun is lost. */
  readonly signal?: AbortSignal | undefined
  readonly onEvent?: Listener | undefined
}

/** How a training ended. */
export interface TrainResult {
  /** False where the signal stopped it. */
  readonly completed: boolean
  /** Whole epochs done. */
  readonly epoch: number
}

/**
 * Trains to the end of `config.epochs`. Everything computed follows from the configuration, the images
 * and the engine; the chunk size and the moment of a stop change nothing.
 *
 * @throws TrainError where images and network do not fit, or where a loss or parameter is no longer
 *   finite: then it names the step, and no event tells of that epoch
 */
export async function train(options: TrainOptions): Promise<TrainResult> {
  const { config, signal, startEpoch = 0 } = options
  const run = await prepare(options)
  let epoch = startEpoch
  try {
    for (; epoch < config.epochs; epoch++) {
      await run.emit(await runEpoch(options, { ...run.plan, epoch }))
    }
    return { completed: true, epoch }
  } catch (error) {
    if (signal?.aborted !== true || error !== signal.reason) throw error
    await run.emit({ type: 'stopped', epoch, epochs: config.epochs })
    return { completed: false, epoch }
  }
}

async function prepare({ network, engine, images, config, startEpoch = 0, onEvent }: TrainOptions) {
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
  return { emit, plan: { config, set: images.train, batchSize, stepsPerEpoch } }
}

async function runEpoch(options: TrainOptions, plan: EpochPlan) {
  const { engine, images, config, network, signal } = options
  const begun = performance.now()
  const train = await runChunks(options, plan)
  const trained = performance.now()
  const state = await engine.state()
  checkState(state)
  const { latent } = network.config
  const test = await evaluate(engine, images.test, { ...config.evaluation, latent, signal })
  checkMetrics(test, state.step)
  const examples = await exampleReconstructions(engine, images.test)
  const ended = performance.now()
  const { learningRate, beta } = scalarsOf(config, state.step - 1, plan.stepsPerEpoch)
  const record: EpochRecord = {
    epoch: plan.epoch + 1,
    step: state.step,
    learningRate,
    beta,
    train,
    test,
    measured: {
      seconds: (ended - begun) / 1000,
      evaluationSeconds: (ended - trained) / 1000,
      imagesPerSecond: (1000 * plan.stepsPerEpoch * plan.batchSize) / (trained - begun),
    },
  }
  return { type: 'epoch', record, examples, state } as const
}

async function runChunks({ engine, signal, onEvent }: TrainOptions, plan: EpochPlan) {
  const { epoch, stepsPerEpoch, batchSize } = plan
  const sums = new LossSums()
  let stepOfEpoch = 0
  let begun = performance.now()
  for (const chunk of epochChunks(plan, engine.chunkSteps)) {
    await pause()
    signal?.throwIfAborted()
    const metrics = await engine.run(chunk)
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

async function exampleReconstructions(engine: TrainingEngine, test: ImageSet): Promise<Examples> {
  const count = Math.min(EXAMPLES, test.count)
  const images = gatherImages(
    test,
    Uint32Array.from({ length: count }, (_, i) => i),
  )
  return { count, images, reconstructions: await engine.reconstruct(images, count) }
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

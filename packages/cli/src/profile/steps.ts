// Takes some training steps with ONNX Runtime's profiler on: real images, networks and engine, no run folder.
import { join } from 'node:path'
import { effectiveBatchSize, stepsPerEpoch } from '@anyvae/images'
import type { Session, SessionBackend, SessionOptions } from '@anyvae/runtime'
import {
  createNetwork,
  initialState,
  onnxEngine,
  train,
  type TrainConfig,
  type TrainEvent,
  type TrainOptions,
} from '@anyvae/trainer'
import { PROFILE_STEPS } from '../train/flags.js'

/** What is trained, and in what. */
export interface StepsOptions {
  readonly config: TrainConfig
  readonly images: TrainOptions['images']
  readonly backend: SessionBackend
  readonly session: SessionOptions
  readonly signal: AbortSignal
  /** Told how many steps are done of how many, those to warm up included. */
  readonly onStep: (done: number, total: number) => void
}

/** Some steps of one call of the engine. */
export interface Stretch {
  readonly steps: number
  readonly seconds: number
  /** Of the training session; counted where {@link profileSteps} counts them. */
  readonly runs: number
}

/** What was done. */
export interface StepsTaken {
  readonly warmup: readonly Stretch[]
  readonly timed: readonly Stretch[]
  /** Images a step. */
  readonly batch: number
  readonly parameters: number
  readonly provider: string
  readonly threads: number
}

/** The same with the profiler on. */
export interface ProfiledSteps extends StepsTaken {
  /** What the names of the training session's profile begin with. */
  readonly prefix: string
}

/** Enough for memory to be laid out and caches to be warm, and to average over. */
export const WARMUP = { steps: 20, seconds: 3 } as const
export const TIMED = { steps: PROFILE_STEPS, seconds: 10 } as const

/**
 * Trains from the start for some calls of the engine: until they make as many steps as `WARMUP` and then
 * `TIMED` ask for, or took as long.
 */
export async function takeSteps(options: StepsOptions, runs = () => 0): Promise<StepsTaken> {
  const { config, images, backend, session } = options
  const network = createNetwork(config.network)
  const { threads } = session
  const engine = await onnxEngine(backend, session)(network, initialState(network, config.seed), {
    batchSize: effectiveBatchSize(images.train.count, config.batchSize),
    epochSteps: stepsPerEpoch(images.train.count, config.batchSize),
    ...(threads === undefined ? {} : { threads }),
  })
  try {
    const done = await trainSome({ network, engine, images, config }, { ...options, runs })
    return { ...done, provider: engine.provider, threads: engine.threads }
  } finally {
    await engine.release()
  }
}

/** As {@link takeSteps} with the profiler on: the sessions' profiles are in `folder` afterwards. */
export async function profileSteps(folder: string, options: StepsOptions): Promise<ProfiledSteps> {
  const { backend, training } = withProfiles(options.backend, folder)
  const done = await takeSteps({ ...options, backend }, () => training.runs)
  return { ...done, prefix: training.prefix }
}

/** A backend whose sessions write a profile each; the training's is the one that gives losses. */
function withProfiles(backend: SessionBackend, folder: string) {
  const training = { prefix: '', runs: 0 }
  let sessions = 0
  const createSession: SessionBackend['createSession'] = async (model, options) => {
    const prefix = `session-${sessions++}`
    const session = await backend.createSession(model, {
      ...options,
      profile: join(folder, prefix),
    })
    if (!session.outputs.some(({ name }) => name === 'loss')) return session
    training.prefix = prefix
    const run: Session['run'] = (feeds, outputs) => {
      training.runs++
      return session.run(feeds, outputs)
    }
    return { ...session, run }
  }
  return { backend: { ...backend, createSession }, training }
}

interface Some extends StepsOptions {
  /** Runs of the training session so far. */
  readonly runs: () => number
}

async function trainSome(options: TrainOptions, { signal, onStep, runs }: Some) {
  const [warmup, timed]: [Stretch[], Stretch[]] = [[], []]
  const enough = new AbortController()
  let [batch, parameters, before, runsBefore] = [1, 0, 0, 0]
  const onEvent = (event: TrainEvent) => {
    if (event.type === 'start') ({ batchSize: batch, parameters } = event)
    if (event.type === 'epoch') before = 0
    if (event.type !== 'chunk') return
    const steps = event.stepOfEpoch - before
    const list = isEnough(warmup, WARMUP) ? timed : warmup
    const seconds = (steps * batch) / event.imagesPerSecond
    list.push({ steps, seconds, runs: runs() - runsBefore })
    before = event.stepOfEpoch
    runsBefore = runs()
    onStep(stepsOf(timed), TIMED.steps)
    if (isEnough(timed, TIMED)) enough.abort()
  }
  // An epoch takes a step at least, so that these are enough.
  const epochs = Math.max(options.config.epochs, 2 * (WARMUP.steps + TIMED.steps))
  await train({
    ...options,
    config: { ...options.config, epochs },
    signal: AbortSignal.any([signal, enough.signal]),
    onEvent,
  })
  signal.throwIfAborted()
  return { warmup, timed, batch, parameters }
}

function isEnough(stretches: readonly Stretch[], bound: Omit<Stretch, 'runs'>): boolean {
  return stepsOf(stretches) >= bound.steps || secondsOf(stretches) >= bound.seconds
}

/** Their steps together. */
export function stepsOf(stretches: readonly Stretch[]): number {
  return stretches.reduce((sum, { steps }) => sum + steps, 0)
}

/** Their seconds together. */
export function secondsOf(stretches: readonly Stretch[]): number {
  return stretches.reduce((sum, { seconds }) => sum + seconds, 0)
}

/** Their runs together. */
export function runsOf(stretches: readonly Stretch[]): number {
  return stretches.reduce((sum, { runs }) => sum + runs, 0)
}

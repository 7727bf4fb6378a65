// The engine of a training in a worker: the provider that is asked for, or the fastest.
import { imageSize, stepsPerEpoch, type ImageSet } from '@anyvae/images'
import { randomStream } from '@anyvae/random'
import type { Provider, SessionBackend } from '@anyvae/runtime'
import type { Chunk, TrainingEngine, TrainingState } from '../engines/engine.js'
import { onnxEngine } from '../engines/onnx.js'
import { TrainError } from '../error.js'
import type { Network } from '../network/types.js'
import { checkMetrics } from '../training/finite.js'
import type { Order, Trial, WorkerEvent } from './messages.js'

/** What an engine starts from. */
interface Start {
  readonly network: Network
  readonly state: TrainingState
  readonly batchSize: number
  /** Of which some are trained on for a trial. */
  readonly images: ImageSet
  readonly tell: (event: WorkerEvent) => void
}

/** Steps of a trial: the first run of them, which compiles and allocates, is not timed. */
const TRIAL_STEPS = 10

/** @throws TrainError (by rejection) where no provider can train here, with the reason of each */
export async function chooseEngine(
  backend: SessionBackend,
  order: Order,
  start: Start,
): Promise<TrainingEngine> {
  const { provider, session = {}, chunkSteps } = order
  const create = (chosen?: Provider, steps = chunkSteps) =>
    onnxEngine(backend, { ...session, ...(chosen && { provider: chosen }) })(
      start.network,
      start.state,
      {
        batchSize: start.batchSize,
        epochSteps: stepsPerEpoch(start.images.count, start.batchSize),
        ...(steps === undefined ? {} : { chunkSteps: steps }),
        ...(session.threads === undefined ? {} : { threads: session.threads }),
      },
    )
  if (provider !== 'auto') return create(provider)
  const trials: Trial[] = []
  for (const each of backend.providers) {
    trials.push(await trialOf(each, () => create(each, TRIAL_STEPS), start))
  }
  start.tell({ type: 'trials', trials })
  return create(fastest(trials))
}

function fastest(trials: readonly Trial[]): Provider {
  const able = trials.filter(({ stepsPerSecond }) => stepsPerSecond !== undefined)
  const [best] = able.toSorted((a, b) => (b.stepsPerSecond ?? 0) - (a.stepsPerSecond ?? 0))
  if (best) return best.provider
  const reasons = trials.map(({ provider, reason }) => `${provider} (${reason ?? 'unknown'})`)
  throw new TrainError(`provider: none can train here, got ${reasons.join('; ')}, expected one`)
}

/** How a provider does; creating a session would prove little. */
async function trialOf(
  provider: Provider,
  create: () => Promise<TrainingEngine>,
  start: Start,
): Promise<Trial> {
  let engine: TrainingEngine | undefined
  try {
    engine = await create()
    const chunk = trialChunk(start)
    checkMetrics(await engine.run(chunk), 0)
    const begun = performance.now()
    await engine.run(chunk)
    return { provider, stepsPerSecond: (1000 * TRIAL_STEPS) / (performance.now() - begun) }
  } catch (error) {
    return { provider, reason: error instanceof Error ? error.message : String(error) }
  } finally {
    await engine?.release().catch(() => undefined)
  }
}

/** Steps of no size on the first images. */
function trialChunk({ network, batchSize, images }: Start): Chunk {
  const count = TRIAL_STEPS * batchSize
  return {
    steps: TRIAL_STEPS,
    images: images.data.subarray(0, batchSize * imageSize(images.shape)),
    places: Int32Array.from({ length: count }, (_, i) => i % batchSize),
    noise: randomStream(0, 'trial').normals(count * network.config.latent),
    stepSize: new Float32Array(TRIAL_STEPS),
    epsilon: new Float32Array(TRIAL_STEPS).fill(1),
    beta: new Float32Array(TRIAL_STEPS).fill(1),
  }
}

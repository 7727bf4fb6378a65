// One training of the page, from its start to its release, with what is kept of it for a download.
import type { Chosen } from '../images/chosen.js'
import type { Provider } from '@anyvae/runtime'
import type { EpochRecord, TrainResult, TrainSettings } from '@anyvae/trainer'
import { trainInWorker, type WorkerEvent, type WorkerTraining } from '@anyvae/trainer/worker'

/** Enough to hide what a run costs, few enough for figures that move. */
const CHUNK_STEPS = 20

/** What to train. */
export interface RunOptions {
  readonly chosen: Chosen
  readonly config: TrainSettings
  readonly provider: Provider | 'auto'
  readonly onEvent: (event: WorkerEvent) => void
}

/** A training and its images. */
export interface Run {
  readonly chosen: Chosen
  readonly training: WorkerTraining
  readonly ended: Promise<TrainResult>
  /** One record an epoch. */
  readonly records: readonly EpochRecord[]
  /** Frees everything, at once. */
  close(): void
}

/** Starts a training in a worker of its own. */
export function startRun({ chosen, config, provider, onEvent }: RunOptions): Run {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })
  const records: EpochRecord[] = []
  const { train, test } = chosen
  const training = trainInWorker(worker, {
    images: { train, test },
    config,
    provider,
    chunkSteps: CHUNK_STEPS,
    onEvent: (event) => {
      if (event.type === 'epoch') records.push(event.record)
      onEvent(event)
    },
  })
  return { chosen, training, ended: training.ended, records, close: () => worker.terminate() }
}

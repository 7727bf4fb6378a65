// A trained network with the facts about its training, which is all that a bundle is made from.
import type { QualitySummary, TrainingSummary } from '@anyvae/runtime'
import type { Checkpoint, NetworkConfig, ParameterValues } from '@anyvae/trainer'
import { nameOf, withoutFolders } from './names.js'
import { qualityOf } from './quality.js'

/** What a bundle is made from. */
export interface Trained {
  readonly network: NetworkConfig
  readonly parameters: ParameterValues
  /** Held-out images for test vectors and pictures, 0 to 255, channels first. */
  readonly examples: Checkpoint['examples']
  readonly training: TrainingSummary
  readonly quality: QualitySummary
}

/** What is known of the data of a run. */
export interface TrainedData {
  /** What the user called it, such as `mnist` or a folder. */
  readonly source: string
  readonly train: { readonly count: number }
}

/**
 * A trained network from a run's last checkpoint.
 *
 * @param options the command that reproduces it; of absolute paths in it their own names are kept
 */
export function trainedOf(
  run: { readonly checkpoint: Checkpoint; readonly data: TrainedData },
  options: { readonly command?: string } = {},
): Trained {
  const { config, state, record, examples, computedWith, epoch } = run.checkpoint
  return {
    network: config.network,
    parameters: state.parameters,
    examples,
    training: {
      data: nameOf(run.data.source),
      images: run.data.train.count,
      epochs: epoch,
      steps: state.step,
      batchSize: config.batchSize,
      seed: config.seed,
      optimiser: 'Adam',
      learningRate: config.learningRate,
      schedule: config.schedule.name,
      beta: config.beta,
      engine: computedWith.engine,
      provider: computedWith.provider,
      threads: computedWith.threads,
      versions: computedWith.versions,
      ...(options.command === undefined ? {} : { command: withoutFolders(options.command) }),
    },
    quality: qualityOf(
      { ...record.test, draws: 1 },
      { data: run.data.source, split: 'test', likelihood: config.network.likelihood },
    ),
  }
}

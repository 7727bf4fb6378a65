// An epoch of a training as the checkpoint that it can be gone on with from, or exported.
import * as tf from '@tensorflow/tfjs-core'
import type { TrainingEngine } from '../engines/engine.js'
import type { TrainConfig } from '../training/config.js'
import type { TrainEvent } from '../training/events.js'
import { parseComputed } from '../training/record.js'
import { VERSION } from '../version.js'
import type { Checkpoint, ComputedWith } from './checkpoint.js'

/** The checkpoint after an epoch. */
export function checkpointOf(
  { record, state, examples }: TrainEvent & { type: 'epoch' },
  config: TrainConfig,
  computedWith: ComputedWith,
): Checkpoint {
  const { count, images } = examples
  return {
    config,
    epoch: record.epoch,
    state,
    record: parseComputed(record),
    examples: { count, images },
    computedWith,
  }
}

/**
 * What an engine computes with.
 *
 * @param host versions of what it runs in, such as `{ node: '20.20.0' }`
 */
export function describeEngine(
  { name, provider, threads, versions }: TrainingEngine,
  host: Readonly<Record<string, string>> = {},
): ComputedWith {
  const own = { anyvae: VERSION, tfjs: tf.version_core, ...host }
  return { engine: name, provider, threads, versions: { ...own, ...versions } }
}

// Reads a run folder for whoever exports or shows a run.
import type { Checkpoint } from '../checkpoint/checkpoint.js'
import { TrainError } from '../error.js'
import type { EpochRecord } from '../training/events.js'
import { parseRecord } from '../training/record.js'
import type { RunConfig } from './config-file.js'
import { NAMES } from './paths.js'
import { inspect, readRunConfig } from './run-folder.js'

/** A run as its folder tells it, up to the last checkpoint. */
export interface Run extends RunConfig {
  readonly folder: string
  /** One record an epoch. */
  readonly records: readonly EpochRecord[]
  readonly checkpoint: Checkpoint
}

/**
 * Reads a run folder and changes nothing in it.
 *
 * @throws TrainError where there is no run or no checkpoint yet, or where a file is damaged
 */
export async function readRun(folder: string): Promise<Run> {
  const config = await readRunConfig(folder)
  const { checkpoint, lines } = await inspect(folder, true)
  if (checkpoint === undefined) {
    throw new TrainError(
      `${folder}: nothing trained yet, got no ${NAMES.checkpoint}, expected at least one whole epoch`,
    )
  }
  return {
    folder,
    ...config,
    checkpoint,
    records: lines.map((line) => parseRecord(JSON.parse(line))),
  }
}

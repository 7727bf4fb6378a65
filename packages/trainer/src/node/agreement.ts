// Config, log and checkpoint of a run must tell of the same run: each was written by another moment's hand.
import { effectiveBatchSize, stepsPerEpoch } from '@anyvae/images'
import { fields, show } from '../check.js'
import type { Checkpoint } from '../checkpoint/checkpoint.js'
import { TrainError } from '../error.js'
import { parseComputed, parseRecord } from '../training/record.js'
import { checkSameSettings, type RunConfig } from './config-file.js'

/**
 * Checks a checkpoint against its run's settings: the same ones, and as many steps as its epochs have.
 *
 * @throws TrainError that names what differs
 */
export function checkCheckpoint(checkpoint: Checkpoint, { training, data }: RunConfig): void {
  checkSameSettings(training, checkpoint.config)
  const { count } = data.train
  const batch = effectiveBatchSize(count, training.batchSize)
  const steps = checkpoint.epoch * stepsPerEpoch(count, batch)
  if (checkpoint.state.step === steps) return
  throw new TrainError(
    `checkpoint: another number of steps than its epochs have, got ${checkpoint.state.step}, expected ${steps} for ${checkpoint.epoch} epochs of ${count} images`,
  )
}

/**
 * Checks the lines of a log up to a checkpoint's epoch: one record each, in order, and the last one the
 * checkpoint's own.
 *
 * @throws TrainError that names the line
 */
export function checkLines(lines: readonly string[], { epoch, record, state }: Checkpoint): void {
  const perEpoch = state.step / epoch
  for (let i = 0; i < epoch; i++) {
    const computed = recordOf(lines[i] ?? '', i + 1)
    const at = `line ${i + 1}`
    if (computed.epoch !== i + 1) {
      throw new TrainError(`${at}: another epoch, got ${computed.epoch}, expected ${i + 1}`)
    }
    const step = (i + 1) * perEpoch
    if (computed.step !== step) {
      throw new TrainError(`${at}: another step, got ${computed.step}, expected ${step}`)
    }
    const [is, was] = [parseComputed(computed), record].map((each) => JSON.stringify(each))
    if (i + 1 === epoch && is !== was) {
      throw new TrainError(
        `${at}: another record than the checkpoint's, got ${show(is)}, expected ${show(was)}`,
      )
    }
  }
}

function recordOf(line: string, number: number) {
  let value: unknown = line
  try {
    value = JSON.parse(line) as unknown
  } catch {
    // What is no JSON is no object either: that is said.
  }
  const record = fields(`line ${number}`, value)
  try {
    return parseRecord(record)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new TrainError(`line ${number}: ${reason}`, { cause })
  }
}

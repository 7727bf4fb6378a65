// Reads an epoch's record back from JSON: from a log line or from a checkpoint.
import { fields, number, whole } from '../check.js'
import type { ComputedRecord, EpochRecord } from './events.js'
import type { Evaluation } from './evaluate.js'

/**
 * An epoch's record from JSON, such as a parsed line of log.jsonl; unknown fields are left out.
 *
 * @throws TrainError where a field is missing or no number
 */
export function parseRecord(value: unknown): EpochRecord {
  const measured = fields('measured', fields('record', value).measured)
  return {
    ...parseComputed(value),
    measured: {
      seconds: number('seconds', measured.seconds),
      stepSeconds: number('stepSeconds', measured.stepSeconds),
      evaluationSeconds: number('evaluationSeconds', measured.evaluationSeconds),
      imagesPerSecond: number('imagesPerSecond', measured.imagesPerSecond),
    },
  }
}

/** A record without what was measured. */
export function parseComputed(value: unknown): ComputedRecord {
  const given = fields('record', value)
  const train = fields('train', given.train)
  return {
    epoch: whole('epoch', given.epoch, 1),
    step: whole('step', given.step, 1),
    learningRate: number('learningRate', given.learningRate),
    beta: number('beta', given.beta),
    train: {
      loss: number('loss', train.loss),
      reconstruction: number('reconstruction', train.reconstruction),
      kl: number('kl', train.kl),
    },
    test: parseEvaluation(given.test),
  }
}

function parseEvaluation(value: unknown): Evaluation {
  const test = fields('test', value)
  return {
    negativeElbo: number('negativeElbo', test.negativeElbo),
    reconstruction: number('reconstruction', test.reconstruction),
    kl: number('kl', test.kl),
    activeUnits: whole('activeUnits', test.activeUnits, 0),
    images: whole('images', test.images, 1),
    samples: 1,
    seed: whole('seed', test.seed, 0),
  }
}

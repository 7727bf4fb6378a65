// The text files of a run folder: config.json and log.jsonl.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { encodeCheckpoint, parseTrainConfig, TrainError } from '@anyvae/trainer'
import { readRun, readRunConfig } from '@anyvae/trainer/node'
import { mutateJson } from '../mutators/json.js'
import { mutateLines } from '../mutators/lines.js'
import { bytesOf, ensure, jsonBytes, type Target } from '../target.js'
import { checkpointSeed, record, trainConfig } from './checkpoint.js'

const SPLIT = { count: 4, sha256: 'b'.repeat(64) }
const CONFIG = {
  formatVersion: 2,
  producer: { name: 'anyvae', version: '0.1.0' },
  training: trainConfig,
  data: { source: 'glyphs:4', train: SPLIT, test: SPLIT },
}

const measured = { seconds: 1, stepSeconds: 0.5, evaluationSeconds: 0.5, imagesPerSecond: 4 }
const LOG = [
  { ...record, epoch: 1, step: 2, learningRate: 0.003, measured },
  { ...record, measured },
]
const logText = LOG.map((line) => `${JSON.stringify(line)}\n`).join('')

/** A configuration is complete, and the same once written and read again. */
export const runConfig: Target = {
  seeds: () => [jsonBytes(CONFIG)],
  mutate: mutateJson,
  errors: [TrainError],
  async parse(input, { folder }) {
    writeFileSync(join(folder, 'config.json'), input)
    const { training, data } = await readRunConfig(folder)
    const again = parseTrainConfig(JSON.parse(JSON.stringify(training)))
    ensure(JSON.stringify(again) === JSON.stringify(training), 'another configuration once written')
    for (const { count } of [data.train, data.test])
      ensure(Number.isSafeInteger(count) && count > 0, `${count} images`)
  },
}

/** A run whose log is mutated: a record for each epoch of the checkpoint, in order. */
export const log: Target = {
  seeds: () => [bytesOf(logText)],
  mutate: mutateLines,
  errors: [TrainError],
  async parse(input, { folder }) {
    const run = join(folder, 'run')
    mkdirSync(run, { recursive: true })
    writeFileSync(join(run, 'config.json'), JSON.stringify(CONFIG))
    writeFileSync(join(run, 'checkpoint.safetensors'), encodeCheckpoint(checkpointSeed()))
    writeFileSync(join(run, 'log.jsonl'), input)
    const { records, checkpoint } = await readRun(run)
    ensure(
      records.length === checkpoint.epoch,
      `${records.length} records of ${checkpoint.epoch} epochs`,
    )
    ensure(
      records.every(({ epoch }, i) => epoch === i + 1),
      'records out of order',
    )
    const numbers = records.flatMap(({ train, test, learningRate }) => [
      train.loss,
      test.negativeElbo,
      learningRate,
    ])
    ensure(
      numbers.every((value) => typeof value === 'number'),
      'records without numbers',
    )
  },
}

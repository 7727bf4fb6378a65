// What `anyvae train` ends with: the last epoch's figures and the next command.
import { bitsNote, bitsPerDimension, lengthInSteps, type TrainResult } from '@anyvae/trainer'
import { readRun, type RunConfig } from '@anyvae/trainer/node'
import { CliError } from '../error.js'
import type { Outcome } from '../outcome.js'
import { isImageFolder } from '../exported.js'
import { binarisationOf } from '../protocol.js'
import { hint } from '../shell.js'
import { shortRun } from './plan.js'
import { reproduceWords } from './settings.js'
import { bits, nats, plural } from '../ui/format.js'

/** When training got under way. */
export interface Started {
  /** From the process's start to the end of the first steps. */
  readonly firstStepSeconds: number
}

/** The outcome of a run that has come to its end: just now, or before if it is not said how. */
export async function summarise(folder: string, ended?: TrainResult & Started): Promise<Outcome> {
  const run = await readRun(folder)
  const { records, checkpoint, data } = run
  const last = records.at(-1)
  if (last === undefined) {
    throw new CliError(`${folder}: no epochs, got an empty log.jsonl, expected a line for each`)
  }
  const { test, epoch, step, train } = last
  const { network } = checkpoint.config
  const seconds = records.reduce((sum, record) => sum + record.measured.seconds, 0)
  const bitsPerDim = bitsPerDimension(test.negativeElbo, network.image)
  const short = shortRun({ config: checkpoint.config, images: data.train.count })
  const text = [
    ended === undefined
      ? `${folder}: already complete, ${epoch} of ${plural(checkpoint.config.epochs, 'epoch')}`
      : `trained ${plural(epoch, 'epoch')} in ${folder}, ${seconds.toFixed(1)} s`,
    `test: negative ELBO ${nats(test.negativeElbo)} nats per image (reconstruction ${nats(test.reconstruction)}, KL ${nats(test.kl)})`,
    `      ${plural(test.images, 'image')} of the test split, 1 posterior sample each, binarisation ${binarisationOf(network)}`,
    `      ${bits(bitsPerDim)} bits per dimension: ${bitsNote(network.likelihood)}`,
    ...(short === undefined
      ? [
          `      ${network.architecture}, ${network.likelihood}, ${test.activeUnits} of ${plural(network.latent, 'latent')} active`,
          `next: ${hint('export', folder, '--out', `${folder}-bundle`)}`,
        ]
      : [`too short: ${short}`, `next: ${hint(...(await longerRun(run, folder)))}`]),
  ]
  const about = { run: folder, completed: true, data: data.source, network }
  const measured = ended && { measured: sharesOf(ended) }
  const figures = { train, test, bitsPerDimension: bitsPerDim, ...(short && { short }) }
  return { text, json: { ...about, epoch, step, ...figures, seconds, ...measured } }
}

/** The words of the command that trains the same for as long as suits the images, in a folder beside. */
async function longerRun({ training, data }: RunConfig, folder: string): Promise<string[]> {
  const epochs = lengthInSteps(training, data.train.count).suitedEpochs
  const longer = { training: { ...training, epochs }, data }
  const reshaped = await isImageFolder(data.source)
  return reproduceWords(longer, { folder: `${folder}-longer`, reshaped })
}

/**
 * Where this process's time went. Overhead is all that training took beside steps and evaluation, to the end
 * of the last writing; its share is of the time without the evaluation, which is larger than of the whole.
 */
function sharesOf({ measured, firstStepSeconds }: TrainResult & Started) {
  const { seconds, stepSeconds, evaluationSeconds } = measured
  const overheadSeconds = seconds - stepSeconds - evaluationSeconds
  const overheadShare = overheadSeconds / (seconds - evaluationSeconds)
  return { ...measured, overheadSeconds, overheadShare, firstStepSeconds }
}

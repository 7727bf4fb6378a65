// What `anyvae train` ends with: the last epoch's figures and the next command.
import type { TrainResult } from '@anyvae/trainer'
import { readRun } from '@anyvae/trainer/node'
import { CliError } from '../error.js'
import type { Outcome } from '../outcome.js'
import { binarisationOf } from '../protocol.js'
import { hint } from '../shell.js'
import { nats, plural } from '../ui/format.js'

/** When training got under way. */
export interface Started {
  /** From the process's start to the end of the first steps. */
  readonly firstStepSeconds: number
}

/** The outcome of a run that has come to its end: just now, or before if it is not said how. */
export async function summarise(folder: string, ended?: TrainResult & Started): Promise<Outcome> {
  const { records, checkpoint, data } = await readRun(folder)
  const last = records.at(-1)
  if (last === undefined) {
    throw new CliError(`${folder}: no epochs, got an empty log.jsonl, expected a line for each`)
  }
  const { test, epoch, step, train } = last
  const { network } = checkpoint.config
  const seconds = records.reduce((sum, record) => sum + record.measured.seconds, 0)
  const next = hint('export', folder, '--out', `${folder}-bundle`)
  const text = [
    ended === undefined
      ? `${folder}: already complete, ${epoch} of ${plural(checkpoint.config.epochs, 'epoch')}`
      : `trained ${plural(epoch, 'epoch')} in ${folder}, ${seconds.toFixed(1)} s`,
    `test: negative ELBO ${nats(test.negativeElbo)} nats per image (reconstruction ${nats(test.reconstruction)}, KL ${nats(test.kl)})`,
    `      ${plural(test.images, 'image')} of the test split, 1 posterior sample each, binarisation ${binarisationOf(network)}`,
    `      ${network.architecture}, ${network.likelihood}, ${test.activeUnits} of ${plural(network.latent, 'latent')} active`,
    `next: ${next}`,
  ]
  const about = { run: folder, completed: true, data: data.source, network }
  const measured = ended && { measured: sharesOf(ended) }
  return { text, json: { ...about, epoch, step, train, test, seconds, ...measured } }
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

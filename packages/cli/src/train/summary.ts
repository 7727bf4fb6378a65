// What `anyvae train` ends with: the last epoch's figures and the next command.
import { readRun } from '@anyvae/trainer/node'
import { CliError } from '../error.js'
import type { Outcome } from '../outcome.js'
import { shellLine } from '../shell.js'
import { count, nats } from '../ui/format.js'

/** The outcome of a run that has come to its end. */
export async function summarise(folder: string): Promise<Outcome> {
  const { records, checkpoint, data } = await readRun(folder)
  const last = records.at(-1)
  if (last === undefined) {
    throw new CliError(`${folder}: no epochs, got an empty log.jsonl, expected a line for each`)
  }
  const { test, epoch, step, train } = last
  const { latent } = checkpoint.config.network
  const seconds = records.reduce((sum, record) => sum + record.measured.seconds, 0)
  const next = shellLine(['anyvae', 'export', folder, '--out', `${folder}-bundle`])
  const text = [
    `trained ${epoch} epochs in ${folder}, ${seconds.toFixed(1)} s`,
    `test: negative ELBO ${nats(test.negativeElbo)} nats per image (reconstruction ${nats(test.reconstruction)}, KL ${nats(test.kl)}), ` +
      `${test.activeUnits} of ${latent} latents active, ${count(test.images)} images, 1 posterior sample each`,
    `next: ${next}`,
  ].join('\n')
  const json = {
    run: folder,
    completed: true,
    data: data.source,
    epoch,
    step,
    train,
    test,
    seconds,
  }
  return { text, json }
}

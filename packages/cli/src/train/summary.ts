// What `anyvae train` ends with: the last epoch's figures and the next command.
import { readRun } from '@anyvae/trainer/node'
import { CliError } from '../error.js'
import type { Outcome } from '../outcome.js'
import { binarisationOf } from '../protocol.js'
import { shellLine } from '../shell.js'
import { nats, plural } from '../ui/format.js'

/** The outcome of a run that has come to its end. */
export async function summarise(
  folder: string,
  { already = false }: { readonly already?: boolean } = {},
): Promise<Outcome> {
  const { records, checkpoint, data } = await readRun(folder)
  const last = records.at(-1)
  if (last === undefined) {
    throw new CliError(`${folder}: no epochs, got an empty log.jsonl, expected a line for each`)
  }
  const { test, epoch, step, train } = last
  const { network } = checkpoint.config
  const seconds = records.reduce((sum, record) => sum + record.measured.seconds, 0)
  const next = shellLine(['anyvae', 'export', folder, '--out', `${folder}-bundle`])
  const text = [
    already
      ? `${folder}: already complete, ${epoch} of ${plural(checkpoint.config.epochs, 'epoch')}`
      : `trained ${plural(epoch, 'epoch')} in ${folder}, ${seconds.toFixed(1)} s`,
    `test: negative ELBO ${nats(test.negativeElbo)} nats per image (reconstruction ${nats(test.reconstruction)}, KL ${nats(test.kl)})`,
    `      ${plural(test.images, 'image')} of the test split, 1 posterior sample each, binarisation ${binarisationOf(network)}`,
    `      ${network.architecture}, ${network.likelihood}, ${test.activeUnits} of ${plural(network.latent, 'latent')} active`,
    `next: ${next}`,
  ].join('\n')
  const about = { run: folder, completed: true, data: data.source, network }
  return { text, json: { ...about, epoch, step, train, test, seconds } }
}

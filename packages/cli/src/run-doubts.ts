// What is doubtful of a run that is exported: stopped before its end, or no better at the end than it began.
import type { Run } from '@anyvae/trainer/node'
import { nats } from './ui/format.js'

/** A line for each doubt. */
export function doubtsOfRun({ training, checkpoint, records }: Run): string[] {
  const { epoch } = checkpoint
  const doubts: string[] = []
  if (checkpoint.unchecked) {
    doubts.push(
      'checkpoint: written by an older anyvae, got no checksum, expected one: damage to it would go unnoticed',
    )
  }
  if (epoch < training.epochs) {
    doubts.push(
      `run: not at its end, got ${epoch} of ${training.epochs} epochs: train --resume goes on, unless training diverged there`,
    )
  }
  const figures = records.map(({ test }) => test.negativeElbo)
  const [first = 0, last = 0] = [figures[0], figures.at(-1)]
  if (figures.length > 1 && last >= first) {
    const best = Math.min(...figures)
    doubts.push(
      `run: training diverged, got a test negative ELBO of ${nats(last)} nats after ${epoch} epochs, expected less than the ${nats(first)} of the first (best: ${nats(best)} after ${figures.indexOf(best) + 1}): train anew with a lower --lr`,
    )
  }
  return doubts
}

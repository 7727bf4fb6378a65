// What a training run shows on stderr: a bar within each epoch and a line after it.
import type { EpochRecord, Listener, TrainEvent } from '@anyvae/trainer'
import type { Screen } from '../io.js'
import { count, nats, plural } from '../ui/format.js'
import { createProgress, type Progress } from '../ui/progress.js'

/** A listener to a training run. `stop` takes a bar away that an error left standing. */
export interface Report {
  readonly onEvent: Listener
  stop(): void
}

export function createReport(screen: Screen, architecture: string): Report {
  let epochs = 0
  let progress: Progress | undefined
  const stop = () => {
    progress?.stop()
    progress = undefined
  }
  const onEvent: Listener = (event) => {
    if (event.type === 'start') {
      epochs = event.epochs
      screen.write(`${startLine(architecture, event)}\n`)
    } else if (event.type === 'chunk') {
      progress ??= createProgress(screen, epochName(event.epoch, epochs))
      const { stepOfEpoch, stepsPerEpoch, losses, imagesPerSecond } = event
      const detail = `loss ${nats(losses.loss)}  ${count(imagesPerSecond)} images/s`
      progress.update(stepOfEpoch, stepsPerEpoch, detail)
    } else if (event.type === 'epoch') {
      stop()
      screen.write(`${epochLine(event.record, epochs)}\n`)
    } else if (event.type === 'warning') {
      stop()
      screen.write(`warning: ${event.message}\n`)
    }
  }
  return { onEvent, stop }
}

function startLine(
  architecture: string,
  { engine, provider, threads, ...event }: Extract<TrainEvent, { type: 'start' }>,
): string {
  const { parameters, epoch, epochs, stepsPerEpoch, batchSize } = event
  return [
    ...(epoch === 0 ? [] : [`going on after epoch ${epoch} of ${epochs}`]),
    `${architecture} of ${count(parameters)} parameters`,
    `engine ${engine} on ${provider}, ${plural(threads, 'thread')}`,
    `${plural(stepsPerEpoch, 'step')} of ${plural(batchSize, 'image')} an epoch`,
  ].join('; ')
}

function epochName(epoch: number, epochs: number): string {
  return `epoch ${String(epoch).padStart(String(epochs).length)}/${epochs}`
}

function epochLine({ epoch, train, test, measured }: EpochRecord, epochs: number): string {
  return [
    epochName(epoch, epochs),
    `train ${nats(train.loss)}`,
    `test ${nats(test.negativeElbo)} (reconstruction ${nats(test.reconstruction)}, KL ${nats(test.kl)})`,
    `${count(measured.imagesPerSecond)} images/s`,
    `${measured.seconds.toFixed(1)} s`,
  ].join('  ')
}

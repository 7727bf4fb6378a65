// What a training run shows on stderr: a bar within each epoch and a line after it.
import {
  bitsPerDimension,
  type EpochRecord,
  type Listener,
  type NetworkConfig,
  type TrainEvent,
} from '@anyvae/trainer'
import type { Screen } from '../ui/screen.js'
import { bits, count, nats, plural } from '../ui/format.js'
import { createProgress, type Progress } from '../ui/progress.js'

/** A listener to a training run. `stop` takes a bar away that an error left standing. */
export interface Report {
  readonly onEvent: Listener
  stop(): void
}

export function createReport(screen: Screen, { architecture, image }: NetworkConfig): Report {
  let epochs = 0
  let stepsPerEpoch = 0
  let progress: Progress | undefined
  let shown = { epoch: 0, stepOfEpoch: 0, detail: '' }
  const stop = () => {
    progress?.stop()
    progress = undefined
  }
  const show = (next: typeof shown) => {
    if (next.epoch > epochs) return
    if (next.epoch !== shown.epoch) stop()
    progress ??= createProgress(screen, epochName(next.epoch, epochs))
    progress.update(next.stepOfEpoch, stepsPerEpoch, next.detail)
    shown = next
  }
  /** Shows an epoch's empty bar, since its first steps may take long, unless it is further by now. */
  const begin = (epoch: number) => {
    show(epoch > shown.epoch ? { epoch, stepOfEpoch: 0, detail: '' } : shown)
  }
  const onEvent: Listener = (event) => {
    if (event.type === 'start') {
      epochs = event.epochs
      if (event.epoch > 0) screen.line(`going on after epoch ${event.epoch} of ${epochs}`)
      screen.line(startLine(architecture, event))
      stepsPerEpoch = event.stepsPerEpoch
      begin(event.epoch + 1)
    } else if (event.type === 'chunk') {
      const { epoch, stepOfEpoch, losses, imagesPerSecond } = event
      const detail = `loss ${nats(losses.loss)}  ${count(imagesPerSecond)} images/s`
      show({ epoch, stepOfEpoch, detail })
    } else if (event.type === 'epoch') {
      // Told once it is on disk: the next one's bar may stand already.
      stop()
      const { epoch } = event.record
      if (isShown(epoch, epochs)) screen.line(epochLine(event.record, { image, epochs }))
      begin(event.record.epoch + 1)
    } else if (event.type === 'warning') {
      stop()
      screen.line(`warning: ${event.message}`)
    }
  }
  return { onEvent, stop }
}

interface Run {
  readonly image: NetworkConfig['image']
  readonly epochs: number
}

/** Epochs up to which each has a line. */
const ALL_SHOWN = 100

/** Whether an epoch has a line: of many, the first, about fifty on the way, and the last. */
function isShown(epoch: number, epochs: number): boolean {
  const every = epochs <= ALL_SHOWN ? 1 : Math.ceil(epochs / (ALL_SHOWN / 2))
  return epoch === 1 || epoch === epochs || epoch % every === 0
}

function startLine(
  architecture: string,
  { engine, provider, threads, ...event }: Extract<TrainEvent, { type: 'start' }>,
): string {
  const { parameters, stepsPerEpoch } = event
  return [
    `${architecture} of ${count(parameters)} parameters`,
    `${engine} on ${provider}, ${plural(threads, 'thread')}`,
    `${plural(stepsPerEpoch, 'step')} an epoch`,
  ].join('; ')
}

function epochName(epoch: number, epochs: number): string {
  return `epoch ${String(epoch).padStart(String(epochs).length)}/${epochs}`
}

function epochLine({ epoch, train, test, measured }: EpochRecord, { image, epochs }: Run): string {
  return [
    epochName(epoch, epochs),
    `train ${nats(train.loss)}`,
    `test ${nats(test.negativeElbo)} (KL ${nats(test.kl)})`,
    `${bits(bitsPerDimension(test.negativeElbo, image))} bits/dim`,
    `${measured.seconds.toFixed(1)} s`,
  ].join('  ')
}

// The figures beside the curve: losses, pace, progress and what computes.
import type { ImageShape } from '@anyvae/images'
import { bitsPerDimension, type TrainEvent } from '@anyvae/trainer'
import type { WorkerEvent } from '@anyvae/trainer/worker'
import { count, element, tell } from './dom.js'

const NAMES = { wasm: 'WASM', webgpu: 'WebGPU', cpu: 'CPU', cuda: 'CUDA' } as const

/** What the page knows of the training that is under way. */
export class Figures {
  #start: (TrainEvent & { type: 'start' }) | undefined
  /** How far the training is, in words. */
  place = 'Starting ...'
  /** Of the images that are trained on. */
  image: ImageShape | undefined
  /** Milliseconds a step, a moving mean. */
  #pace = 0

  /** Empties them. */
  clear(): void {
    for (const id of ['loss-total', 'loss-reconstruction', 'loss-kl', 'loss-test']) tell(id, '–')
    for (const id of ['loss-bits', 'pace', 'rate', 'left', 'computed']) tell(id, '–')
    element('progress', HTMLProgressElement).value = 0
    for (const id of ['trials', 'note']) element(id, HTMLElement).hidden = true
    this.#pace = 0
    this.place = 'Starting ...'
  }

  show(event: WorkerEvent): void {
    if (event.type === 'trials') this.#showTrials(event.trials)
    if (event.type === 'start') this.#showStart(event)
    if (event.type === 'chunk') this.#showChunk(event)
    if (event.type === 'epoch') this.#showTest(event.record.test.negativeElbo)
  }

  #showTest(negativeElbo: number): void {
    tell('loss-test', negativeElbo.toFixed(1))
    if (this.image) tell('loss-bits', bitsPerDimension(negativeElbo, this.image).toFixed(3))
  }

  #showTrials(trials: (WorkerEvent & { type: 'trials' })['trials']): void {
    const told = trials.map(({ provider, stepsPerSecond, reason }) =>
      stepsPerSecond === undefined
        ? `${nameOf(provider)} cannot train here (${reason ?? 'unknown'})`
        : `${nameOf(provider)} took ${rateOf(stepsPerSecond)} steps a second`,
    )
    element('trials', HTMLElement).hidden = false
    tell('trials', `Tried: ${told.join('; ')}.`)
  }

  #showStart(event: TrainEvent & { type: 'start' }): void {
    this.#start = event
    const { provider, threads } = event
    const many = provider === 'wasm' ? `, ${threads} thread${threads === 1 ? '' : 's'}` : ''
    tell('computed', `${nameOf(provider)}${many}`)
    if (provider !== 'wasm' || crossOriginIsolated) return
    element('note', HTMLElement).hidden = false
    tell('note', 'One thread: this page was served without the headers that more of them need.')
  }

  #showChunk({
    epoch,
    stepOfEpoch,
    stepsPerEpoch,
    losses,
    imagesPerSecond,
  }: TrainEvent & { type: 'chunk' }): void {
    const { epochs = 1, batchSize = 1 } = this.#start ?? {}
    tell('loss-total', losses.loss.toFixed(1))
    tell('loss-reconstruction', losses.reconstruction.toFixed(1))
    tell('loss-kl', losses.kl.toFixed(1))
    const milliseconds = (1000 * batchSize) / imagesPerSecond
    this.#pace = this.#pace === 0 ? milliseconds : 0.8 * this.#pace + 0.2 * milliseconds
    const done = (epoch - 1) * stepsPerEpoch + stepOfEpoch
    const total = epochs * stepsPerEpoch
    tell('pace', rateOf(1000 / this.#pace))
    tell('rate', rateOf((1000 * batchSize) / this.#pace))
    tell('left', timeOf(((total - done) * this.#pace) / 1000))
    element('progress', HTMLProgressElement).value = done / total
    this.place = `Epoch ${epoch} of ${epochs}, step ${stepOfEpoch} of ${stepsPerEpoch}.`
  }
}

function nameOf(provider: string): string {
  return NAMES[provider as keyof typeof NAMES] ?? provider
}

function rateOf(value: number): string {
  return value < 10 ? value.toFixed(1) : count(value)
}

function timeOf(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`
  const minutes = Math.round(seconds / 60)
  return minutes < 60 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`
}

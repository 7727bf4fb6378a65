// The page: choose images, train, watch, take it with you.
import type { TrainResult } from '@anyvae/trainer'
import type { WorkerEvent } from '@anyvae/trainer/worker'
import { element, messageOf, tell } from './dom.js'
import { createDownloads } from './export/panel.js'
import { Figures } from './figures.js'
import { showPairs } from './show.js'
import { Sources } from './sources.js'
import { Chart } from './train/chart.js'
import { Plan } from './train/plan.js'
import { startRun, type Run } from './train/run.js'
import { Samples } from './train/samples.js'
import { providerOf, settingsOf } from './train/settings.js'

type Phase = 'idle' | 'training' | 'held' | 'ended'

const form = element('settings', HTMLFormElement)
const buttons = {
  start: element('start', HTMLButtonElement),
  stop: element('stop', HTMLButtonElement),
  continue: element('continue', HTMLButtonElement),
  reset: element('reset', HTMLButtonElement),
}
const chart = new Chart(element('chart', SVGSVGElement))
const figures = new Figures()
const plan = new Plan(form)
const sources = new Sources(tellError, (chosen) => plan.suit(chosen?.train.count ?? 0))
const downloads = createDownloads(() => current?.run, tellError)

/** The training whose results are shown. */
let current: { readonly run: Run; readonly samples: Samples } | undefined

function tellError(message: string): void {
  element('error', HTMLElement).hidden = message === ''
  tell('error', message)
}

function tellFailure(error: unknown): void {
  tellError(messageOf(error))
}

function enter(phase: Phase): void {
  document.body.dataset['phase'] = phase
  buttons.start.hidden = phase !== 'idle'
  buttons.stop.hidden = phase !== 'training'
  buttons.continue.hidden = phase !== 'held'
  buttons.reset.hidden = phase === 'idle'
  element('other', HTMLButtonElement).disabled = phase === 'idle'
  for (const id of ['settings', 'source']) {
    const inputs = element(id, HTMLElement).querySelectorAll('input')
    inputs.forEach((input) => (input.disabled = phase !== 'idle'))
  }
}

function start(): void {
  const { chosen } = sources
  const config = settingsOf(form, chosen.train.shape)
  figures.clear()
  figures.image = chosen.train.shape
  chart.begin(config.epochs ?? 1)
  downloads.disable()
  tell('status', 'Starting ...')
  const run = startRun({ chosen, config, provider: providerOf(form), onEvent: hear })
  const samples = new Samples(run.training, chosen.train.shape, config.network.latent ?? 1)
  current = { run, samples }
  enter('training')
  run.ended.then(
    (result) => current?.run === run && finish(result),
    (error: unknown) => current?.run === run && fail(error),
  )
}

function hear(event: WorkerEvent): void {
  if (!current) return
  const { run, samples } = current
  figures.show(event)
  if (event.type === 'chunk') tellPlace()
  if (event.type === 'chunk') {
    const { epoch, stepOfEpoch, stepsPerEpoch, losses } = event
    chart.add({ epoch: epoch - 1 + stepOfEpoch / stepsPerEpoch, ...losses })
    samples.refresh().catch(() => undefined)
  }
  if (event.type === 'epoch') {
    const { epoch, test } = event.record
    chart.addTest(epoch, test.negativeElbo)
    describeChart(epoch, test.negativeElbo)
    const canvas = element('pairs', HTMLCanvasElement)
    showPairs(canvas, event.examples, run.chosen.train.shape)
    canvas.setAttribute('aria-label', 'Held-out images, each beside its reconstruction')
    downloads.enable(epoch)
  }
}

/** Where the training is; the steps that are under way when it is stopped still end. */
function tellPlace(): void {
  const held = document.body.dataset['phase'] === 'held'
  tell('status', `${held ? 'Stopped. ' : ''}${figures.place}`)
}

function describeChart(epoch: number, loss: number): void {
  const text = `Losses over the epochs: after epoch ${epoch}, ${loss.toFixed(1)} nats per test image`
  element('chart', SVGSVGElement).setAttribute('aria-label', text)
}

function finish({ epoch }: TrainResult): void {
  enter('ended')
  tell('status', plan.ended(epoch))
  tell('left', '–')
  current?.samples.refresh({ now: true }).catch(() => undefined)
}

function fail(error: unknown): void {
  tellError(messageOf(error))
  reset()
  tell('status', 'Failed.')
}

function reset(): void {
  current?.run.close()
  current = undefined
  downloads.disable()
  enter('idle')
  tell('status', 'Ready.')
}

form.addEventListener('submit', (event) => {
  event.preventDefault()
  tellError('')
  try {
    start()
  } catch (error) {
    tellError(messageOf(error))
  }
})

buttons.stop.addEventListener('click', () => {
  current?.run.training.pause().catch(tellFailure)
  enter('held')
  tellPlace()
})

buttons.continue.addEventListener('click', () => {
  current?.run.training.resume().catch(tellFailure)
  enter('training')
  tellPlace()
})

buttons.reset.addEventListener('click', () => {
  tellError('')
  figures.clear()
  reset()
})

element('other', HTMLButtonElement).addEventListener('click', () => {
  current?.samples.shuffle().catch(tellFailure)
})

enter('idle')

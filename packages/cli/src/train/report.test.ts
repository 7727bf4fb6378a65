// What a training shows: a bar from its first moment on a terminal, and lines of at most 80 columns.
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { parseNetworkConfig, type TrainEvent } from '@anyvae/trainer'
import { expect, it } from 'vitest'
import { screenOf } from '../ui/screen.js'
import { createReport } from './report.js'

const START: Extract<TrainEvent, { type: 'start' }> = {
  type: 'start',
  epoch: 99,
  epochs: 100,
  stepsPerEpoch: 1468,
  batchSize: 128,
  parameters: 12_653_824,
  engine: 'onnx',
  provider: 'webgpu',
  threads: 16,
}
const NETWORK = parseNetworkConfig({
  architecture: 'conv',
  image: { channels: 1, height: 64, width: 64 },
})
const losses = { loss: 12_345.67, reconstruction: 12_300, kl: 45.67 }
const test = { ...losses, negativeElbo: 12_345.67, activeUnits: 20, images: 1, seed: 0 }
const EPOCH: Extract<TrainEvent, { type: 'epoch' }> = {
  type: 'epoch',
  record: {
    ...{ epoch: 100, step: 1, learningRate: 1, beta: 1, train: losses },
    test: { ...test, samples: 1 },
    measured: { seconds: 12.3, stepSeconds: 11, evaluationSeconds: 1, imagesPerSecond: 21_345 },
  },
  examples: { count: 0, images: new Uint8Array(), reconstructions: new Float32Array() },
  state: { step: 1, parameters: {}, firstMoments: {}, secondMoments: {} },
}

async function shown(events: readonly TrainEvent[], isTTY: boolean): Promise<string> {
  const screen = Object.assign(new PassThrough(), { isTTY, columns: 80, cursorTo: () => true })
  const printed = text(screen)
  const report = createReport(screenOf(screen), NETWORK)
  for (const event of events) await report.onEvent(event)
  report.stop()
  screen.end()
  return printed
}

it('prints lines that fit a terminal', async () => {
  const lines = (await shown([START, EPOCH], false)).trimEnd().split('\n')
  expect(lines).toHaveLength(3)
  for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(80)
})

it('shows an empty bar before the first steps, then how long is left', async () => {
  const screen = await shown([START], true)
  expect(screen).toMatch(/epoch 100\/100 ░+ 0 %/)
})

it('tells of an epoch that is on disk while the next one is under way, and goes on with its bar', async () => {
  const start = { ...START, epoch: 98 }
  const record = { ...EPOCH.record, epoch: 99 }
  const progress = { stepsPerEpoch: 1468, losses, imagesPerSecond: 1 }
  const last = { type: 'chunk', epoch: 99, stepOfEpoch: 1468, ...progress } as const
  const next = { type: 'chunk', epoch: 100, stepOfEpoch: 734, ...progress } as const
  const screen = await shown([start, last, next, { ...EPOCH, record }], true)
  expect(screen).toMatch(/epoch {2}99\/100 █+ 100 %/)
  expect(screen).toMatch(
    /epoch 100\/100 █+░+ 50 %[^]*epoch {2}99\/100 {2}train[^]*epoch 100\/100 █+░+ 50 %/,
  )
})

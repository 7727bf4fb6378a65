import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { glyphs, sourceOf, type ImageSource } from '@anyvae/images'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  createNetwork,
  initialState,
  parseTrainConfig,
  tfjsEngine,
  train,
  type EngineOptions,
  type TrainEvent,
  type TrainOptions,
  type TrainSettings,
  type TrainingEngine,
  type TrainingState,
} from '../index.js'

beforeAll(() => tf.setBackend('cpu'))

const shape = { channels: 1, height: 10, width: 8 }
const images = {
  train: glyphs({ count: 50, seed: 1, height: 10, width: 8 }),
  test: glyphs({ count: 20, seed: 1, split: 'test', height: 10, width: 8 }),
}
const settings: TrainSettings = {
  network: { image: shape, latent: 2, hidden: [8] },
  epochs: 2,
  batchSize: 8,
  klWarmup: { steps: 4 },
}

interface Outcome {
  readonly events: TrainEvent[]
  readonly state: TrainingState
  readonly completed: boolean
}

async function run(
  options: {
    settings?: TrainSettings
    engine?: Partial<EngineOptions>
    images?: TrainOptions['images']
    signal?: AbortSignal
    onEvent?: (event: TrainEvent) => void
    wrap?: (engine: TrainingEngine) => TrainingEngine
  } = {},
): Promise<Outcome> {
  const config = parseTrainConfig(options.settings ?? settings)
  const network = createNetwork(config.network)
  const initial = initialState(network, config.seed)
  const bare = await tfjsEngine(network, initial, { batchSize: 8, ...options.engine })
  const engine = options.wrap?.(bare) ?? bare
  const events: TrainEvent[] = []
  const onEvent = (event: TrainEvent) => {
    events.push(event)
    options.onEvent?.(event)
  }
  try {
    const { signal } = options
    const given = options.images ?? images
    const { completed } = await train({ network, engine, images: given, config, signal, onEvent })
    return { events, state: await engine.state(), completed }
  } finally {
    await engine.release()
  }
}

function records(events: readonly TrainEvent[]) {
  return events
    .filter((event) => event.type === 'epoch')
    .map(({ record: { measured, ...computed } }) => ({ computed, measured }))
}

describe('train', () => {
  it('lowers the loss and tells of it', async () => {
    const { events, completed, state } = await run({
      settings: { ...settings, epochs: 8, learningRate: 0.01 },
    })
    expect(completed).toBe(true)
    expect(state.step).toBe(8 * 6)
    const told = records(events).map(({ computed }) => computed)
    expect(told.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    const [first, last] = [told[0], told.at(-1)]
    if (first === undefined || last === undefined) throw new Error('no records')
    expect(last.test.negativeElbo).toBeLessThan(0.8 * first.test.negativeElbo)
    expect(last.test.negativeElbo).toBeCloseTo(last.test.reconstruction + last.test.kl, 9)
    expect(last.test.images).toBe(20)
    expect(last.train.loss).toBeGreaterThan(0)
    expect(events.filter((event) => event.type === 'chunk')).toHaveLength(8 * 6)
  })

  it('gives the same numbers whatever the size of a chunk', async () => {
    const one = await run({ engine: { chunkSteps: 1 } })
    for (const chunkSteps of [4, 100]) {
      const other = await run({ engine: { chunkSteps } })
      expect(other.state).toEqual(one.state)
      expect(records(other.events).map((each) => each.computed)).toEqual(
        records(one.events).map((each) => each.computed),
      )
    }
  })

  it('gives the same numbers where images are read when they are asked for, one chunk ahead', async () => {
    const whole = await run({ engine: { chunkSteps: 2 } })
    let [reading, most] = [0, 0]
    const slow = (source: ImageSource): ImageSource => ({
      ...source,
      read: async (indices, out) => {
        most = Math.max(most, ++reading)
        await new Promise((resolve) => setTimeout(resolve, 1))
        reading--
        return source.read(indices, out)
      },
    })
    const sources = { train: slow(sourceOf(images.train)), test: slow(sourceOf(images.test)) }
    const streamed = await run({ images: sources, engine: { chunkSteps: 2 } })
    expect(streamed.state).toEqual(whole.state)
    expect(records(streamed.events).map((each) => each.computed)).toEqual(
      records(whole.events).map((each) => each.computed),
    )
    expect({ reading, most }).toEqual({ reading: 0, most: 1 })
  })

  it('ends with the error of images that cannot be read', async () => {
    const source = sourceOf(images.train)
    let reads = 0
    const broken: ImageSource = {
      ...source,
      read: async (...of) => {
        if (reads++ < 2) return source.read(...of)
        throw new Error('torn off')
      },
    }
    const sources = { train: broken, test: images.test }
    await expect(run({ images: sources, engine: { chunkSteps: 2 } })).rejects.toThrow('torn off')
  })

  it('accounts for all of the time', async () => {
    const begun = performance.now()
    const { events } = await run()
    const seconds = (performance.now() - begun) / 1000
    const told = records(events).map(({ measured }) => measured)
    for (const { seconds, stepSeconds, evaluationSeconds } of told) {
      expect(stepSeconds).toBeGreaterThan(0)
      expect(evaluationSeconds).toBeGreaterThan(0)
      expect(stepSeconds + evaluationSeconds).toBeLessThan(seconds)
    }
    expect(told.reduce((sum, each) => sum + each.seconds, 0)).toBeLessThan(seconds)
  })

  it('changes with the seed', async () => {
    const one = await run()
    const other = await run({ settings: { ...settings, seed: 2 } })
    expect(other.state.parameters).not.toEqual(one.state.parameters)
  })

  it('leaks no tensor', async () => {
    await run()
    const before = tf.memory().numTensors
    await run()
    expect(tf.memory().numTensors).toBe(before)
  })

  it('stops at a signal between two steps and says so', async () => {
    const controller = new AbortController()
    const { events, completed, state } = await run({
      signal: controller.signal,
      onEvent: (event) => {
        if (event.type === 'chunk' && event.epoch === 2) setTimeout(() => controller.abort(), 0)
      },
    })
    expect(completed).toBe(false)
    expect(state.step).toBeLessThan(12)
    expect(records(events)).toHaveLength(1)
    expect(events.at(-1)).toEqual({ type: 'stopped', epoch: 1, epochs: 2 })
  })

  it('does not begin where the signal is aborted, or is none', async () => {
    const events: TrainEvent[] = []
    const onEvent = (event: TrainEvent) => void events.push(event)
    const reason = new Error('enough')
    await expect(run({ signal: AbortSignal.abort(reason), onEvent })).rejects.toBe(reason)
    const none: unknown = new AbortController()
    await expect(run({ signal: none as AbortSignal, onEvent })).rejects.toThrow(
      /^signal: not usable, got .*, expected an AbortSignal$/,
    )
    expect(events).toEqual([])
  })

  it('lets the signals of the process through', async () => {
    const controller = new AbortController()
    process.once('SIGUSR2', () => controller.abort())
    const { completed } = await run({
      signal: controller.signal,
      onEvent: ({ type }) => void (type === 'start' && process.kill(process.pid, 'SIGUSR2')),
    })
    expect(completed).toBe(false)
  })

  it('stops where the loss is no number, names the step, and tells nothing of that epoch', async () => {
    const events: TrainEvent[] = []
    const stopped = run({
      // Infinite inputs at the third step of the second epoch, of 6 steps each.
      wrap: (engine) => ({
        ...engine,
        run: async (chunk) => {
          const { step } = await engine.state()
          const noise = step === 8 ? chunk.noise.map(() => Infinity) : chunk.noise
          return engine.run({ ...chunk, noise })
        },
      }),
      onEvent: (event) => void events.push(event),
    })
    await expect(stopped).rejects.toThrow(
      /^(reconstruction|kl|loss): not finite at step 9, got (NaN|Infinity), expected a finite number/,
    )
    expect(records(events)).toHaveLength(1)
  })

  it('refuses images of another shape', async () => {
    const other = { ...settings, network: { ...settings.network, image: { ...shape, width: 9 } } }
    await expect(run({ settings: other })).rejects.toThrow(
      "train images: another shape than the network's, got 10x8 grey (height x width), expected 10x9 grey (height x width)",
    )
  })

  it('makes one batch of a set that is smaller than a batch', async () => {
    const { events } = await run({
      settings: { ...settings, batchSize: 500 },
      engine: { batchSize: 50 },
    })
    expect(events[0]).toMatchObject({ type: 'start', batchSize: 50, stepsPerEpoch: 1 })
  })
})

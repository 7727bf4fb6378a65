import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { TrainEvent } from '../index.js'
import { createKeeper, type KeepOptions } from './keep.js'

const losses = { loss: 1, reconstruction: 1, kl: 0 }

function epoch(number: number): TrainEvent & { type: 'epoch' } {
  const test = {
    ...losses,
    negativeElbo: 1,
    activeUnits: 1,
    images: 1,
    samples: 1,
    seed: 0,
  } as const
  const times = { seconds: 1, stepSeconds: 1, evaluationSeconds: 0, imagesPerSecond: 1 }
  const rates = { learningRate: 1, beta: 1 }
  return {
    type: 'epoch',
    record: { epoch: number, step: number, ...rates, train: losses, test, measured: times },
    examples: { count: 0, images: new Uint8Array(), reconstructions: new Float32Array() },
    state: { step: number, parameters: {}, firstMoments: {}, secondMoments: {} },
  }
}

const chunk: TrainEvent = {
  type: 'chunk',
  ...{ epoch: 1, stepOfEpoch: 1, stepsPerEpoch: 1, losses, imagesPerSecond: 1 },
}

function keeperOf(options: Partial<KeepOptions> = {}) {
  const said: string[] = []
  const keeper = createKeeper({
    write: async ({ record }) => {
      said.push(`begun ${record.epoch}`)
      await wait(5)
      said.push(`written ${record.epoch}`)
    },
    onEvent: (event) => {
      said.push(event.type === 'epoch' ? `told ${event.record.epoch}` : event.type)
    },
    signal: undefined,
    ...options,
  })
  return { said, keeper }
}

describe('createKeeper', () => {
  it('lets training go on while an epoch is written, and never writes two at once', async () => {
    const { said, keeper } = keeperOf()
    for (const event of [epoch(1), chunk, epoch(2)]) await keeper.onEvent(event)
    await keeper.finish()
    const first = ['begun 1', 'chunk', 'written 1', 'told 1']
    expect(said).toEqual([...first, 'begun 2', 'written 2', 'told 2'])
  })

  it('tells of a stop after the last epoch', async () => {
    const { said, keeper } = keeperOf()
    await keeper.onEvent(epoch(1))
    await keeper.onEvent({ type: 'stopped', epoch: 1, epochs: 2 })
    expect(said).toEqual(['begun 1', 'written 1', 'told 1', 'stopped'])
  })

  it('ends training at its next event where writing fails, and at the end where none comes', async () => {
    const write = () => Promise.reject(new Error('disk full'))
    const { keeper, said } = keeperOf({ write })
    await keeper.onEvent(epoch(1))
    await wait(1)
    await expect(Promise.resolve(keeper.onEvent(chunk))).rejects.toThrow('disk full')
    expect(said).toEqual([])
    const other = keeperOf({ write }).keeper
    await other.onEvent(epoch(1))
    await expect(other.finish()).rejects.toThrow('disk full')
  })

  it('writes no epoch after a stop that the listener asked for when told of the one before', async () => {
    const controller = new AbortController()
    const onEvent = () => controller.abort(new Error('enough'))
    const { keeper, said } = keeperOf({ onEvent, signal: controller.signal })
    await keeper.onEvent(epoch(1))
    await expect(Promise.resolve(keeper.onEvent(epoch(2)))).rejects.toThrow('enough')
    expect(said).toEqual(['begun 1', 'written 1'])
  })
})

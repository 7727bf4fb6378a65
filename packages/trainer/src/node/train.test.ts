import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { decodePng, imageSet } from '@anyvae/images'
import { beforeEach, describe, expect, it } from 'vitest'
import { tfjsEngine, type TrainEvent } from '../index.js'
import { readRun, readRunConfig, trainInFolder, type TrainInFolderOptions } from '../node.js'
import {
  config,
  contents,
  cutOffIn,
  images,
  runIn,
  temporaryFolders,
} from '../testing/run-folders.js'

const folders = temporaryFolders()
let folder = ''
beforeEach(() => {
  folder = folders.next()
})

const run = (more?: Partial<TrainInFolderOptions>) => runIn(folder, more)
const cutOff = (...[after, more]: Tail<Parameters<typeof cutOffIn>>) =>
  cutOffIn(folder, after, more)

type Tail<T extends unknown[]> = T extends [unknown, ...infer Rest] ? Rest : never

describe('trainInFolder', () => {
  it('writes the run folder that readRun reads', async () => {
    expect(await run({ source: 'glyphs:40' })).toEqual({ completed: true, epoch: 3 })
    expect((await readdir(folder)).sort()).toEqual([
      'checkpoint.safetensors',
      'config.json',
      'log.jsonl',
      'reconstructions',
    ])
    expect((await readdir(join(folder, 'reconstructions'))).sort()).toEqual([
      'epoch-01.png',
      'epoch-02.png',
      'epoch-03.png',
    ])
    const picture = decodePng(await readFile(join(folder, 'reconstructions', 'epoch-03.png')))
    expect(picture.width).toBeGreaterThan(16)
    const read = await readRun(folder)
    expect(read.records.map(({ epoch }) => epoch)).toEqual([1, 2, 3])
    expect(read.records[2]).toMatchObject(read.checkpoint.record)
    expect(read.data.source).toBe('glyphs:40')
    expect(read.training.network.latent).toBe(2)
    expect(read.checkpoint.examples.count).toBe(16)
    expect(read.checkpoint.examples.images).toEqual(images.test.data.slice(0, 16 * 80))
    expect(read.checkpoint.computedWith).toMatchObject({
      engine: 'tfjs',
      provider: 'cpu',
      threads: 1,
    })
  })

  it('shows the first channel of images that are neither grey nor coloured', async () => {
    const shape = { channels: 2, height: 5, width: 4 }
    const data = (count: number) => Uint8Array.from({ length: 40 * count }, (_, i) => i)
    const few = {
      train: imageSet({ name: 'few', shape, data: data(8) }),
      test: imageSet({ name: 'few', shape, data: data(1) }),
    }
    const network = { ...config.network, image: shape }
    await run({ images: few, config: { ...config, network, epochs: 1 } })
    const picture = decodePng(await readFile(join(folder, 'reconstructions', 'epoch-01.png')))
    expect(picture.channels).toBe(1)
  })

  it('ends where an uninterrupted run ends, bit for bit, wherever it was stopped', async () => {
    await run()
    const whole = await contents(folder)
    const moments: ((event: TrainEvent) => boolean)[] = [
      ({ type }) => type === 'start',
      (event) => event.type === 'chunk' && event.epoch === 1,
      (event) => event.type === 'chunk' && event.epoch === 2 && event.stepOfEpoch === 3,
      (event) => event.type === 'epoch' && event.record.epoch === 2,
    ]
    for (const moment of moments) {
      folder = folders.next()
      await cutOff(moment)
      await run({ resume: true })
      expect(await contents(folder)).toEqual(whole)
    }
  })

  it('drops what a kill left between picture, log line and checkpoint', async () => {
    await run()
    const whole = await contents(folder)
    const other = folders.next()
    folder = other
    await cutOff((event) => event.type === 'epoch' && event.record.epoch === 2)
    const log = await readFile(join(folder, 'log.jsonl'), 'utf8')
    await writeFile(join(folder, 'log.jsonl'), log + log.replace(/^.*\n/, ''))
    await writeFile(join(folder, 'reconstructions', 'epoch-03.png'), 'half')
    await writeFile(join(folder, 'reconstructions', 'epoch-03.png.tmp'), 'half')
    await writeFile(join(folder, 'checkpoint.safetensors.tmp'), 'half')
    expect((await readRun(folder)).records).toHaveLength(2)
    await cutOff(({ type }) => type === 'start', { resume: true })
    expect(await readFile(join(folder, 'log.jsonl'), 'utf8')).toBe(log)
    expect(await readdir(join(folder, 'reconstructions'))).toEqual(['epoch-01.png', 'epoch-02.png'])
    await run({ resume: true })
    expect(await contents(folder)).toEqual(whole)
  })

  it('starts over where a kill came before the first checkpoint', async () => {
    await run()
    const whole = await contents(folder)
    const starts = [
      () => Promise.resolve(),
      async () => void (await mkdir(folder)),
      async () => {
        await mkdir(folder)
        await writeFile(join(folder, 'config.json.tmp'), '{"half')
      },
      async () => {
        await cutOff(({ type }) => type === 'start')
        await mkdir(join(folder, 'reconstructions'))
        await writeFile(join(folder, 'reconstructions', 'epoch-01.png'), 'half')
      },
    ]
    for (const start of starts) {
      folder = folders.next()
      await start()
      await run({ resume: true })
      expect(await contents(folder)).toEqual(whole)
    }
  })

  it('needs no settings to resume, and does nothing to a finished run', async () => {
    await cutOff((event) => event.type === 'epoch')
    const { training, data } = await readRunConfig(folder)
    expect(training.epochs).toBe(3)
    expect(data.train.count).toBe(40)
    const resume = { folder, images, engineFactory: tfjsEngine, resume: true }
    expect(await trainInFolder(resume)).toEqual({ completed: true, epoch: 3 })
    const whole = await contents(folder)
    expect(await trainInFolder(resume)).toEqual({ completed: true, epoch: 3 })
    expect(await contents(folder)).toEqual(whole)
  })

  it('keeps the last good checkpoint where the loss turns to no number', async () => {
    const engineFactory: TrainInFolderOptions['engineFactory'] = async (
      network,
      state,
      options,
    ) => {
      const engine = await tfjsEngine(network, state, options)
      const spoilt = (step: number) => (step < 12 ? 1 : NaN)
      const run: typeof engine.run = async (chunk) => {
        const { step } = await engine.state()
        return engine.run({ ...chunk, beta: chunk.beta.map((_, i) => spoilt(step + i)) })
      }
      return { ...engine, run }
    }
    await expect(run({ engineFactory })).rejects.toThrow('loss: not finite at step 13, got NaN')
    const { checkpoint, records } = await readRun(folder)
    expect(checkpoint.epoch).toBe(2)
    expect(records).toHaveLength(2)
    expect(await run({ resume: true })).toEqual({ completed: true, epoch: 3 })
  })

  it('warns where the checkpoint was computed with something else', async () => {
    await cutOff((event) => event.type === 'epoch')
    const messages: string[] = []
    const onEvent = (event: TrainEvent) => {
      if (event.type === 'warning') messages.push(event.message)
    }
    await run({ resume: true, threads: 3, onEvent })
    expect(messages).toHaveLength(1)
    expect(messages[0]).toMatch(
      /^resuming with tfjs on cpu, 3 threads, .*with tfjs on cpu, 1 threads/,
    )
  })
})

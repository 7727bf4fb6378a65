import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { decodePng, gatherImages, imageSet, spreadIndices } from '@anyvae/images'
import { describe, expect, it } from 'vitest'
import { tfjsEngine, type TrainEvent } from '../index.js'
import { readRun, readRunConfig, trainInFolder, type TrainInFolderOptions } from '../node.js'
import { config, contents, images, useRunFolders } from '../testing/run-folders.js'

const folders = useRunFolders()
const { run, cutOff } = folders

describe('trainInFolder', () => {
  it('writes the run folder that readRun reads', async () => {
    expect(await run({ source: 'glyphs:40' })).toMatchObject({ completed: true, epoch: 3 })
    expect((await readdir(folders.current)).sort()).toEqual([
      'checkpoint.safetensors',
      'config.json',
      'log.jsonl',
      'reconstructions',
    ])
    expect((await readdir(join(folders.current, 'reconstructions'))).sort()).toEqual([
      'epoch-01.png',
      'epoch-02.png',
      'epoch-03.png',
    ])
    const picture = decodePng(
      await readFile(join(folders.current, 'reconstructions', 'epoch-03.png')),
    )
    expect(picture.width).toBeGreaterThan(16)
    const read = await readRun(folders.current)
    expect(read.records.map(({ epoch }) => epoch)).toEqual([1, 2, 3])
    expect(read.records[2]).toMatchObject(read.checkpoint.record)
    expect(read.data.source).toBe('glyphs:40')
    expect(read.training.network.latent).toBe(2)
    expect(read.checkpoint.examples.count).toBe(16)
    const shown = gatherImages(images.test, spreadIndices(images.test.count, 16))
    expect(read.checkpoint.examples.images).toEqual(shown)
    expect(read.checkpoint.computedWith).toMatchObject({
      engine: 'tfjs',
      provider: 'cpu',
      threads: 1,
    })
  })

  it('keeps how the images were read, in the words it was told', async () => {
    const sourceOptions = { layout: 'nchw', range: '-1..1' }
    await run({ sourceOptions, config: { ...config, epochs: 1 } })
    expect((await readRun(folders.current)).data.options).toEqual(sourceOptions)
    const path = join(folders.current, 'config.json')
    await writeFile(path, (await readFile(path, 'utf8')).replace('"nchw"', '3'))
    await expect(readRunConfig(folders.current)).rejects.toThrow(
      /data\.options\.layout: no text, got 3, expected a string/,
    )
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
    const picture = decodePng(
      await readFile(join(folders.current, 'reconstructions', 'epoch-01.png')),
    )
    expect(picture.channels).toBe(1)
  })

  it('ends where an uninterrupted run ends, bit for bit, wherever it was stopped', async () => {
    await run()
    const whole = await contents(folders.current)
    const moments: ((event: TrainEvent) => boolean)[] = [
      ({ type }) => type === 'start',
      (event) => event.type === 'chunk' && event.epoch === 1,
      (event) => event.type === 'chunk' && event.epoch === 2 && event.stepOfEpoch === 3,
      (event) => event.type === 'epoch' && event.record.epoch === 2,
    ]
    for (const moment of moments) {
      folders.current = folders.other()
      await cutOff(moment)
      await run({ resume: true })
      expect(await contents(folders.current)).toEqual(whole)
    }
  })

  it('drops what a kill left between picture, log line and checkpoint', async () => {
    await run()
    const whole = await contents(folders.current)
    const other = folders.other()
    folders.current = other
    await cutOff((event) => event.type === 'epoch' && event.record.epoch === 2)
    const log = await readFile(join(folders.current, 'log.jsonl'), 'utf8')
    await writeFile(join(folders.current, 'log.jsonl'), log + log.replace(/^.*\n/, ''))
    await writeFile(join(folders.current, 'reconstructions', 'epoch-03.png'), 'half')
    await writeFile(join(folders.current, 'reconstructions', 'epoch-03.png.tmp'), 'half')
    await writeFile(join(folders.current, 'checkpoint.safetensors.tmp'), 'half')
    expect((await readRun(folders.current)).records).toHaveLength(2)
    await cutOff(({ type }) => type === 'start', { resume: true })
    expect(await readFile(join(folders.current, 'log.jsonl'), 'utf8')).toBe(log)
    expect(await readdir(join(folders.current, 'reconstructions'))).toEqual([
      'epoch-01.png',
      'epoch-02.png',
    ])
    await run({ resume: true })
    expect(await contents(folders.current)).toEqual(whole)
  })

  it('starts over where a kill came before the first checkpoint', async () => {
    await run()
    const whole = await contents(folders.current)
    const starts = [
      () => Promise.resolve(),
      async () => void (await mkdir(folders.current)),
      async () => {
        await mkdir(folders.current)
        await writeFile(join(folders.current, 'config.json.tmp'), '{"half')
      },
      async () => {
        await cutOff(({ type }) => type === 'start')
        await mkdir(join(folders.current, 'reconstructions'))
        await writeFile(join(folders.current, 'reconstructions', 'epoch-01.png'), 'half')
      },
    ]
    for (const start of starts) {
      folders.current = folders.other()
      await start()
      await run({ resume: true })
      expect(await contents(folders.current)).toEqual(whole)
    }
  })

  it('needs no settings to resume, and does nothing to a finished run', async () => {
    await cutOff((event) => event.type === 'epoch')
    const { training, data } = await readRunConfig(folders.current)
    expect(training.epochs).toBe(3)
    expect(data.train.count).toBe(40)
    const resume = { folder: folders.current, images, engineFactory: tfjsEngine, resume: true }
    expect(await trainInFolder(resume)).toMatchObject({ completed: true, epoch: 3 })
    const whole = await contents(folders.current)
    expect(await trainInFolder(resume)).toMatchObject({ completed: true, epoch: 3 })
    expect(await contents(folders.current)).toEqual(whole)
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
    const { checkpoint, records } = await readRun(folders.current)
    expect(checkpoint.epoch).toBe(2)
    expect(records).toHaveLength(2)
    expect(await run({ resume: true })).toMatchObject({ completed: true, epoch: 3 })
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

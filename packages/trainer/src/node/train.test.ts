import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodePng, glyphs, imageSet } from '@anyvae/images'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { tfjsEngine, type TrainEvent, type TrainSettings } from '../index.js'
import { readRun, readRunConfig, trainInFolder, type TrainInFolderOptions } from '../node.js'

const images = {
  train: glyphs({ count: 40, seed: 1, height: 10, width: 8 }),
  test: glyphs({ count: 20, seed: 1, split: 'test', height: 10, width: 8 }),
}
const config: TrainSettings = {
  network: { image: { channels: 1, height: 10, width: 8 }, latent: 2, hidden: [8] },
  epochs: 3,
  batchSize: 8,
}

let base = ''
let folder = ''
let folders = 0
beforeAll(async () => {
  await tf.setBackend('cpu')
  base = await mkdtemp(join(tmpdir(), 'anyvae-trainer-'))
})
beforeEach(() => {
  folder = join(base, String(folders++))
})
afterAll(() => rm(base, { recursive: true }))

function run(more: Partial<TrainInFolderOptions> = {}) {
  return trainInFolder({ folder, config, images, engineFactory: tfjsEngine, ...more })
}

/** Every file of a run: bytes, and for the log its lines without what was measured. */
async function contents(of: string): Promise<Record<string, unknown>> {
  const names = (await readdir(of, { recursive: true })).sort()
  const files = names.filter((name) => name !== 'reconstructions')
  const read = files.map(async (name) => {
    const bytes = await readFile(join(of, name))
    if (name !== 'log.jsonl') return [name, bytes.toString('base64')] as const
    const lines = bytes.toString().trim().split('\n')
    return [name, lines.map((line) => ({ ...(JSON.parse(line) as object), measured: 0 }))] as const
  })
  return Object.fromEntries<unknown>(await Promise.all(read))
}

/** Ends a run as a kill would: nothing of what comes after the named event is done. */
async function cutOff(
  after: (event: TrainEvent) => boolean,
  more: Partial<TrainInFolderOptions> = {},
) {
  const controller = new AbortController()
  const onEvent = (event: TrainEvent) => {
    if (after(event)) controller.abort()
  }
  const result = await run({ signal: controller.signal, onEvent, ...more })
  expect(result.completed).toBe(false)
}

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
      folder = join(base, String(folders++))
      await cutOff(moment)
      await run({ resume: true })
      expect(await contents(folder)).toEqual(whole)
    }
  })

  it('drops what a kill left between picture, log line and checkpoint', async () => {
    await run()
    const whole = await contents(folder)
    const other = join(base, String(folders++))
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
      folder = join(base, String(folders++))
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

  it('refuses a folder that holds a run, and names the flag', async () => {
    await run()
    await expect(run()).rejects.toThrow(
      /: holds a run, got .*, expected a new or empty folder, or --resume \(resume: true\)/,
    )
  })

  it('refuses a folder in which another training writes, and takes nothing from it', async () => {
    const refused: string[] = []
    const onEvent = async ({ type }: TrainEvent) => {
      if (type !== 'chunk' || refused.length > 0) return
      for (const resume of [false, true]) {
        await run({ resume }).catch((error: Error) => refused.push(error.message))
      }
    }
    expect(await run({ onEvent })).toEqual({ completed: true, epoch: 3 })
    const line = `${folder}: another training (process ${process.pid}) is writing here, expected it`
    expect(refused.map((message) => message.slice(0, line.length))).toEqual([line, line])
    expect((await readRun(folder)).records).toHaveLength(3)
  })

  it('refuses the lock of a process that is, and takes over what a kill left', async () => {
    const lock = (pid: number, host: string) =>
      writeFile(join(folder, 'lock'), `${JSON.stringify({ pid, host })}\n`)
    await cutOff((event) => event.type === 'epoch')
    expect(await readdir(folder)).not.toContain('lock')
    await lock(process.ppid, hostname())
    await expect(run({ resume: true })).rejects.toThrow(`training (process ${process.ppid}) is`)
    await lock(1, 'elsewhere')
    await expect(run({ resume: true })).rejects.toThrow('(process 1 on elsewhere) is writing')
    const { pid: ended } = spawnSync(process.execPath, ['--version'])
    for (const [pid, host] of [
      [ended, hostname()],
      [process.pid, hostname()],
    ] as const) {
      await lock(pid, host)
      await cutOff(({ type }) => type === 'start', { resume: true })
    }
    await writeFile(join(folder, 'lock'), '')
    expect(await run({ resume: true })).toEqual({ completed: true, epoch: 3 })
    expect(await readdir(folder)).not.toContain('lock')
  })

  it('refuses a folder of something else, and leaves it alone', async () => {
    await mkdir(folder)
    await writeFile(join(folder, 'letter.txt'), 'dear')
    for (const resume of [false, true]) {
      await expect(run({ resume })).rejects.toThrow(/: not a run folder, got letter.txt in it/)
    }
    expect(await readdir(folder)).toEqual(['letter.txt'])
  })

  it('refuses a folder of our names without a config.json, and leaves it alone', async () => {
    const broken = () => Promise.reject(new Error('no such provider'))
    for (const name of ['reconstructions', 'checkpoint.safetensors']) {
      folder = join(base, String(folders++))
      await mkdir(join(folder, name), { recursive: true })
      await writeFile(join(folder, name, 'mine.png'), 'dear')
      for (const engineFactory of [tfjsEngine, broken]) {
        await expect(run({ resume: true, engineFactory })).rejects.toThrow(
          `: not a run folder, got ${name} in it, expected a new or empty folder`,
        )
      }
      expect(await readdir(folder, { recursive: true })).toHaveLength(2)
    }
  })

  it("leaves the user's own files in a run folder alone", async () => {
    await cutOff((event) => event.type === 'epoch')
    const own = ['notes.tmp', 'reconstructions/mine.tmp', 'reconstructions/epoch-01.tmp']
    for (const name of own) await writeFile(join(folder, name), 'dear')
    await run({ resume: true })
    for (const name of own) expect(await readFile(join(folder, name), 'utf8')).toBe('dear')
  })

  it('takes a failed start back, but not what came into the folder meanwhile', async () => {
    await mkdir(folder)
    const onEvent = async () => {
      await mkdir(join(folder, 'reconstructions'))
      await writeFile(join(folder, 'reconstructions', 'mine.png'), 'dear')
      throw new Error('enough')
    }
    await expect(run({ onEvent })).rejects.toThrow('enough')
    expect((await readdir(folder, { recursive: true })).sort()).toEqual([
      'reconstructions',
      'reconstructions/mine.png',
    ])
  })

  it('says what keeps it from making the folder', async () => {
    await writeFile(folder, 'a file')
    await expect(run()).rejects.toThrow(/: not a folder that can be read, expected a folder/)
    await expect(run({ folder: join(folder, 'run') })).rejects.toThrow(/expected a folder/)
  })

  it('refuses to resume with other settings, images or architecture', async () => {
    await cutOff((event) => event.type === 'epoch')
    const before = await contents(folder)
    const resume = (more: Partial<TrainInFolderOptions>) => run({ resume: true, ...more })
    await expect(resume({ config: { ...config, learningRate: 0.5 } })).rejects.toThrow(
      'learningRate: not what the run was begun with, got 0.5, expected 0.003',
    )
    await expect(
      resume({ config: { ...config, network: { ...config.network, latent: 3 } } }),
    ).rejects.toThrow('network.latent: not what the run was begun with, got 3, expected 2')
    const train = glyphs({ count: 40, seed: 2, height: 10, width: 8 })
    await expect(resume({ images: { ...images, train } })).rejects.toThrow(
      /^train images: not those that the run was begun with, got 40 of SHA-256/,
    )
    expect(await contents(folder)).toEqual(before)
  })

  it('refuses a damaged checkpoint and one of another architecture', async () => {
    const elsewhere = join(base, String(folders++))
    await run({
      folder: elsewhere,
      config: { ...config, network: { ...config.network, latent: 3 } },
    })
    await run()
    const path = join(folder, 'checkpoint.safetensors')
    const bytes = await readFile(path)
    await writeFile(path, bytes.subarray(0, 5000))
    await expect(run({ resume: true })).rejects.toThrow(
      /checkpoint.safetensors: safetensors: trunc/,
    )
    await expect(readRun(folder)).rejects.toThrow(/checkpoint.safetensors: safetensors: truncated/)
    await writeFile(path, await readFile(join(elsewhere, 'checkpoint.safetensors')))
    await expect(run({ resume: true })).rejects.toThrow(/of another architecture, got .*"latent":3/)
  })

  it('leaves nothing of a run that never trained an epoch', async () => {
    const engineFactory: TrainInFolderOptions['engineFactory'] = async (
      network,
      state,
      options,
    ) => {
      const engine = await tfjsEngine(network, state, options)
      return {
        ...engine,
        run: (chunk) => engine.run({ ...chunk, beta: chunk.beta.map(() => NaN) }),
      }
    }
    await expect(run({ engineFactory })).rejects.toThrow('loss: not finite at step 1, got NaN')
    const broken = () => Promise.reject(new Error('no such provider'))
    await expect(run({ engineFactory: broken })).rejects.toThrow('no such provider')
    await expect(run({ config: { ...config, batchSize: 0 } })).rejects.toThrow('batchSize')
    expect(await readdir(base)).not.toContain(folder.split('/').at(-1))
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

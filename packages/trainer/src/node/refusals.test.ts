import { spawnSync } from 'node:child_process'
import { mkdir, readdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { glyphs } from '@anyvae/images'
import { describe, expect, it } from 'vitest'
import {
  decodeSafetensors,
  encodeSafetensors,
  TrainError,
  tfjsEngine,
  type TrainEvent,
} from '../index.js'
import { readRun, type TrainInFolderOptions } from '../node.js'
import { config, contents, images, useRunFolders } from '../testing/run-folders.js'

const folders = useRunFolders()
const { run, cutOff } = folders

describe('trainInFolder, where something is wrong', () => {
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
    expect(await run({ onEvent })).toMatchObject({ completed: true, epoch: 3 })
    const line = `${folders.current}: another training (process ${process.pid}) is writing here, expected it`
    expect(refused.map((message) => message.slice(0, line.length))).toEqual([line, line])
    expect((await readRun(folders.current)).records).toHaveLength(3)
  })

  it('leaves no folder where the signal is aborted already, or is none', async () => {
    const reason = new Error('enough')
    await expect(run({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    const none: unknown = 'signal'
    await expect(run({ signal: none as AbortSignal })).rejects.toThrow('signal: not usable')
    await expect(readdir(folders.current)).rejects.toThrow('ENOENT')
  })

  it('refuses the lock of a process that is, and takes over what a kill left', async () => {
    const lock = (pid: number, host: string) =>
      writeFile(join(folders.current, 'lock'), `${JSON.stringify({ pid, host })}\n`)
    await cutOff((event) => event.type === 'epoch')
    expect(await readdir(folders.current)).not.toContain('lock')
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
    await writeFile(join(folders.current, 'lock'), '')
    expect(await run({ resume: true })).toMatchObject({ completed: true, epoch: 3 })
    expect(await readdir(folders.current)).not.toContain('lock')
  })

  it('refuses a folder of something else, and leaves it alone', async () => {
    await mkdir(folders.current)
    await writeFile(join(folders.current, 'letter.txt'), 'dear')
    for (const resume of [false, true]) {
      await expect(run({ resume })).rejects.toThrow(/: not a run folder, got letter.txt in it/)
    }
    expect(await readdir(folders.current)).toEqual(['letter.txt'])
  })

  it('refuses a folder of our names without a config.json, and leaves it alone', async () => {
    const broken = () => Promise.reject(new Error('no such provider'))
    for (const name of ['reconstructions', 'checkpoint.safetensors']) {
      folders.current = folders.other()
      await mkdir(join(folders.current, name), { recursive: true })
      await writeFile(join(folders.current, name, 'mine.png'), 'dear')
      for (const engineFactory of [tfjsEngine, broken]) {
        await expect(run({ resume: true, engineFactory })).rejects.toThrow(
          `: not a run folder, got ${name} in it, expected a new or empty folder`,
        )
      }
      expect(await readdir(folders.current, { recursive: true })).toHaveLength(2)
    }
  })

  it("leaves the user's own files in a run folder alone", async () => {
    await cutOff((event) => event.type === 'epoch')
    const own = ['notes.tmp', 'reconstructions/mine.tmp', 'reconstructions/epoch-01.tmp']
    for (const name of own) await writeFile(join(folders.current, name), 'dear')
    await run({ resume: true })
    for (const name of own) expect(await readFile(join(folders.current, name), 'utf8')).toBe('dear')
  })

  it('takes a failed start back, but not what came into the folder meanwhile', async () => {
    await mkdir(folders.current)
    const onEvent = async () => {
      await mkdir(join(folders.current, 'reconstructions'))
      await writeFile(join(folders.current, 'reconstructions', 'mine.png'), 'dear')
      throw new Error('enough')
    }
    await expect(run({ onEvent })).rejects.toThrow('enough')
    expect((await readdir(folders.current, { recursive: true })).sort()).toEqual([
      'reconstructions',
      'reconstructions/mine.png',
    ])
  })

  it('says what keeps it from making the folder', async () => {
    await writeFile(folders.current, 'a file')
    await expect(run()).rejects.toThrow(/: not a folder that can be read, expected a folder/)
    await expect(run({ folder: join(folders.current, 'run') })).rejects.toThrow(/expected a folder/)
  })

  it('refuses to resume with other settings, images or architecture', async () => {
    await cutOff((event) => event.type === 'epoch')
    const before = await contents(folders.current)
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
    expect(await contents(folders.current)).toEqual(before)
  })

  it('refuses a damaged checkpoint and one of another architecture', async () => {
    const elsewhere = folders.other()
    await run({
      folder: elsewhere,
      config: { ...config, network: { ...config.network, latent: 3 } },
    })
    await run()
    const path = join(folders.current, 'checkpoint.safetensors')
    const bytes = await readFile(path)
    await writeFile(path, bytes.subarray(0, 5000))
    await expect(run({ resume: true })).rejects.toThrow(
      /checkpoint.safetensors: safetensors: trunc/,
    )
    await expect(readRun(folders.current)).rejects.toThrow(
      /checkpoint.safetensors: safetensors: truncated/,
    )
    await writeFile(path, await readFile(join(elsewhere, 'checkpoint.safetensors')))
    await expect(run({ resume: true })).rejects.toThrow(/of another architecture, got .*"latent":3/)
  })

  it.each([
    ['its last line', (lines: string[]) => lines.slice(0, 2).join('\n'), 3],
    ['its last two lines, but for a line feed', (lines: string[]) => `${lines[0]}\n`, 2],
    ['all lines', () => '', 1],
  ])('refuses a log that lost %s', async (_, damage, missing) => {
    await run()
    const path = join(folders.current, 'log.jsonl')
    await writeFile(path, damage((await readFile(path, 'utf8')).split('\n')))
    const message = new RegExp(`log.jsonl: line ${missing}: not an object, got ""`)
    await expect(readRun(folders.current)).rejects.toThrow(message)
    await expect(run({ resume: true })).rejects.toThrow(message)
  })

  it('refuses settings, log and checkpoint of which one was changed', async () => {
    await run()
    const at = (name: string) => join(folders.current, name)
    const changes: [name: string, from: RegExp, to: string, message: RegExp][] = [
      [
        'config.json',
        /"beta": 1/,
        '"beta": 2',
        /beta: not what the run was begun with, got 1, exp/,
      ],
      [
        'config.json',
        /"count": 40/,
        '"count": 4000',
        /another number of steps than its epochs have/,
      ],
      ['config.json', /"epochs": 3/, '"epochs": 2', /epochs: not what the run was begun with/],
      ['log.jsonl', /"step":5/, '"step":6', /line 1: another step, got 6, expected 5/],
      ['log.jsonl', /"epoch":2/, '"epoch":1', /line 2: another epoch, got 1, expected 2/],
      ['log.jsonl', /"kl":/, '"kl":null,"x":', /line 1: kl: no number, got null/],
      ['log.jsonl', /^\{/, '', /line 1: not an object/],
      ['log.jsonl', /(.*\n.*\n.*"negativeElbo":)/, '$11', /line 3: another record than the checkp/],
    ]
    for (const [name, from, to, message] of changes) {
      const before = await readFile(at(name), 'utf8')
      const changed = before.replace(from, to)
      expect(changed).not.toBe(before)
      await writeFile(at(name), changed)
      await expect(readRun(folders.current)).rejects.toThrow(message)
      await expect(run({ resume: true })).rejects.toThrow(TrainError)
      await writeFile(at(name), before)
    }
    expect((await readRun(folders.current)).records).toHaveLength(3)
  })

  it.runIf(process.platform === 'linux')(
    'refuses what is no file or far too large, without reading it',
    async () => {
      await run()
      for (const name of ['config.json', 'log.jsonl', 'checkpoint.safetensors']) {
        const path = join(folders.current, name)
        const before = await readFile(path)
        await rm(path)
        await symlink('/dev/zero', path)
        await expect(readRun(folders.current)).rejects.toThrow(/: not a file, got a device, exp/)
        await rm(path)
        expect(spawnSync('mkfifo', [path]).status).toBe(0)
        await expect(readRun(folders.current)).rejects.toThrow(/: not a file, got a pipe, expected/)
        await rm(path)
        await writeFile(path, before)
        await truncate(path, 2 ** 40)
        await expect(readRun(folders.current)).rejects.toThrow(/: too large, got 1099511627776 b/)
        await writeFile(path, before)
      }
      expect((await readRun(folders.current)).records).toHaveLength(3)
    },
  )

  it('goes on from a checkpoint without a checksum, and says so', async () => {
    await cutOff((event) => event.type === 'epoch')
    const path = join(folders.current, 'checkpoint.safetensors')
    const { tensors, metadata } = decodeSafetensors(await readFile(path))
    const before = Object.entries({ ...metadata, format_version: '2' })
    const old = Object.fromEntries(before.filter(([key]) => key !== 'sha256'))
    await writeFile(path, encodeSafetensors({ tensors, metadata: old }))
    expect((await readRun(folders.current)).checkpoint.unchecked).toBe(true)
    const messages: string[] = []
    const onEvent = (event: TrainEvent) => {
      if (event.type === 'warning') messages.push(event.message)
    }
    expect(await run({ resume: true, onEvent })).toMatchObject({ completed: true })
    expect(messages).toEqual([expect.stringMatching(/older anyvae, without a checksum/)])
    expect((await readRun(folders.current)).checkpoint.unchecked).toBeUndefined()
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
    expect(await readdir(folders.base)).not.toContain(folders.current.split('/').at(-1))
  })
})

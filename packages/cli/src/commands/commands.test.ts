// Every command on real files: a tiny run, its bundle, and what is made of it.
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodePng, encodePng, imageGrid, glyphs } from '@anyvae/images'
import { loadImages } from '@anyvae/images/node'
import { parseNetworkConfig, parseTrainConfig } from '@anyvae/trainer'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CliError } from '../error.js'
import { run } from '../testing/command.js'
import { scheduleText } from '../train/settings.js'
import { checkNode } from '../train/tensorflow.js'

let base: string
let bundle: string
let runFolder: string
const at = (name: string) => join(base, name)
const DATA = ['--data', 'glyphs:200']
const TRAIN = ['train', ...DATA, '--hidden', '32', '--latent', '3', '--batch', '50']

async function json(...argv: string[]): Promise<Record<string, unknown>> {
  const { exitCode, stdout, stderr } = await run([...argv, '--json'])
  expect(exitCode, stderr).toBe(0)
  expect(stdout.trimEnd().split('\n')).toHaveLength(1)
  return JSON.parse(stdout) as Record<string, unknown>
}

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'anyvae-cli-'))
  bundle = at('bundle')
  runFolder = at('run')
  const trained = await run([...TRAIN, '--epochs', '2', '--out', runFolder])
  expect(trained.exitCode, trained.stderr).toBe(0)
  expect(trained.stdout).toMatch(
    /^trained 2 epochs in .*\ntest: negative ELBO \d+\.\d\d nats per image/,
  )
  expect(trained.stdout).toMatch(/next: anyvae export .*run --out/)
  expect(trained.stderr).toMatch(/epoch 1\/2 {2}train \d+\.\d\d {2}test \d+\.\d\d \(.*images\/s/)
  const exported = await run(['export', runFolder, '--out', bundle, '--name', 'tiny'])
  expect(exported.exitCode, exported.stderr).toBe(0)
  expect(exported.stderr).toBe('')
  expect(exported.stdout).toMatch(/encoder\.onnx +\d+\.\d kB/)
})
afterAll(() => rm(base, { recursive: true }))

describe('train', () => {
  it('says in its help what the trainer takes where nothing is said', async () => {
    const { stdout } = await run(['train', '--help'])
    const help = stdout.replaceAll(/\s+/g, ' ')
    const given = (flag: string) =>
      new RegExp(`--${flag} [^-]*\\(default: ([^)]+)\\)`).exec(help)?.[1]
    const image = { channels: 1, height: 28, width: 28 }
    const config = parseTrainConfig({ network: { image } })
    const mlp = parseNetworkConfig({ image, architecture: 'mlp' })
    const conv = parseNetworkConfig({ image, architecture: 'conv' })
    expect(given('arch')).toBe(config.network.architecture)
    expect(given('epochs')).toBe(String(config.epochs))
    expect(given('batch')).toBe(String(config.batchSize))
    expect(given('latent')).toBe(String(config.network.latent))
    expect(given('hidden')).toBe('hidden' in mlp && mlp.hidden.join(','))
    expect(given('filters')).toBe('filters' in conv && conv.filters.join(','))
    expect(given('kernel')).toBe('kernelSize' in conv && String(conv.kernelSize))
    expect(given('likelihood')).toBe(config.network.likelihood)
    expect(given('beta')).toBe(String(config.beta))
    expect(given('lr')).toBe(String(config.learningRate))
    expect(given('schedule')).toBe(scheduleText(config.schedule))
    expect(given('seed')).toBe(String(config.seed))
  })

  it('refuses a folder that holds a run, and leaves it alone', async () => {
    const before = await readFile(join(runFolder, 'log.jsonl'), 'utf8')
    const { exitCode, stdout, stderr } = await run([...TRAIN, '--out', runFolder])
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(stderr).toContain('holds a run')
    expect(await readFile(join(runFolder, 'log.jsonl'), 'utf8')).toBe(before)
  })

  it('goes on with a run by its folder alone', async () => {
    const ended = await json('train', '--resume', runFolder)
    expect(ended).toMatchObject({ completed: true, epoch: 2, run: runFolder })
    expect(await json('train', '--out', runFolder, '--resume')).toEqual(ended)
  })

  it('refuses to go on with other settings, naming the first', async () => {
    const { exitCode, stderr } = await run(['train', '--resume', runFolder, '--lr', '0.5'])
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/learningRate: not what the run was begun with, got 0\.5, expected/)
    expect(stderr).toContain(`go on with:\n  anyvae train --resume ${runFolder}\n`)
  })

  it('refuses a run that is not there', async () => {
    const { exitCode, stderr } = await run(['train', '--resume', at('nowhere')])
    expect(exitCode).toBe(1)
    expect(stderr).toContain('no run to go on with, got no config.json')
    expect(await readdir(base)).not.toContain('nowhere')
  })

  it('ends where the uninterrupted run ends when a signal stopped it', async () => {
    const [whole, cut] = [at('whole'), at('cut')]
    const flags = [...TRAIN, '--epochs', '3', '--seed', '5', '--threads', '1', '--out']
    await run([...flags, whole])
    const { stopped, resume } = await stopAfterFirstEpoch([...flags, cut])
    expect(stopped.exitCode).toBe(130)
    expect(stopped.stderr).toMatch(
      /anyvae: stopped by SIGINT: epoch \d of 3 is kept; go on with:\n/,
    )
    expect(resume).toEqual(['anyvae', 'train', '--resume', cut, '--threads', '1'])
    const { exitCode } = await run(resume.slice(1))
    expect(exitCode).toBe(0)
    const checkpoint = (folder: string) => readFile(join(folder, 'checkpoint.safetensors'))
    expect((await checkpoint(cut)).equals(await checkpoint(whole))).toBe(true)
  })

  it('leaves nothing behind where it is stopped before it begins', async () => {
    const reason = new CliError('stopped by SIGTERM', { exitCode: 143 })
    const ran = await run([...TRAIN, '--out', at('new')], AbortSignal.abort(reason))
    expect(ran).toEqual({
      exitCode: 143,
      stdout: '',
      stderr: 'anyvae: stopped by SIGTERM before training began: nothing is kept\n',
    })
    expect(await readdir(base)).not.toContain('new')
  })

  it('leaves nothing behind where the images cannot be had', async () => {
    const { exitCode, stderr } = await run(['train', '--data', at('none'), '--out', at('new')])
    expect(exitCode).toBe(1)
    expect(stderr).toContain(at('none'))
    expect(await readdir(base)).not.toContain('new')
  })

  it('stops where the loss is no longer finite, and says what to do', async () => {
    const { exitCode, stderr } = await run([
      ...TRAIN,
      '--lr',
      '1e30',
      '--schedule',
      'constant',
      '--out',
      at('nan'),
    ])
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/not finite at step \d+.*\nthe same settings lead there again: .*--lr/)
  })

  it('says which package a backend needs that is not there', async () => {
    const flags = ['--engine', 'tfjs', '--backend', 'node-gpu', '--out', at('new')]
    const { exitCode, stderr } = await run([...TRAIN, ...flags])
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/@tensorflow\/tfjs-node-gpu.*expected .*--engine onnx/)
    expect(() => checkNode('@tensorflow/tfjs-node', '20.19.0')).not.toThrow()
    expect(() => checkNode('@tensorflow/tfjs-node', '23.1.0')).toThrow(
      '@tensorflow/tfjs-node: does not run on this Node, got 23.1.0, expected 22 or older',
    )
  })

  it('trains with TensorFlow.js', async () => {
    const flags = ['--engine', 'tfjs', '--epochs', '1', '--size', '8x8', '--out', at('tfjs')]
    const { exitCode, stderr } = await run([...TRAIN, ...flags])
    expect(exitCode).toBe(0)
    expect(stderr).toContain('engine tfjs on cpu')
  })

  it.each([
    [['--provider', 'cpu', '--engine', 'tfjs'], '--provider: a setting of the onnx engine'],
    [['--backend', 'wasm'], '--backend: a setting of the tfjs engine'],
    [
      ['--engine', 'tfjs', '--backend', 'wasm', '--arch', 'conv'],
      '--backend: wasm lacks the gradient',
    ],
    [['--arch', 'conv', '--hidden', '3'], 'hidden: not a setting of conv'],
  ])('refuses %s', async (flags, message) => {
    const { exitCode, stderr } = await run(['train', ...DATA, '--out', at('new'), ...flags])
    expect(exitCode).toBe(2)
    expect(stderr).toContain(message)
    expect(await readdir(base)).not.toContain('new')
  })
})

/** Runs until the first epoch is on disk; gives the command that it names to go on. */
async function stopAfterFirstEpoch(argv: readonly string[]) {
  const controller = new AbortController()
  const folder = argv.at(-1) ?? ''
  const stop = setInterval(() => {
    void readFile(join(folder, 'checkpoint.safetensors')).then(
      () => controller.abort(new CliError('stopped by SIGINT', { exitCode: 130 })),
      () => undefined,
    )
  }, 1)
  const stopped = await run(argv, controller.signal)
  clearInterval(stop)
  return { stopped, resume: stopped.stderr.trimEnd().split('\n').at(-1)?.trim().split(' ') ?? [] }
}

describe('export', () => {
  it('refuses an existing folder without --force', async () => {
    const { exitCode, stderr } = await run(['export', runFolder, '--out', bundle])
    expect(exitCode).toBe(1)
    expect(stderr).toContain('exists already, expected a new folder, or --force to replace it')
    const { name } = await json('export', runFolder, '--out', bundle, '--name', 'tiny', '--force')
    expect(name).toBe('tiny')
  })

  it('leaves nothing where there is no run', async () => {
    const { exitCode } = await run(['export', at('nowhere'), '--out', at('empty')])
    expect(exitCode).toBe(1)
    expect(await readdir(base)).not.toContain('empty')
  })

  it('names the command that reproduces the model', async () => {
    const manifest = JSON.parse(await readFile(join(bundle, 'anyvae.json'), 'utf8')) as {
      training: { command: string }
    }
    expect(manifest.training.command).toBe(
      `anyvae train --data glyphs:200 --arch mlp --latent 3 --hidden 32 --epochs 2 --batch 50 --seed 1 --out ${runFolder}`,
    )
  })
})

describe('verify', () => {
  it('has a line for each file', async () => {
    const { exitCode, stdout } = await run(['verify', bundle])
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^decoder\.onnx +float32 +.* \d\.\d\de-\d+ +0\.0001 +ok$/m)
    expect(stdout).toMatch(/tiny: verified\n$/)
  })

  it('fails on an altered file', async () => {
    const altered = at('altered')
    await run(['export', runFolder, '--out', altered])
    const bytes = await readFile(join(altered, 'decoder.onnx'))
    bytes[bytes.length - 9] = (bytes[bytes.length - 9] ?? 0) ^ 1
    await writeFile(join(altered, 'decoder.onnx'), bytes)
    const { exitCode, stdout } = await run(['verify', altered])
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(/^decoder\.onnx .* not run .* failed$/m)
    expect(stdout).toMatch(/problem: .*'decoder.onnx' was altered/)
    const result = await run(['verify', altered, '--json'])
    expect(result.exitCode).toBe(1)
    expect(JSON.parse(result.stdout)).toMatchObject({ ok: false, bundle: altered })
  })
})

describe('eval', () => {
  it('measures what training measured', async () => {
    const lines = (await readFile(join(runFolder, 'log.jsonl'), 'utf8')).trimEnd().split('\n')
    const { test } = JSON.parse(lines.at(-1) ?? '') as { test: Record<string, number> }
    const figures = await json('eval', bundle, ...DATA)
    expect(figures).toMatchObject({
      images: 20,
      binarisation: 'none (grey values as probabilities)',
      samples: 1,
      split: 'test',
      data: 'glyphs:200',
      network: { name: 'mlp', hidden: [32], latent: 3, likelihood: 'bernoulli' },
      activeUnits: test['activeUnits'],
    })
    for (const name of ['negativeElbo', 'reconstruction', 'kl']) {
      expect(figures[name]).toBeCloseTo(test[name] ?? Number.NaN, 3)
    }
  })

  it('takes another split, seed and number of images', async () => {
    const flags = ['--split', 'train', '--limit', '30']
    const first = await json('eval', bundle, ...DATA, ...flags)
    const second = await json('eval', bundle, ...DATA, ...flags, '--seed', '9')
    expect(first).toMatchObject({ images: 30, split: 'train', seed: 0 })
    expect(second['kl']).toBeCloseTo(Number(first['kl']), 9)
    expect(second['reconstruction']).not.toBe(first['reconstruction'])
  })

  it('refuses images of another shape', async () => {
    const path = at('colour.npy')
    const { encodeNpy } = await import('../npy.js')
    await writeFile(path, encodeNpy(new Float32Array(4 * 3 * 28 * 28), [4, 3, 28, 28]))
    const { exitCode, stderr } = await run(['eval', bundle, '--data', path])
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/another shape, got 28x28 colour, expected 28x28 grey/)
  })
})

describe('encode', () => {
  it('prints CSV, or writes .csv, .json and .npy with the same values', async () => {
    const flags = ['encode', bundle, ...DATA, '--limit', '4']
    const { stdout } = await run(flags)
    const { images } = (await json(...flags)) as { images: { mean: number[]; label: string }[] }
    const [heading, first] = stdout.split('\n')
    expect(heading).toBe(
      'image,label,mean_0,mean_1,mean_2,log_variance_0,log_variance_1,log_variance_2',
    )
    expect(first?.startsWith(`0,${images[0]?.label},${images[0]?.mean.join(',')},`)).toBe(true)
    await run([...flags, '--out', at('l.csv')])
    expect(await readFile(at('l.csv'), 'utf8')).toBe(stdout)
    await run([...flags, '--out', at('l.json')])
    expect(JSON.parse(await readFile(at('l.json'), 'utf8'))).toEqual(images)
    const { out } = await json(...flags, '--out', at('l.npy'))
    expect(out).toEqual([at('l.npy'), at('l.log_variance.npy')])
    const npy = await readFile(at('l.npy'))
    expect(npy.readFloatLE(npy.length - 4)).toBeCloseTo(images[3]?.mean[2] ?? Number.NaN, 6)
  })

  it('takes image files of any size, and none beside --data', async () => {
    const path = at('one.png')
    const picture = imageGrid(glyphs({ count: 1, height: 40, width: 40 }).data, {
      shape: { channels: 1, height: 40, width: 40 },
      columns: 1,
    })
    await writeFile(path, encodePng(picture))
    expect(await json('encode', bundle, path)).toMatchObject({ count: 1, latent: 3 })
    const { exitCode, stderr } = await run(['encode', bundle, path, ...DATA])
    expect(exitCode).toBe(2)
    expect(stderr).toContain('images: both files and --data, expected one of them')
    expect((await run(['encode', bundle])).exitCode).toBe(2)
  })

  it('names the image that cannot be read', async () => {
    await writeFile(at('broken.png'), 'no picture')
    const { exitCode, stderr } = await run(['encode', bundle, at('broken.png')])
    expect(exitCode).toBe(1)
    expect(stderr).toContain(at('broken.png'))
  })
})

describe('pictures', () => {
  const PICTURES: [name: string, flags: string[]][] = [
    ['sample', ['--count', '6', '--seed', '3']],
    ['reconstruct', [...DATA, '--limit', '5']],
    ['interpolate', [...DATA, '--from', '0', '--to', '7', '--steps', '4']],
    ['interpolate', ['--from', 'seed:1', '--to', 'seed:2', '--mode', 'linear', '--steps', '4']],
    ['manifold', ['--axes', '0,2', '--size', '3']],
  ]

  it.each(PICTURES)('%s %j', async (command, flags) => {
    const [png, npy] = [at('p.png'), at('p.npy')]
    const made = await json(command, bundle, ...flags, '--out', png)
    const { width, height } = decodePng(await readFile(png))
    expect(width).toBeGreaterThan(100)
    expect(height).toBeGreaterThan(60)
    await json(command, bundle, ...flags, '--out', npy)
    const values = await loadImages(npy)
    const [count, ...shape] = made['shape'] as number[]
    expect(shape).toEqual([1, 28, 28])
    expect(values.train.count + values.test.count).toBe(count)
    await rm(png)
    await rm(npy)
  })

  it('draw the same samples for the same seed', async () => {
    const draw = async (name: string, seed: string) => {
      await run(['sample', bundle, '--count', '2', '--seed', seed, '--out', at(name)])
      return readFile(at(name))
    }
    const first = await draw('a.npy', '1')
    expect((await draw('b.npy', '1')).equals(first)).toBe(true)
    expect((await draw('c.npy', '2')).equals(first)).toBe(false)
  })

  it.each([
    [['manifold'], '--axes: missing, got 3 latents, expected two of them, such as 0,1'],
    [['manifold', '--axes', '0,3'], '--axes: no such latent, got 3, expected 0 to 2'],
    [['interpolate', '--from', '1', '--to', '2'], '--data: missing, got image 1 as an end'],
  ])('refuse %s', async ([command = '', ...flags], message) => {
    const { exitCode, stderr } = await run([command, bundle, ...flags, '--out', at('no.png')])
    expect(exitCode).toBe(2)
    expect(stderr).toContain(message)
    expect(await readdir(base)).not.toContain('no.png')
  })

  it('fail in one line where there is no bundle', async () => {
    const { exitCode, stderr } = await run(['sample', at('nowhere'), '--out', at('no.png')])
    expect(exitCode).toBe(1)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    expect(stderr).toContain('nowhere')
  })
})

describe('data', () => {
  it('counts images and labels, and draws a preview', async () => {
    const out = at('preview.png')
    const found = await json('data', 'glyphs:200', '--out', out)
    expect(found).toMatchObject({
      source: 'glyphs:200',
      shape: { channels: 1, height: 28, width: 28 },
      train: { count: 200 },
      test: { count: 20 },
    })
    const { labels } = found['train'] as { labels: Record<string, number> }
    expect(Object.values(labels).reduce((sum, images) => sum + images)).toBe(200)
    expect(decodePng(await readFile(out)).width).toBeGreaterThan(400)
    const { stdout } = await run(['data', 'glyphs:200'])
    expect(stdout).toMatch(/^glyphs:200: 28x28 grey, 200 training and 20 test images\n/)
    expect(stdout).toMatch(/^7 +\d+ +\d+ {2}#+$/m)
  })
})

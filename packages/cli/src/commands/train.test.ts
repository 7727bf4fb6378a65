// `anyvae train` on drawn digits: a whole run, one that is stopped and gone on with, and bad settings.
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseNetworkConfig, parseTrainConfig } from '@anyvae/trainer'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CliError } from '../error.js'
import { run } from '../testing/command.js'
import { createFixture, json, TRAIN, type Fixture } from '../testing/fixture.js'
import { scheduleText } from '../train/settings.js'
import { checkNode } from '../train/tensorflow.js'

let fixture: Fixture
let base: string
let runFolder: string
const at = (name: string) => fixture.at(name)
beforeAll(async () => {
  fixture = await createFixture()
  ;({ base, runFolder } = fixture)
})
afterAll(() => fixture.remove())

describe('train', () => {
  it('ends with the figures of the last epoch and the next command', () => {
    const { exitCode, stdout, stderr } = fixture.trained
    expect(exitCode, stderr).toBe(0)
    expect(stdout).toMatch(/^trained 2 epochs in .*\ntest: negative ELBO \d+\.\d\d nats per image/)
    expect(stdout).toContain('binarisation none (grey values as probabilities)')
    expect(stdout).toMatch(/ {6}\d\.\d{3} bits per dimension: a cross-entropy of grey values/)
    // 200 images in batches of 50, twice.
    expect(stdout).toContain('too short: 8 steps are too few to learn from, expected 1,000 or more')
    expect(stdout).toMatch(/next: (npx )?anyvae train .*--epochs 1000 .*run-longer\n$/)
    expect(stdout).not.toMatch(/active|export/)
    expect(stderr).toMatch(/^plan: 2 epochs of 4 steps, batch 50, 8 steps$/m)
    expect(stderr).toMatch(/^warning: 8 steps are too few .*or take --epochs 1000$/m)
    expect(stderr).toMatch(/epoch 1\/2 {2}train \d+\.\d\d {2}test \d+\.\d\d \(.*bits\/dim/)
  })

  it('says in its help what the trainer takes where nothing is said', async () => {
    const { stdout } = await run(['train', '--help'])
    const help = stdout.replaceAll(/\s+/g, ' ')
    const given = (flag: string) =>
      new RegExp(`--${flag} [^-]*\\(default: ([^)]+)\\)`).exec(help)?.[1]
    const image = { channels: 1, height: 28, width: 28 }
    const config = parseTrainConfig({ network: { image } })
    const mlp = parseNetworkConfig({ image, architecture: 'mlp' })
    const conv = parseNetworkConfig({ image, architecture: 'conv' })
    const resnet = parseNetworkConfig({ image, architecture: 'resnet' })
    expect(given('arch')).toBe(config.network.architecture)
    expect(given('epochs')).toBe('as many as 4,000 steps take, 10 to 1,000')
    expect(given('batch')).toBe('about a sixteenth of all, 8 to 128')
    expect(given('latent')).toBe(String(config.network.latent))
    expect(given('hidden')).toBe('hidden' in mlp && mlp.hidden.join(','))
    expect(given('activation')).toBe('activation' in mlp && mlp.activation)
    expect(given('filters')).toBe('filters' in conv && conv.filters.join(','))
    expect(help).toContain(`of resnet (${'filters' in resnet ? resnet.filters.join(',') : ''})`)
    expect(given('blocks')).toBe('blocks' in resnet && String(resnet.blocks))
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

  it('says of a complete run that it is, and clears up what a kill left', async () => {
    await writeFile(join(runFolder, 'checkpoint.safetensors.tmp'), 'half')
    await writeFile(join(runFolder, 'lock'), '')
    const { exitCode, stdout, stderr } = await run(['train', '--resume', runFolder])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toMatch(new RegExp(`^${runFolder}: already complete, 2 of 2 epochs\ntest: `))
    const names = ['checkpoint.safetensors', 'config.json', 'log.jsonl', 'reconstructions']
    expect((await readdir(runFolder)).sort()).toEqual(names)
    const ended = await json('train', '--resume', runFolder)
    expect(ended).toMatchObject({ completed: true, epoch: 2, run: runFolder })
    expect(await json('train', '--out', runFolder, '--resume')).toEqual(ended)
  })

  it('tells programs where the time of a training went, and of a complete one nothing', async () => {
    const { measured } = await json(...TRAIN, '--out', at('timed'))
    const told = measured as Record<string, number>
    const part = (name: string) => told[`${name}Seconds`] ?? NaN
    for (const name of ['step', 'evaluation', 'overhead', 'firstStep']) {
      expect(part(name), name).toBeGreaterThan(0)
    }
    const rest = part('step') + part('overhead')
    expect(rest + part('evaluation')).toBeCloseTo(told.seconds ?? NaN, 9)
    expect(told.overheadShare).toBeCloseTo(part('overhead') / rest, 9)
    expect(await json('train', '--resume', runFolder)).not.toHaveProperty('measured')
  })

  it('refuses to go on with other settings, naming the first', async () => {
    const { exitCode, stderr } = await run(['train', '--resume', runFolder, '--lr', '0.5'])
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/learningRate: not what the run was begun with, got 0\.5, expected/)
    expect(stderr).not.toContain('go on with')
  })

  it('says how to train for more epochs, before it reads any image', async () => {
    const { exitCode, stderr } = await run(['train', '--resume', runFolder, '--epochs', '9'])
    expect(exitCode).toBe(1)
    expect(stderr).toBe(
      'anyvae: epochs: not what the run was begun with, got 9, expected 2, or a new run: schedules depend on the number of epochs\n',
    )
  })

  it('refuses a run that is not there', async () => {
    const { exitCode, stderr } = await run(['train', '--resume', at('nowhere')])
    expect(exitCode).toBe(1)
    expect(stderr).toContain('no run to go on with, got no config.json')
    expect(await readdir(base)).not.toContain('nowhere')
  })

  it('ends where the uninterrupted run ends when a signal stopped it', async () => {
    const [whole, cut] = [at('whole'), at('cut')]
    // An epoch is told of while the next ones are computed: many of them, so that some are left to stop.
    const flags = [...TRAIN, '--epochs', '40', '--seed', '5', '--threads', '1', '--out']
    await run([...flags, whole])
    const { stopped, resume } = await stopAfterFirstEpoch([...flags, cut])
    expect(stopped.exitCode).toBe(130)
    expect(stopped.stderr).toMatch(
      /anyvae: stopped by SIGINT: epoch \d+ of 40 is kept; go on with:\n/,
    )
    expect(resume.slice(resume.indexOf('anyvae'))).toEqual([
      'anyvae',
      'train',
      '--resume',
      cut,
      '--threads',
      '1',
    ])
    const { exitCode } = await run(resume.slice(resume.indexOf('anyvae') + 1))
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

  it.runIf(process.platform === 'linux')('begins nothing where no folder can be made', async () => {
    const { exitCode, stderr } = await run([...TRAIN, '--out', '/proc/anyvae-run'])
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/^anyvae: \/proc\/anyvae-run: cannot be written, got ENOENT.*\n$/)
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
    expect(stderr).toMatch(/not finite at step \d+.*; in a new run these are --lr/)
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
    expect(stderr).toContain('tfjs on cpu')
  })

  it.each([
    [['--provider', 'cpu', '--engine', 'tfjs'], '--provider: a setting of the onnx engine'],
    [['--session', '{}', '--engine', 'tfjs'], '--session: a setting of the onnx engine'],
    [['--backend', 'wasm'], '--backend: a setting of the tfjs engine'],
    [
      ['--engine', 'tfjs', '--backend', 'wasm', '--arch', 'conv'],
      '--backend: wasm lacks the gradient',
    ],
    [['--arch', 'conv', '--hidden', '3'], '--hidden: not a setting of conv'],
    [['--filters', '16'], '--filters: not a setting of mlp'],
    [['--arch', 'conv', '--blocks', '2'], '--blocks: not a setting of conv'],
    [['--activation', 'tanh'], "--activation: unknown, got 'tanh', expected relu, softplus"],
    [
      ['--engine', 'tfjs', '--backend', 'wasm', '--arch', 'resnet'],
      '--backend: wasm lacks the gradient of convolutions, got --arch resnet',
    ],
    [['--latent', '1000000'], 'network: too large, got 1202001601 parameters'],
  ])('refuses %s', async (flags, message) => {
    const { exitCode, stderr } = await run([
      'train',
      '--data',
      'none',
      '--out',
      at('new'),
      ...flags,
    ])
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

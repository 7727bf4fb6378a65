// Flags become settings, and settings become the command that gives the same settings again.
import { parseTrainConfig, type TrainSettings } from '@anyvae/trainer'
import { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { addTrain } from '../commands/train.js'
import type { TrainFlags } from './flags.js'
import { screenOf } from '../ui/screen.js'
import { newSettings, reproduceCommand, resumedSettings } from './settings.js'

const image = { channels: 1, height: 28, width: 28 }
const split = { count: 10, sha256: '' }
const data = { source: 'my images', train: split, test: split }

/** What commander makes of a command line, without running it. */
function flagsOf(words: readonly string[]): TrainFlags {
  const program = new Command().exitOverride()
  addTrain(program, {
    io: {
      stdout: screenOf(process.stdout),
      stderr: screenOf(process.stderr),
      signal: new AbortController().signal,
    },
    settle: () => undefined,
  })
  const command = program.commands[0]
  command?.parseOptions([...words])
  return command?.opts<TrainFlags>() ?? {}
}

const SETTINGS: [
  name: string,
  settings: Omit<TrainSettings, 'network'>,
  network: object,
  flags: string,
][] = [
  ['defaults', {}, {}, ''],
  [
    'mlp',
    { epochs: 3 },
    { latent: 2, hidden: [512, 256], likelihood: 'gaussian', activation: 'softplus' },
    '--epochs 3 --latent 2 --hidden 512,256 --likelihood gaussian --activation softplus',
  ],
  [
    'conv',
    { batchSize: 100, seed: 7 },
    { architecture: 'conv', filters: [8, 16, 32], kernelSize: 3 },
    '--arch conv --filters 8,16,32 --kernel 3 --batch 100 --seed 7',
  ],
  [
    'resnet',
    {},
    { architecture: 'resnet', filters: [8, 16], blocks: 2 },
    '--arch resnet --filters 8,16 --blocks 2',
  ],
  [
    'objective',
    { beta: 4, klWarmup: { epochs: 2.5 }, learningRate: 3e-4 },
    {},
    '--beta 4 --kl-warmup 2.5 --lr 0.0003',
  ],
  [
    'steps',
    { klWarmup: { steps: 500 }, schedule: { name: 'step', every: { epochs: 2 }, factor: 0.1 } },
    {},
    '--kl-warmup 500steps --schedule step,every=2,factor=0.1',
  ],
  [
    'cosine',
    { schedule: { name: 'cosine', warmup: { steps: 100 }, final: 0.05 } },
    {},
    '--schedule cosine,warmup=100steps,final=0.05',
  ],
  ['constant', { schedule: { name: 'constant' } }, {}, '--schedule constant'],
]

describe('flags of train', () => {
  it.each(SETTINGS)('%s', (_, settings, network, line) => {
    const expected = parseTrainConfig({ ...settings, network: { ...network, image } })
    const flags = flagsOf(line.split(' ').filter((word) => word !== ''))
    expect(newSettings(flags, image)).toEqual(expected)
    const command = reproduceCommand({ training: expected, data }, { folder: 'out' })
    const [start, rest = ''] = command.split("'my images' ")
    expect(start).toBe('anyvae train --data ')
    expect(newSettings(flagsOf(rest.split(' ')), image)).toEqual(expected)
  })

  it('leaves defaults out of the command, but for architecture, epochs and seed', () => {
    const training = parseTrainConfig({ network: { image } })
    const command = reproduceCommand(
      { training, data: { source: 'mnist', train: { ...split, count: 60_000 }, test: split } },
      { folder: 'runs/one' },
    )
    expect(command).toBe('anyvae train --data mnist --arch mlp --epochs 10 --seed 1 --out runs/one')
  })

  it('says how the images were read, and their size where it was brought about', () => {
    const training = parseTrainConfig({ network: { image } })
    const options = { size: '9x9', fit: 'pad', range: '-1..1' }
    const run = { training, data: { ...data, options } }
    const command = (reshaped: boolean) => reproduceCommand(run, { folder: 'out', reshaped })
    expect(command(false)).toContain("--data 'my images' --size 9x9 --fit pad --range -1..1 --arch")
    expect(command(true)).toContain(
      "--data 'my images' --size 28x28 --fit pad --range -1..1 --channels 1 --arch",
    )
    expect(flagsOf(['--range', '-1..1'])).toEqual({ range: { black: -1, white: 1 } })
  })

  it('names a length that does not suit the images, and leaves out one that does', () => {
    const few = { source: 'photos', train: { ...split, count: 270 }, test: split }
    const command = (asked: object) =>
      reproduceCommand(
        { training: parseTrainConfig({ network: { image }, ...asked }, 270), data: few },
        { folder: 'out' },
      )
    expect(command({})).toContain('--epochs 250 --seed 1')
    expect(command({ batchSize: 128 })).toContain('--epochs 1000 --batch 128 --seed 1')
    expect(newSettings(flagsOf(['--epochs', '3']), image, 270)).toMatchObject({
      epochs: 3,
      batchSize: 16,
    })
  })

  it('refuses settings of another architecture as wrong usage', () => {
    const refused = () => newSettings(flagsOf(['--arch', 'conv', '--hidden', '4']), image)
    expect(refused).toThrow(/^--hidden: not a setting of conv/)
    expect(refused).toThrow(expect.objectContaining({ exitCode: 2 }))
  })
})

describe('flags beside --resume', () => {
  const begun = parseTrainConfig({ network: { image, latent: 3 }, epochs: 4 })

  it('change nothing where there are none', () => {
    expect(resumedSettings({}, begun)).toEqual(begun)
  })

  it('are kept, so that the trainer refuses what differs', () => {
    expect(resumedSettings({ epochs: 9, latent: 4 }, begun)).toMatchObject({
      epochs: 9,
      network: { latent: 4 },
    })
    expect(resumedSettings({ arch: 'conv' }, begun)).toMatchObject({
      network: { architecture: 'conv' },
    })
  })
})

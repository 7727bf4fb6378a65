// Wrong usage ends with exit code 2 and says what is permitted; help is there for every command.
import { afterEach, describe, expect, it, vi } from 'vitest'
import { calledAs } from './shell.js'
import { run } from './testing/command.js'

afterEach(() => vi.unstubAllEnvs())

const COMMANDS = [
  'train',
  'export',
  'verify',
  'eval',
  'encode',
  'sample',
  'reconstruct',
  'interpolate',
  'manifold',
  'data',
  'convert',
  'doctor',
]

describe('help', () => {
  it.each(COMMANDS)('of %s has an example, --json and --verbose', async (command) => {
    const { exitCode, stdout, stderr } = await run([command, '--help'])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toMatch(new RegExp(`\\$ ${calledAs()} ${command}[ \n]`))
    expect(stdout).toContain('--json')
    expect(stdout).toContain('--verbose')
  })

  it('of the program lists every command', async () => {
    const { exitCode, stdout } = await run(['--help'])
    expect(exitCode).toBe(0)
    for (const command of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'))
  })

  it.each([40, 80, 120])('fits %i columns, each word of it there', async (width) => {
    vi.stubEnv('COLUMNS', String(width))
    for (const command of ['', ...COMMANDS]) {
      const { stdout } = await run([...(command === '' ? [] : [command]), '--help'])
      const lines = stdout.split('\n')
      expect(Math.max(...lines.map(({ length }) => length)), command).toBeLessThanOrEqual(width)
      expect(stdout).toMatch(/^Usage: anyvae/)
    }
  })

  it('is what no command at all is answered with, on stderr', async () => {
    const { exitCode, stdout, stderr } = await run([])
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).toContain('Usage: anyvae')
  })
})

const WRONG: [argv: string, message: string | RegExp][] = [
  ['paint', /^anyvae: unknown command 'paint', expected one of train, export, /],
  ['paint --help', /^anyvae: unknown command 'paint', expected one of train, export, /],
  ['train --epoch 3', /unknown option '--epoch'.*expected one of --data, /],
  ['train --out r', '--data: missing, expected images to train on, such as --data glyphs'],
  ['train --data glyphs', '--out: missing, expected a new folder for the run'],
  ['train --arch vit', "--arch: unknown, got 'vit', expected mlp, conv, resnet"],
  [
    'train --latent 0',
    "--latent: no usable number, got '0', expected a whole number of at least 1",
  ],
  ['train --batch 0', "--batch: no usable number, got '0', expected a whole number of at least 1"],
  ['train --epochs 1.5', "--epochs: no usable number, got '1.5', expected a whole number"],
  ['train --hidden 4,,4', "--hidden: no usable number, got '', expected a whole number"],
  ['train --lr 0', "--lr: no usable number, got '0', expected a number above 0"],
  ['train --beta nan', "--beta: no usable number, got 'nan', expected a number of at least 0"],
  ['train --seed -1', "--seed: no usable number, got '-1', expected a whole number of at least 0"],
  ['train --schedule stairs', "--schedule: unknown, got 'stairs', expected cosine, linear, step"],
  ['train --schedule step,each=3', "--schedule: unknown setting, got 'each=3', expected warmup"],
  ['train --kl-warmup 3days', "--kl-warmup: no length, got '3days', expected epochs as 3 or steps"],
  ['trian', /^anyvae: unknown command 'trian' \(did you mean train\?\), expected one of/],
  ['train --arch con', /^anyvae: --arch: unknown, got 'con' \(did you mean conv\?\), expected mlp/],
  ['train --schedule cosin', /got 'cosin' \(did you mean cosine\?\), expected cosine, linear/],
  ['train --engine torch', "--engine: unknown, got 'torch', expected onnx, tfjs"],
  ['train --backend webgl', "--backend: unknown, got 'webgl', expected cpu, wasm, node, node-gpu"],
  ['train --provider tpu', "--provider: unknown, got 'tpu', expected cpu, cuda, webgpu"],
  ['train --size 28', "--size: no size, got '28', expected height x width, such as 28x28"],
  ['train --out a --resume b', '--out: another folder than --resume, got a, expected b'],
  ['export r', "required option '--out <folder>' not specified"],
  ['verify', "missing required argument 'bundle'"],
  ['verify b c', /too many arguments.*Expected 1 argument but got 2/],
  ['sample b --session [1]', "--session: no JSON object, got '[1]', expected session options"],
  ['train --session {', "--session: no JSON object, got '{', expected session options"],
  ['verify b --provider tpu', "--provider: unknown, got 'tpu', expected cpu, cuda, webgpu"],
  ['eval b --data glyphs --split all', "--split: unknown, got 'all', expected test, train"],
  ['sample b --count 0', "--count: no usable number, got '0', expected a whole number 1 to 100000"],
  [
    'sample b --out s.jpg',
    "--out: no known kind of file, got 's.jpg', expected a name that ends in .png or .npy",
  ],
  ['interpolate b --from 1', "required option '--to <end>' not specified"],
  [
    'interpolate b --from 1 --to 2 --steps 1',
    "--steps: no usable number, got '1', expected a whole",
  ],
  ...['seed:x', 'seed:', 'seed:-1', '-1', '1.5'].map((end): [string, string] => [
    `interpolate b --from ${end} --to 2`,
    `--from: no end, got '${end}', expected an index from 0, seed:<n> with n from 0, or an image file`,
  ]),
  [
    'manifold b --size 3000',
    "--size: no usable number, got '3000', expected a whole number 2 to 200",
  ],
  ['sample b --count 10000000', "got '10000000', expected a whole number 1 to 100000"],
  ['sample b --count 20000', '--count: too many for a picture, got 20000, expected at most 10000'],
  [
    'export r --out b --opset 5',
    "--opset: no usable number, got '5', expected a whole number 13 to",
  ],
  ['manifold b --axes 3', "--axes: no two latents, got '3', expected two different ones"],
  ['manifold b --axes 1,1', "--axes: no two latents, got '1,1', expected two different ones"],
]

describe('wrong usage', () => {
  it.each(WRONG)('%s', async (line, message) => {
    const { exitCode, stdout, stderr } = await run(line.split(' '))
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).toMatch(/^anyvae: /)
    if (typeof message === 'string') expect(stderr).toContain(message)
    else expect(stderr).toMatch(message)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  })

  it('is one JSON object on stdout where --json is given', async () => {
    const { exitCode, stdout } = await run(['train', '--arch', 'vit', '--json'])
    expect(exitCode).toBe(2)
    const error = "--arch: unknown, got 'vit', expected mlp, conv, resnet"
    expect(JSON.parse(stdout)).toEqual({ error, exitCode: 2 })
  })

  it('shows the stack where --verbose is given', async () => {
    const { stderr } = await run(['train', '--arch', 'vit', '--verbose'])
    expect(stderr).toMatch(/CliError: --arch: unknown.*\n\s+at /)
  })
})

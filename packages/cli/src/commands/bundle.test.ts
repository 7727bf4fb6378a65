// Making a bundle of a run, checking it, measuring it and encoding with it.
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { encodePng, glyphs, imageGrid } from '@anyvae/images'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodeNpy } from '../npy.js'
import { calledAs } from '../shell.js'
import { run } from '../testing/command.js'
import { createFixture, DATA, json, type Fixture } from '../testing/fixture.js'

let fixture: Fixture
let base: string
let bundle: string
let runFolder: string
const at = (name: string) => fixture.at(name)
beforeAll(async () => {
  fixture = await createFixture()
  ;({ base, bundle, runFolder } = fixture)
})
afterAll(() => fixture.remove())

describe('export', () => {
  it('lists the files with their sizes, and the next commands', () => {
    const { exitCode, stdout, stderr } = fixture.exported
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toMatch(/^encoder\.onnx +\d+\.\d kB$/m)
    expect(stdout).toContain(`anyvae verify ${bundle}\n`)
  })

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
      `anyvae train --data glyphs:200 --arch mlp --latent 3 --hidden 32 --epochs 2 --batch 50 --seed 1 --out run`,
    )
  })
})

describe('verify', () => {
  it('has a line for each file', async () => {
    const { exitCode, stdout } = await run(['verify', bundle])
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^decoder\.onnx +float32 +.* image +\d\.\d\de-\d+ +0\.00001 +ok$/m)
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
    const figures = await json('eval', bundle, ...DATA, '--draws', '1')
    expect(figures).toMatchObject({ draws: 1 })
    expect(figures['standardDeviation']).toBeUndefined()
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

  it('gives mean and standard deviation of ten draws, each the evaluation of its own seed', async () => {
    const drawn = await json('eval', bundle, ...DATA)
    const each: number[] = []
    for (let seed = 0; seed < 10; seed++) {
      const one = await json('eval', bundle, ...DATA, '--draws', '1', '--seed', String(seed))
      each.push(Number(one['negativeElbo']))
    }
    const mean = each.reduce((sum, value) => sum + value, 0) / 10
    const squares = each.reduce((sum, value) => sum + (value - mean) ** 2, 0)
    expect(drawn).toMatchObject({ draws: 10, samples: 1, seed: 0 })
    expect(drawn['negativeElbo']).toBeCloseTo(mean, 9)
    expect(drawn['standardDeviation']).toBeCloseTo(Math.sqrt(squares / 9), 9)
    const { stdout } = await run(['eval', bundle, ...DATA])
    expect(stdout).toMatch(/^negative ELBO {3}\d+\.\d\d ± \d+\.\d\d nats per image/)
    expect(stdout).toMatch(
      /^samples +1 per image from the posterior, in 10 draws \(seeds 0 to 9\)$/m,
    )
  })

  it('refuses images of another shape', async () => {
    const path = at('colour.npy')
    await writeFile(path, encodeNpy(new Float32Array(4 * 3 * 28 * 28), [4, 3, 28, 28]))
    const { exitCode, stderr } = await run(['eval', bundle, '--data', path])
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/another shape, got 28x28 colour, expected 28x28 grey/)
  })
})

describe('a bundle that is none', () => {
  it.each(['verify', 'eval', 'encode', 'sample'])('%s says what it is instead', async (command) => {
    const flags = command === 'eval' || command === 'encode' ? DATA : []
    const run1 = await run([command, runFolder, ...flags])
    const next = `export it first: ${calledAs()} export ${runFolder} --out ${runFolder}-bundle`
    expect(run1.stderr).toBe(`anyvae: ${runFolder}: no bundle, got a run folder; ${next}\n`)
    const none = await run([command, at('nothing'), ...flags])
    expect([run1.exitCode, none.exitCode]).toEqual([1, 1])
    expect(none.stderr).toMatch(/nothing: no bundle, got no anyvae.json, expected it in a folder/)
    expect(none.stderr.trimEnd().split('\n')).toHaveLength(1)
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

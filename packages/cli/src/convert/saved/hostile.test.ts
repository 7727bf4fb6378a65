// Files that a model.json must not reach, and sizes that it must not make room for.
import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run } from '../../testing/command.js'
import { quantisedGraph, saveModel } from '../../testing/saved-model.js'

let base: string
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'anyvae-hostile-'))
  await writeFile(join(base, 'secret.bin'), new Uint8Array(12).fill(7))
})
afterAll(() => rm(base, { recursive: true }))

/** y = x + w, whose twelve bytes of weights are in the files that are named. */
async function model(name: string, paths: readonly string[]): Promise<string> {
  const { folder, json } = await saveModel(join(base, name), quantisedGraph('AddV2', 12, [12]))
  const { weightSpecs } = quantisedGraph('AddV2', 12, [12])
  const weightsManifest = [{ paths, weights: weightSpecs }]
  await writeFile(join(folder, 'model.json'), JSON.stringify({ ...json, weightsManifest }))
  return folder
}

async function refused(folder: string): Promise<string> {
  const out = join(base, 'never', 'out.onnx')
  const { exitCode, stdout, stderr } = await run(['convert', folder, '--out', out])
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
  expect(stderr.trimEnd()).not.toContain('\n')
  expect(await readdir(base)).not.toContain('never')
  return stderr
}

describe('a weight file', () => {
  it.each([
    '../secret.bin',
    '../../etc/passwd',
    '/etc/passwd',
    './../secret.bin',
    'a/../../secret.bin',
    'a//b.bin',
    '..\\secret.bin',
    'C:\\secret.bin',
    'file:///etc/passwd',
    'https://example.com/w.bin',
    '\t../secret.bin',
    'w\u0000.bin',
    'w\u001b[2J.bin',
    'w\n.bin',
    '',
    '.',
  ])('of path %j is outside', async (path) => {
    const folder = await model(`path-${Buffer.from(path).toString('hex')}`, [path])
    const told = await refused(folder)
    expect(told).toMatch(/names a weight file outside its folder, got '/)
    // eslint-disable-next-line no-control-regex -- no such character may reach the terminal
    expect(told.trimEnd()).not.toMatch(/[\u0000-\u001f]/)
  })

  it('behind a link that leads out of the folder is outside, one within it is not', async () => {
    const folder = await model('link', ['out.bin'])
    await symlink(join(base, 'secret.bin'), join(folder, 'out.bin'))
    expect(await refused(folder)).toMatch(/outside its folder, got 'out\.bin'/)
    const inside = await model('inside', ['in.bin'])
    await writeFile(join(inside, 'w.bin'), new Uint8Array(12))
    await symlink(join(inside, 'w.bin'), join(inside, 'in.bin'))
    const out = join(base, 'inside.onnx')
    expect((await run(['convert', inside, '--out', out])).exitCode).toBe(0)
  })

  it('that is a folder, a pipe, missing, too long or too short is told', async () => {
    const folder = await model('kinds', ['w.bin'])
    const path = join(folder, 'w.bin')
    expect(await refused(folder)).toMatch(/w\.bin: weight file that .* names is missing/)
    await mkdir(path)
    // A folder has a size of its own, which may be larger than the weights.
    expect(await refused(folder)).toMatch(/w\.bin: (?:no regular file, got a folder|too long)/)
    await rm(path, { recursive: true })
    execFileSync('mkfifo', [path])
    expect(await refused(folder)).toMatch(/w\.bin: no regular file, got a device or pipe/)
    await rm(path)
    await writeFile(path, new Uint8Array(13))
    expect(await refused(folder)).toMatch(/w\.bin: too long, got 13 bytes, expected 12/)
    await writeFile(path, new Uint8Array(11))
    expect(await refused(folder)).toMatch(/w\.bin: truncated, got 11 bytes, expected 12/)
  })
})

describe('a model.json', () => {
  it('that is a pipe is refused before it is read', async () => {
    const folder = join(base, 'pipe')
    await mkdir(folder)
    execFileSync('mkfifo', [join(folder, 'model.json')])
    expect(await refused(folder)).toMatch(/model\.json: no regular file, got a device or pipe/)
  })

  it.each([
    [
      'units',
      { units: 2e9 },
      /more weights than the weight files, got one of shape \[3, 2000000000\]/,
    ],
    ['an input', { batch_input_shape: [null, 4e9] }, /more weights than the weight files/],
  ])('with %s beyond its weights makes no room for them', async (name, settings, message) => {
    const config = {
      name: 'd',
      batch_input_shape: [null, 3],
      units: 2,
      use_bias: false,
      ...settings,
    }
    const folder = join(base, `large ${name}`)
    await mkdir(folder)
    await writeFile(join(folder, 'w.bin'), new Uint8Array(24))
    const kernel = { class_name: 'Zeros', config: {} }
    const layer = { class_name: 'Dense', config: { ...config, kernel_initializer: kernel } }
    const json = {
      format: 'layers-model',
      modelTopology: { class_name: 'Sequential', config: { name: 's', layers: [layer] } },
      weightsManifest: [
        { paths: ['w.bin'], weights: [{ name: 'd/kernel', shape: [3, 2], dtype: 'float32' }] },
      ],
    }
    await writeFile(join(folder, 'model.json'), JSON.stringify(json))
    expect(await refused(folder)).toMatch(message)
  })

  it('with an input too large to be tried is told so', async () => {
    const artifacts = quantisedGraph('AddV2', 12, [1])
    const text = JSON.stringify(artifacts.modelTopology).replace('"12"', '"4000000000"')
    const { folder, json } = await saveModel(join(base, 'wide'), artifacts)
    await writeFile(
      join(folder, 'model.json'),
      JSON.stringify({ ...json, modelTopology: JSON.parse(text) as object }),
    )
    expect(await refused(folder)).toMatch(/x: too large to be tried, got \[2, 4000000000\]/)
  })
})

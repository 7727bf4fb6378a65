// Saved models on disk become ONNX files, and what is damaged is refused.
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { decodeModel } from '@anyvae/onnx'
import { nodeBackend } from '@anyvae/runtime-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run } from '../testing/command.js'
import { quantisedGraph, type Saved, saveLayersModel, saveModel } from '../testing/saved-model.js'

let base: string
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'anyvae-convert-'))
  await tf.setBackend('cpu')
})
afterAll(() => rm(base, { recursive: true }))

const save = (name: string, artifacts: tf.io.ModelArtifacts) =>
  saveModel(join(base, name), artifacts)
const saveLayers = (name: string, model: tfl.LayersModel) =>
  saveLayersModel(join(base, name), model)

function filter(): tfl.LayersModel {
  const model = tfl.sequential({ name: 'filter' })
  const conv = { filters: 2, kernelSize: 3, strides: 2, padding: 'same', name: 'conv' } as const
  model.add(tfl.layers.conv2d({ ...conv, inputShape: [8, 8, 1], activation: 'relu' }))
  model.add(tfl.layers.batchNormalization({ name: 'norm' }))
  return model
}

function classifier(): tfl.LayersModel {
  const model = tfl.sequential({ name: 'text' })
  model.add(tfl.layers.embedding({ inputDim: 9, outputDim: 3, inputLength: 4, name: 'words' }))
  const recurrentInitializer = 'zeros'
  model.add(tfl.layers.gru({ units: 3, name: 'gru', recurrentInitializer }))
  return model
}

/** y = x + w */
const quantised = quantisedGraph('AddV2', 12, [12])

const convert = (...argv: string[]) => run(['convert', ...argv])

describe('convert', () => {
  it('writes a layers model, says what it is and how far its values are off', async () => {
    const { folder } = await saveLayers('filter', filter())
    const out = join(base, 'made', 'filter.onnx')
    const { exitCode, stdout, stderr } = await convert(join(folder, 'model.json'), '--out', out)
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toMatch(/^wrote .*filter\.onnx: .*, opset 17, fp32, from a layers-model$/m)
    expect(stdout).toMatch(/^input {7}conv_input float32\[batch, 8, 8, 1\]$/m)
    expect(stdout).toMatch(/^output {6}norm float32\[batch, 4, 4, 2\]$/m)
    expect(stdout).toMatch(/^nodes {7}\d+ traced, \d+ nodes written$/m)
    expect(stdout).toMatch(/^difference {2}\S+ at most from TensorFlow\.js/m)
    expect(await readdir(join(base, 'made'))).toEqual(['filter.onnx'])
  })

  it('prints one JSON object, and takes opset, precision and open sizes', async () => {
    const folder = join(base, 'filter')
    const out = join(base, 'open.onnx')
    const flags = ['--opset', '20', '--precision', 'fp16', '--symbolic', 'height:2,width:2']
    const { exitCode, stdout, stderr } = await convert(folder, '--out', out, '--json', ...flags)
    expect(stderr).toBe('')
    expect(exitCode).toBe(0)
    const result = JSON.parse(stdout) as Record<string, unknown>
    expect(result).toMatchObject({ format: 'layers-model', opset: 20, precision: 'fp16', out })
    expect(result['difference']).toBeLessThan(5e-2)
    const model = decodeModel(new Uint8Array(await readFile(out)))
    expect(model.irVersion).toBe(9)
    expect(model.graph.inputs[0]?.dims).toEqual(['batch', 'height', 'width', 1])
  })

  it('takes text models, and shapes of inputs', async () => {
    const { folder } = await saveLayers('text', classifier())
    const out = join(base, 'text.onnx')
    const { exitCode, stdout, stderr } = await convert(
      folder,
      '--out',
      out,
      '--input',
      'words_input=3,4',
    )
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toMatch(/^input {7}words_input float32\[3, 4\]$/m)
  })

  it('reads weights from a last file that is longer than the first', async () => {
    const model = tfl.sequential({ name: 'long' })
    model.add(tfl.layers.dense({ units: 2, inputShape: [3], name: 'first', useBias: false }))
    model.add(tfl.layers.dense({ units: 3, name: 'second' }))
    model.setWeights([tf.ones([3, 2]), tf.fill([2, 3], 2), tf.fill([3], 3)])
    const { folder } = await saveLayers('long', model)
    const out = join(base, 'long.onnx')
    expect((await convert(folder, '--out', out)).exitCode).toBe(0)
    const { graph } = decodeModel(new Uint8Array(await readFile(out)))
    const bias = graph.initializers.find(({ name }) => name === 'second_bias')
    expect([...new Float32Array((bias?.bytes ?? new Uint8Array()).slice().buffer)]).toEqual([
      3, 3, 3,
    ])
  })

  it('names the layer that TensorFlow.js itself computes otherwise', async () => {
    const model = tfl.sequential({ name: 'swapped' })
    const norm = tfl.layers.batchNormalization({ axis: 1, inputShape: [2, 3, 3], name: 'norm' })
    model.add(norm)
    const moments = [
      [1, 2],
      [0, 1],
      [5, -5],
      [1, 4],
    ].map((each) => tf.tensor1d(each))
    norm.setWeights(moments)
    const { folder } = await saveLayers('swapped', model)
    const out = join(base, 'swapped.onnx')
    const { exitCode, stderr } = await convert(folder, '--out', out)
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(
      /gives other values.*; norm normalises along axis 1, where .* the last axis.*--no-verify/,
    )
    expect(stderr.trimEnd()).not.toContain('\n')
    expect((await convert(folder, '--out', out, '--no-verify')).exitCode).toBe(0)
    const session = await nodeBackend.createSession(new Uint8Array(await readFile(out)))
    const data = new Float32Array(18)
    const { norm: got } = await session.run({
      norm_input: { type: 'float32', dims: [1, 2, 3, 3], data },
    })
    await session.release()
    // offset - mean * scale / sqrt(variance + 0.001), by channel.
    const wanted = [-5 / Math.sqrt(1.001), 1 + 10 / Math.sqrt(4.001)]
    const values = Array.from(got?.data ?? [], Number)
    expect(values).toHaveLength(18)
    values.forEach((value, i) => expect(value).toBeCloseTo(wanted[i < 9 ? 0 : 1] ?? 0, 4))
  })

  it('decodes quantised weights of graph models', async () => {
    const { folder } = await save('quantised', quantised)
    const out = join(base, 'quantised.onnx')
    const { exitCode, stdout } = await convert(folder, '--out', out)
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^difference {2}0/m)
    const { graph } = decodeModel(new Uint8Array(await readFile(out)))
    const weights = graph.initializers.find(({ name }) => name === 'w')
    expect([...new Float32Array((weights?.bytes ?? new Uint8Array()).slice().buffer)]).toEqual(
      Array.from({ length: 12 }, (_, i) => i / 2 - 1),
    )
  })
})

it('reads JSON behind a byte order mark', async () => {
  const { folder, json } = await save('marked', quantised)
  await writeFile(join(folder, 'model.json'), `\uFEFF${JSON.stringify(json)}`)
  const { exitCode } = await convert(folder, '--out', join(base, 'marked.onnx'))
  expect(exitCode).toBe(0)
})

it.each(['https://example.com/model.json', 'file:///model.json'])('refuses %s', async (url) => {
  const { exitCode, stderr } = await convert(url, '--out', join(base, 'url.onnx'))
  expect(exitCode).toBe(1)
  expect(stderr).toMatch(/URLs are not read, expected a file; download/)
})

describe('convert refuses, in one line and leaving nothing,', () => {
  const broken: [string, (saved: Saved) => Promise<unknown>, RegExp][] = [
    [
      'a truncated weight file',
      ({ folder }) => writeFile(join(folder, 'group1-shard2of2.bin'), new Uint8Array(1)),
      /shard2of2\.bin: truncated, got 9 bytes, expected 12 for 1 weights/,
    ],
    [
      'a missing weight file',
      ({ folder }) => rm(join(folder, 'group1-shard1of2.bin')),
      /group1-shard1of2\.bin: weight file that .* names is missing/,
    ],
    [
      'truncated JSON',
      ({ folder, json }) =>
        writeFile(join(folder, 'model.json'), JSON.stringify(json).slice(0, 40)),
      /model\.json: no saved model, got .*JSON/,
    ],
    [
      'JSON of something else',
      ({ folder }) => writeFile(join(folder, 'model.json'), '{"a":1}'),
      /no saved model, got JSON without modelTopology/,
    ],
    [
      'an unknown format',
      ({ folder, json }) =>
        writeFile(join(folder, 'model.json'), JSON.stringify({ ...json, format: 'keras' })),
      /unknown format, got keras, expected layers-model or graph-model/,
    ],
    [
      'the other format',
      ({ folder, json }) =>
        writeFile(join(folder, 'model.json'), JSON.stringify({ ...json, format: 'layers-model' })),
      /cannot be loaded, got "/,
    ],
    [
      'weight files elsewhere',
      ({ folder, json }) => {
        const weightsManifest = [{ paths: ['../x.bin'], weights: quantised.weightSpecs }]
        return writeFile(join(folder, 'model.json'), JSON.stringify({ ...json, weightsManifest }))
      },
      /names a weight file outside its folder, got '\.\.\/x\.bin'/,
    ],
    [
      'a model without weights',
      ({ folder, json }) =>
        writeFile(
          join(folder, 'model.json'),
          JSON.stringify({ ...json, weightsManifest: undefined }),
        ),
      /has no weights/,
    ],
    ['no model at all', ({ folder }) => rm(folder, { recursive: true }), /cannot be read/],
  ]
  it.each(broken)('%s', async (what, damage, message) => {
    const saved = await save(what.replace(/\W/g, '-'), quantised)
    await damage(saved)
    const out = join(base, 'never', 'model.onnx')
    const { exitCode, stdout, stderr } = await convert(saved.folder, '--out', out)
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(stderr).toMatch(message)
    expect(stderr.trimEnd()).not.toContain('\n')
    expect(await readdir(base)).not.toContain('never')
  })

  it.each([
    ['--symbolic', 'height:0', /--symbolic: no size, got 'height:0'/],
    ['--input', 'image', /--input: no shape, got 'image'/],
    ['--opset', '12', /--opset: no usable number, got '12'/],
    ['--precision', 'fp8', /--precision: unknown, got 'fp8'/],
  ])('%s %s', async (flag, value, message) => {
    const out = join(base, 'never.onnx')
    const { exitCode, stderr } = await convert('x', '--out', out, flag, value)
    expect(exitCode).toBe(2)
    expect(stderr).toMatch(message)
  })

  it('open sizes with strides that pad by the size', async () => {
    const out = join(base, 'never.onnx')
    const { exitCode, stderr } = await convert(
      join(base, 'filter'),
      '--out',
      out,
      '--symbolic',
      'height',
    )
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/attribute pads of node conv_Conv differs .*multiples/)
  })
})

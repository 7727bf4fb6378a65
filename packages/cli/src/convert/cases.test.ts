// Saved models that were once converted wrongly or refused without advice, with the right values.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { nodeBackend } from '@anyvae/runtime-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run } from '../testing/command.js'
import { saveLayersModel, saveModel } from '../testing/saved-model.js'

let base: string
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'anyvae-cases-'))
  await tf.setBackend('cpu')
})
afterAll(() => rm(base, { recursive: true }))

async function convert(name: string, ...flags: string[]) {
  const out = join(base, `${name}.onnx`)
  return { out, ...(await run(['convert', join(base, name), '--out', out, ...flags])) }
}

async function valuesOf(path: string, x: tf.Tensor, input: string) {
  const session = await nodeBackend.createSession(new Uint8Array(await readFile(path)))
  const data = x.dataSync<'float32'>()
  const results = await session.run({ [input]: { type: 'float32', dims: x.shape, data } })
  await session.release()
  return Object.fromEntries(
    Object.entries(results).map(([name, { data }]) => [name, Array.from(data, Number)] as const),
  )
}

describe('convert', () => {
  it('writes a model that lists one output twice', async () => {
    const x = tfl.input({ shape: [3], name: 'x' })
    const y = tfl.layers.dense({ units: 2, name: 'y' }).apply(x) as tfl.SymbolicTensor
    const model = tfl.model({ inputs: x, outputs: [y, y], name: 'twice' })
    await saveLayersModel(join(base, 'twice'), model)
    const { out, exitCode, stderr } = await convert('twice')
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    const one = tf.tensor2d([[1, -2, 0.5]])
    const [weights, bias] = model.getWeights()
    const wanted = Array.from(tf.add(tf.matMul(one, weights ?? one), bias ?? 0).dataSync())
    const got = await valuesOf(out, one, 'x')
    expect(Object.keys(got)).toEqual(['y', 'y_1'])
    for (const values of Object.values(got)) {
      values.forEach((value, i) => expect(value).toBeCloseTo(wanted[i] ?? NaN, 5))
    }
  })

  it('hints at the shape to give where an output shape fixes the batch', async () => {
    await saveModel(join(base, 'tconv'), transposedConvolution())
    const { exitCode, stderr } = await convert('tconv')
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/Conv2DBackpropInput: .*batch at 2, .*fix it: --input x=2,4,5,3$/m)
    const fixed = await convert('tconv', '--input', 'x=2,4,5,3')
    expect(fixed.exitCode).toBe(0)
    expect(fixed.stdout).toMatch(/^output {6}y float32\[2, 8, 10, 2\]$/m)
  })

  it.each([3001, 4000])('picks the saved rows of %i words in half precision', async (words) => {
    const model = tfl.sequential({ name: 'words' })
    const layer = { inputDim: words, outputDim: 4, inputLength: 5, name: 'words' }
    model.add(tfl.layers.embedding(layer))
    // Each row begins with two numbers that float16 has, which tell it from the others.
    const rows = Array.from({ length: words }, (_, i) => [Math.floor(i / 64), i % 64, 0, -1])
    model.setWeights([tf.tensor2d(rows)])
    await saveLayersModel(join(base, `words-${words}`), model)
    const { out, exitCode, stderr } = await convert(`words-${words}`, '--precision', 'fp16')
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    const ids = [2049, 2051, 2999, words - 1, 1]
    const got = await valuesOf(out, tf.tensor2d([ids]), 'words_input')
    expect(got['words']).toEqual(ids.flatMap((id) => rows[id]))
  })
})

/** A graph model of a transposed convolution whose output shape says that the batch is 2. */
function transposedConvolution(): tf.io.ModelArtifacts {
  const float = { type: 'DT_FLOAT' }
  const dim = [-1, 4, 5, 3].map((size) => ({ size: String(size) }))
  const filter = Float32Array.from({ length: 54 }, (_, i) => Math.sin(i))
  const shape = Int32Array.of(2, 8, 10, 2)
  const weightData = new Uint8Array(filter.byteLength + shape.byteLength)
  weightData.set(new Uint8Array(filter.buffer))
  weightData.set(new Uint8Array(shape.buffer), filter.byteLength)
  return {
    format: 'graph-model',
    modelTopology: {
      node: [
        { name: 'x', op: 'Placeholder', attr: { dtype: float, shape: { shape: { dim } } } },
        { name: 'k', op: 'Const', attr: { dtype: float } },
        { name: 'shape', op: 'Const', attr: { dtype: { type: 'DT_INT32' } } },
        {
          name: 'y',
          op: 'Conv2DBackpropInput',
          input: ['shape', 'k', 'x'],
          attr: {
            strides: { list: { i: ['1', '2', '2', '1'] } },
            padding: { s: Buffer.from('SAME').toString('base64') },
            data_format: { s: Buffer.from('NHWC').toString('base64') },
          },
        },
      ],
      versions: { producer: 1395 },
    },
    weightSpecs: [
      { name: 'k', shape: [3, 3, 2, 3], dtype: 'float32' },
      { name: 'shape', shape: [4], dtype: 'int32' },
    ],
    weightData: weightData.buffer,
  }
}

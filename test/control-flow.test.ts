// Graph models with loops, branches and lists, made with TensorFlow, compute the same in ONNX Runtime.
import { readFile } from 'node:fs/promises'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { beforeAll, describe, expect, it } from 'vitest'
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { loadGraphModel } from '@tensorflow/tfjs-converter'
import { exportOnnx } from '@anyvae/exporter'
import { checkModel } from '@anyvae/onnx'
import { readdirSync } from 'node:fs'

const folder = new URL('control-flow/models/', import.meta.url)
const names = readdirSync(folder).filter(n=>!process.env['ONLY']||process.env['ONLY'].split(',').includes(n))

beforeAll(async () => {
  await tf.setBackend('cpu')
})

interface Stored { dtype: 'float32'|'int32'|'bool'; shape: number[]; values: number[] }

async function load(name: string) {
  const text = await readFile(new URL(`${name}/model.json`, folder), 'utf8')
  const json = JSON.parse(text)
  const bytes = await readFile(new URL(`${name}/weights.bin`, folder))
  return loadGraphModel(
    tf.io.fromMemory({
      format: 'graph-model',
      modelTopology: json.modelTopology,
      weightSpecs: json.weightsManifest[0].weights,
      weightData: new Uint8Array(bytes).buffer,
      signature: json.signature,
    }),
  )
}

const feedOf = ({ dtype, shape, values }: Stored) =>
  dtype === 'float32'
    ? new Tensor('float32', Float32Array.from(values), shape)
    : dtype === 'int32'
      ? new Tensor('int32', Int32Array.from(values), shape)
      : new Tensor('bool', Uint8Array.from(values), shape)

describe('graph models with control flow', () => {
  it.each(names)('%s', async (name) => {
    const cases = JSON.parse(await readFile(new URL(`${name}/cases.json`, folder), 'utf8'))
    for (const options of [{ optimize: false }, {}, { precision: 'float16' as const }]) {
      const model = await load(name)
      const exported = await exportOnnx(model, {}, options)
      checkModel(exported.model)
      const session = await InferenceSession.create(exported.bytes)
      for (const each of cases) {
        const feeds = Object.fromEntries(
          exported.inputs.map((input, i) => [input.name, feedOf(each.inputs[i])]),
        )
        const got = await session.run(feeds)
        for (const [i, output] of exported.outputs.entries()) {
          const wanted = each.outputs[model.outputNodes[i] ?? '']
          expect([output.name, got[output.name]?.dims]).toEqual([output.name, wanted.shape])
          const values = Array.from(got[output.name]?.data ?? [], Number)
          const near = options.precision ? 1e-2 : 1e-5
          values.forEach((v, j) => expect(Math.abs(v-wanted.values[j])/Math.max(1,Math.abs(wanted.values[j]))).toBeLessThan(near))
        }
      }
      await session.release()
    }
  })
})

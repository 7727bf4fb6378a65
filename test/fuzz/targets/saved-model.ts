// Saved TensorFlow.js models, as the convert command reads them.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs-core'
import { CliError } from 'anyvae'
import { mutateSavedModel, packModel, unpackModel } from '../mutators/saved-model.js'
import { jsonBytes, textOf, type Target } from '../target.js'
import { runCommand } from './command.js'

const WEIGHTS = 'group1-shard1of1.bin'

function packed({
  format,
  modelTopology,
  weightSpecs,
  weightData,
}: tf.io.ModelArtifacts): Uint8Array {
  const weightsManifest = [{ paths: [WEIGHTS], weights: weightSpecs }]
  const json = textOf(jsonBytes({ format, modelTopology, weightsManifest }))
  return packModel(json, new Uint8Array(weightData as ArrayBuffer))
}

async function layersModel(): Promise<Uint8Array> {
  await import('@tensorflow/tfjs-backend-cpu')
  const tfl = await import('@tensorflow/tfjs-layers')
  await tf.setBackend('cpu')
  const layers = [
    tfl.layers.conv2d({ inputShape: [4, 4, 1], filters: 2, kernelSize: 3, activation: 'relu' }),
    tfl.layers.flatten(),
    tfl.layers.dense({ units: 2, activation: 'softmax' }),
  ]
  let artifacts: tf.io.ModelArtifacts = {}
  const handler = tf.io.withSaveHandler((given) => {
    artifacts = given
    const modelArtifactsInfo = { dateSaved: new Date(0), modelTopologyType: 'JSON' } as const
    return Promise.resolve({ modelArtifactsInfo })
  })
  await tfl.sequential({ layers }).save(handler)
  return packed(artifacts)
}

/** y = relu(x w + b), with w in eight bits. */
function graphModel(): Uint8Array {
  const float = { type: 'DT_FLOAT' }
  const shape = { shape: { dim: [{ size: '-1' }, { size: '3' }] } }
  const quantization = { dtype: 'uint8', scale: 0.5, min: -1 } as const
  return packed({
    format: 'graph-model',
    modelTopology: {
      node: [
        { name: 'x', op: 'Placeholder', attr: { dtype: float, shape } },
        { name: 'w', op: 'Const', attr: { dtype: float } },
        { name: 'b', op: 'Const', attr: { dtype: float } },
        { name: 'm', op: 'MatMul', input: ['x', 'w'], attr: { T: float } },
        { name: 's', op: 'AddV2', input: ['m', 'b'], attr: { T: float } },
        { name: 'y', op: 'Relu', input: ['s'], attr: { T: float } },
      ],
      versions: { producer: 1395 },
    },
    weightSpecs: [
      { name: 'w', shape: [3, 2], dtype: 'float32', quantization },
      { name: 'b', shape: [2], dtype: 'float32' },
    ],
    weightData: Uint8Array.from({ length: 14 }, (_, i) => i).buffer,
  })
}

/** A model in a folder: converted, or refused in the command's own words. */
export const savedModel: Target = {
  seeds: async () => [await layersModel(), graphModel()],
  mutate: mutateSavedModel,
  errors: [CliError],
  async parse(input, { folder }) {
    const model = unpackModel(input)
    if (model === undefined) throw new CliError('fuzz: no packed model, got other bytes')
    const saved = join(folder, 'model')
    mkdirSync(saved, { recursive: true })
    writeFileSync(join(saved, 'model.json'), model.json)
    writeFileSync(join(saved, WEIGHTS), model.weights)
    // Comparing values takes most of the time, and is a matter of every eighth input.
    const verify = input.length % 8 === 0 ? [] : ['--no-verify']
    await runCommand(['convert', saved, '--out', join(folder, 'model.onnx'), ...verify])
  },
}

// Saved TensorFlow.js models for tests: what TensorFlow.js writes, without TensorFlow.js's own files.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs-core'
import type * as tfl from '@tensorflow/tfjs-layers'

/** A model on disk, and what its files hold. */
export interface Saved {
  readonly folder: string
  readonly json: Record<string, unknown>
  readonly data: Uint8Array
}

/** Saves what tf.io gives, in two weight files, as TensorFlow.js does it. */
export async function saveModel(folder: string, artifacts: tf.io.ModelArtifacts): Promise<Saved> {
  await mkdir(folder)
  const { weightData, weightSpecs, modelTopology, format, signature } = artifacts
  const data = new Uint8Array(weightData as ArrayBuffer)
  const paths = ['group1-shard1of2.bin', 'group1-shard2of2.bin']
  await writeFile(join(folder, paths[0] ?? ''), data.subarray(0, 8))
  await writeFile(join(folder, paths[1] ?? ''), data.subarray(8))
  const weightsManifest = [{ paths, weights: weightSpecs }]
  const json = { format, modelTopology, weightsManifest, ...(signature && { signature }) }
  await writeFile(join(folder, 'model.json'), JSON.stringify(json))
  return { folder, json, data }
}

export async function saveLayersModel(folder: string, model: tfl.LayersModel): Promise<Saved> {
  let artifacts: tf.io.ModelArtifacts = {}
  const handler = tf.io.withSaveHandler(async (given) => {
    artifacts = given
    return Promise.resolve({
      modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' },
    })
  })
  await model.save(handler)
  return saveModel(folder, artifacts)
}

/** y = x op w as a graph model, where x is [batch, size] and w is saved in eight bits. */
export function quantisedGraph(
  op: string,
  size: number,
  weightShape: number[],
): tf.io.ModelArtifacts {
  const float = { type: 'DT_FLOAT' }
  const shape = { shape: { dim: [{ size: '-1' }, { size: String(size) }] } }
  const count = tf.util.sizeFromShape(weightShape)
  return {
    format: 'graph-model',
    modelTopology: {
      node: [
        { name: 'x', op: 'Placeholder', attr: { dtype: float, shape } },
        { name: 'w', op: 'Const', attr: { dtype: float } },
        { name: 'y', op, input: ['x', 'w'], attr: { T: float } },
      ],
      versions: { producer: 1395 },
    },
    weightSpecs: [
      {
        name: 'w',
        shape: weightShape,
        dtype: 'float32',
        quantization: { dtype: 'uint8', scale: 0.5, min: -1 },
      },
    ],
    weightData: Uint8Array.from({ length: count }, (_, i) => i).buffer,
  }
}

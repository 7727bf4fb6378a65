// The graph models in `models`: loaded as users do, with the inputs and outputs that TensorFlow recorded.
import { readFile } from 'node:fs/promises'
import * as tf from '@tensorflow/tfjs-core'
import { type GraphModel, loadGraphModel } from '@tensorflow/tfjs-converter'
import type { TensorValue } from '@anyvae/runtime'

export const modelsFolder = new URL('models/', import.meta.url)

/** A tensor as `make.py` writes it. */
interface Stored {
  readonly dtype: 'float32' | 'int32' | 'bool'
  readonly shape: readonly number[]
  readonly values: readonly number[]
}

/** Inputs in the model's order, and TensorFlow's outputs by name. */
export interface RecordedCase {
  readonly inputs: readonly Stored[]
  readonly outputs: Readonly<Record<string, Stored>>
}

/** A model of the folder, and its cases. */
export async function savedModel(name: string) {
  const [json, cases] = await Promise.all([
    parsed<tf.io.ModelJSON>(`${name}/model.json`),
    parsed<readonly RecordedCase[]>(`${name}/cases.json`),
  ])
  const bytes = await readFile(new URL(`${name}/weights.bin`, modelsFolder))
  const model: GraphModel = await loadGraphModel(
    tf.io.fromMemory({
      modelTopology: json.modelTopology,
      weightSpecs: json.weightsManifest.flatMap(({ weights }) => weights),
      weightData: new Uint8Array(bytes).buffer,
      ...(json.signature ? { signature: json.signature } : {}),
    }),
  )
  return { model, cases }
}

async function parsed<T>(path: string): Promise<T> {
  return JSON.parse(await readFile(new URL(path, modelsFolder), 'utf8')) as T
}

/** What ONNX Runtime takes. */
export function valueOf({ dtype, shape, values }: Stored): TensorValue {
  const dims = [...shape]
  if (dtype === 'float32') return { type: dtype, dims, data: Float32Array.from(values) }
  if (dtype === 'int32') return { type: dtype, dims, data: Int32Array.from(values) }
  return { type: 'bool', dims, data: Uint8Array.from(values) }
}

/** What TensorFlow.js takes. */
export function tensorOf({ dtype, shape, values }: Stored): tf.Tensor {
  return tf.tensor([...values], [...shape], dtype)
}

/** The largest difference, relative to the largest value there is, at least 1. */
export function distance(got: ArrayLike<number | bigint>, wanted: readonly number[]): number {
  const largest = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 1)
  return wanted.reduce((most, value, i) => {
    const far = Math.abs(Number(got[i] ?? Number.NaN) - value) / largest
    return Math.max(most, Number.isNaN(far) ? Infinity : far)
  }, 0)
}

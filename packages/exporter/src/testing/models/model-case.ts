// Whole models as test data: how one is built, exported, and what TensorFlow.js computes with it.
import * as tf from '@tensorflow/tfjs-core'
import type * as tfl from '@tensorflow/tfjs-layers'
import { type Initializer, tensorOf } from '@anyvae/onnx'
import { exportOnnx } from '../../export.js'
import type { ExportOptions } from '../../export-options.js'
import type { ExportedModel } from '../../write.js'
import type { GraphModelLike } from '../../models/graph-model.js'
import type { Tensors } from '../../record.js'
import type { LayersModelLike } from '../../models/layers-model.js'
import type { InputLike } from '../../models/traceable.js'

/** A model to export, and tensors to run it with. */
export interface ModelCase {
  readonly name: string
  build(): Promise<BuiltModel> | BuiltModel
  readonly inputs?: Readonly<Record<string, InputLike>>
  readonly options?: ExportOptions
  /** What to run it with, each in the order of the model's inputs. */
  samples(): tf.Tensor[][]
}

export interface BuiltModel {
  readonly model: LayersModelLike | GraphModelLike | ((inputs: Tensors) => Tensors)
  readonly predict: (inputs: tf.Tensor[]) => tf.Tensor[]
}

/** An exported model with what goes in and what has to come out. */
export interface ModelData {
  readonly exported: ExportedModel
  readonly sets: readonly {
    readonly inputs: readonly Initializer[]
    readonly outputs: readonly Initializer[]
  }[]
}

/** Exports a case, and computes its outputs in TensorFlow.js on the backend that is set. */
export async function modelData(modelCase: ModelCase): Promise<ModelData> {
  const { model, predict } = await modelCase.build()
  const { inputs = {}, options } = modelCase
  const exported = await (typeof model === 'function'
    ? exportOnnx(model, inputs, { name: modelCase.name, ...options })
    : exportOnnx(model, modelCase.inputs, options))
  const sets = modelCase.samples().map((tensors) => ({
    inputs: initializers(exported.inputs, tensors),
    outputs: initializers(exported.outputs, predict(tensors)),
  }))
  return { exported, sets }
}

function initializers(
  names: readonly { readonly name: string }[],
  tensors: readonly tf.Tensor[],
): Initializer[] {
  return names.flatMap(({ name }, i) => {
    const tensor = tensors[i]
    if (tensor === undefined || tensor.dtype === 'string' || tensor.dtype === 'complex64') {
      return []
    }
    return [{ name, ...tensorOf(tensor.dtype, tensor.shape, tensor.dataSync()) }]
  })
}

/** A layers model with weights that are the same at every run. */
export function builtLayers(model: tfl.LayersModel): BuiltModel {
  const weights = model.weights.map((weight, i) =>
    tf.tensor(
      valuesFor(weight.originalName, weight.shape as number[], i),
      weight.shape as number[],
    ),
  )
  model.setWeights(weights)
  return { model, predict: (inputs) => [model.predict(inputs)].flat() }
}

/** Weights of a usual size: what is a variance or a scale is about 1, the rest about the fan-in's root. */
export function valuesFor(name: string, shape: readonly number[], seed: number): Float32Array {
  const count = shape.reduce((product, size) => product * size, 1)
  const positive = /variance|gamma/.test(name)
  const fan = Math.max(1, count / (shape.at(-1) ?? 1))
  const scale = shape.length > 1 ? Math.sqrt(3 / fan) : 0.2
  const wave = waves(count, seed)
  return wave.map((value) => (positive ? 1 + value / 2 : value * scale))
}

/** Numbers from -1 to 1 without a visible pattern, the same at every run. */
export function waves(count: number, seed: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => {
    const value = Math.sin((i + 1) * 12.9898 + (seed + 1) * 78.233) * 43758.5453
    return 2 * (value - Math.floor(value)) - 1
  })
}

export function sample(shape: readonly number[], seed = 0): tf.Tensor {
  const count = shape.reduce((product, size) => product * size, 1)
  return tf.tensor(waves(count, seed + 100), [...shape])
}

/** Whole numbers from 0 to below a limit, such as words. */
export function words(shape: readonly number[], limit: number): tf.Tensor {
  const count = shape.reduce((product, size) => product * size, 1)
  const values = waves(count, 7).map((value) => Math.floor(((value + 1) / 2) * limit))
  return tf.tensor(values, [...shape])
}

// A saved model in memory, ready to be exported and to be run.
import * as tf from '@tensorflow/tfjs-core'
import { type GraphModelLike, type LayersModelLike, TraceError } from '@anyvae/exporter'
import { CliError } from '../error.js'
import { complaintOf, isStumble, type SavedModel } from './saved.js'

/** A model that can be exported, and what it computes. */
export interface LoadedModel {
  readonly model: LayersModelLike | GraphModelLike
  readonly predict: (inputs: tf.Tensor[]) => tf.Tensor[]
}

/** Loads a model with the code that its format needs. */
export async function loadedModel(path: string, saved: SavedModel): Promise<LoadedModel> {
  try {
    return await (saved.format === 'layers-model' ? layers(saved) : graph(saved))
  } catch (cause) {
    throw new CliError(
      `${path}: cannot be loaded, got ${complaintOf(cause)}, expected a model of TensorFlow.js's own layers and operations`,
      { cause },
    )
  }
}

/** Refuses a model that was loaded and cannot be traced. */
export function notConverted(path: string, cause: unknown): never {
  // What the exporter says is complete, unless it quotes an error of the language.
  const told = cause instanceof TraceError && !isStumble(cause)
  throw new CliError(
    told
      ? `${path}: ${inFlags(cause.message)}`
      : `${path}: cannot be converted, got ${complaintOf(cause)}, expected a model of TensorFlow.js's own layers and operations`,
    { cause },
  )
}

/** Shapes that inputs are to be given, as the command's flag takes them. */
function inFlags(message: string): string {
  return message.replace(/fix it: \{ (.*) \}/, (_, shapes: string) => {
    const flags = shapes.matchAll(/(\w+): \[([^\]]*)\]/g)
    const each = [...flags].map(
      ([, name, dims = '']) => `--input ${name}=${dims.replaceAll(' ', '')}`,
    )
    return `fix it: ${each.join(' ')}`
  })
}

async function layers({ artifacts }: SavedModel): Promise<LoadedModel> {
  const { loadLayersModel } = await import('@tensorflow/tfjs-layers')
  const model = await loadLayersModel(tf.io.fromMemory(artifacts))
  // Not predict, which insists on the sizes that the model was built with; and without options, as
  // predict calls it, since a record of them would hand states from one layer to the next.
  const target: LayersModelLike = model
  // Of an output that is listed twice TensorFlow.js gives the value in its first place alone.
  const first = model.outputs.map(({ name }, _, all) => all.findIndex((each) => each.name === name))
  const predict = (inputs: tf.Tensor[]) => {
    const results = [target.call(inputs)].flat()
    return first.flatMap((place) => results[place] ?? [])
  }
  return { model, predict }
}

async function graph({ artifacts }: SavedModel): Promise<LoadedModel> {
  const { loadGraphModel } = await import('@tensorflow/tfjs-converter')
  const model = await loadGraphModel(tf.io.fromMemory(artifacts))
  const predict = (inputs: tf.Tensor[]) => {
    const feeds = model.inputNodes.map((name, i) => [name, inputs[i]] as const)
    return [model.execute(Object.fromEntries(feeds) as tf.NamedTensorMap, model.outputNodes)].flat()
  }
  return { model, predict }
}

// A saved model in memory, ready to be exported and to be run.
import * as tf from '@tensorflow/tfjs-core'
import { type GraphModelLike, type LayersModelLike, TraceError } from '@anyvae/exporter'
import { CliError, messageOf } from '../error.js'
import type * as tfl from '@tensorflow/tfjs-layers'
import { missingLayers } from './custom-layers.js'
import { type Cut, cutGraph } from './cut/graph.js'
import { isKeras3, kerasTwoTopology } from './keras3/topology.js'
import { setWeights } from './keras3/weights.js'
import { complaintOf, isStumble } from './saved/complaint.js'
import type { SavedModel } from './saved/saved.js'
import { inFlags } from './wording.js'

/** A model that can be exported, and what it computes. */
export interface LoadedModel {
  readonly model: LayersModelLike | GraphModelLike
  /** The outputs, called by the model's own names, for inputs in the model's order. */
  readonly predict: (
    inputs: tf.Tensor[],
    outputs: readonly string[],
  ) => tf.Tensor[] | Promise<tf.Tensor[]>
}

/** Loads a model, or the part of it that is asked for, with the code that its format needs. */
export async function loadedModel(path: string, saved: SavedModel, cut: Cut): Promise<LoadedModel> {
  try {
    return await (saved.format === 'layers-model' ? layers(path, saved, cut) : graph(saved, cut))
  } catch (cause) {
    if (cause instanceof CliError) {
      const { message } = cause
      throw /^(?:modelTopology|weightsManifest)/.test(message)
        ? new CliError(`${path}: ${message}`, { cause })
        : cause
    }
    const isUnknown = /^Unknown \w+: /.test(messageOf(cause))
    throw new CliError(
      `${path}: cannot be loaded, got ${complaintOf(cause)}, expected a model of TensorFlow.js's own layers and operations${isUnknown ? ', or a module that has the others (--layers my-layers.mjs)' : ''}`,
      { cause },
    )
  }
}

/** Refuses layers that nobody has registered, all of them at once. */
function refuseMissing(path: string, { artifacts }: SavedModel): void {
  const missing = missingLayers(artifacts.modelTopology)
  if (missing.length === 0) return
  const shown = missing.slice(0, 6).map(({ kind, name }) => `${kind} (layer ${name})`)
  const more = missing.length > shown.length ? `, and ${missing.length - shown.length} more` : ''
  throw new CliError(
    `${path}: has layers that TensorFlow.js lacks, got ${shown.join(', ')}${more}, expected its own layers, or a module that has the others (--layers my-layers.mjs)`,
  )
}

/** Refuses a model that was loaded and cannot be traced. */
export function notConverted(path: string, cause: unknown): never {
  throw new CliError(
    isComplete(cause)
      ? `${path}: ${inFlags(messageOf(cause))}`
      : `${path}: cannot be converted, got ${complaintOf(cause)}, expected a model of TensorFlow.js's own layers and operations`,
    { cause },
  )
}

/** Whether an error says all by itself: what the exporter says does, unless it quotes an error of the language. */
function isComplete(error: unknown): boolean {
  if (!(error instanceof TraceError)) return false
  const quoted = error.cause instanceof Error && error.message.includes(error.cause.message)
  return !(quoted && isStumble(error)) && !/\bundefined\b|\[object /.test(error.message)
}

async function layers(path: string, saved: SavedModel, cut: Cut): Promise<LoadedModel> {
  const { cutLayers } = await import('./cut/layers.js')
  const whole = await wholeLayers(path, saved)
  const model = cutLayers(whole, cut)
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

/**
 * The model that layers make, from a file of Keras 2 (and so of TensorFlow.js) or of Keras 3. Not by
 * loadLayersModel: its own initializer would make room for whatever a file declares.
 */
async function wholeLayers(path: string, saved: SavedModel): Promise<tfl.LayersModel> {
  const { models } = await import('@tensorflow/tfjs-layers')
  const { modelTopology, weightSpecs = [], weightData = new ArrayBuffer(0) } = saved.artifacts
  const isKeras = isKeras3(modelTopology)
  if (!isKeras) refuseMissing(path, saved)
  const topology = isKeras ? kerasTwoTopology(path, modelTopology) : modelTopology
  const model = await models.modelFromJSON(topology as never)
  if (isKeras) {
    setWeights(model, weightSpecs, weightData)
    return model
  }
  const weights = tf.io.decodeWeights(weightData, weightSpecs)
  // An optimizer's state is saved beside the weights, and no part of the model.
  const own = weightSpecs.filter(({ group }) => group !== 'optimizer').map(({ name }) => name)
  model.loadWeights(
    Object.fromEntries(own.flatMap((name) => (weights[name] ? [[name, weights[name]]] : []))),
  )
  tf.dispose(weights)
  return model
}

async function graph({ artifacts }: SavedModel, cut: Cut): Promise<LoadedModel> {
  const { loadGraphModel } = await import('@tensorflow/tfjs-converter')
  const { modelTopology = {}, signature } = artifacts
  const parts = cutGraph({ modelTopology, ...(signature && { signature }) }, cut)
  const model = await loadGraphModel(tf.io.fromMemory({ ...artifacts, ...parts }))
  const predict = async (inputs: tf.Tensor[], outputs: readonly string[]) => {
    const feeds = model.inputNodes.map((name, i) => [name, inputs[i]] as const)
    const named = Object.fromEntries(feeds) as tf.NamedTensorMap
    try {
      return [model.execute(named, [...outputs])].flat()
    } catch (error) {
      // Control flow, and shapes that depend on values, run in no other way.
      if (!messageOf(error).includes('executeAsync')) throw error
      return [await model.executeAsync(named, [...outputs])].flat()
    }
  }
  return { model, predict }
}

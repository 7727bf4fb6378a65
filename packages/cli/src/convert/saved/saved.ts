// A saved TensorFlow.js model: model.json and the weight files beside it, checked and loaded.
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs-core'
import { CliError, messageOf } from '../../error.js'
import { oneLine } from './complaint.js'
import { plainInitializers } from './initializers.js'
import { fieldsOf, weightGroups } from './manifest.js'
import { readRegular } from './regular-file.js'
import { weightData } from './shards.js'
import { checkGraph, checkLayers } from './topology.js'

/** The two formats that TensorFlow.js saves models in. */
export type SavedFormat = 'layers-model' | 'graph-model'

/** What model.json holds, as far as it is looked at. */
interface ModelJson extends tf.io.ModelJSON {
  readonly format?: string
}

/** A model as tf.io has it in memory. */
export interface SavedModel {
  readonly format: SavedFormat
  readonly artifacts: tf.io.ModelArtifacts
}

/** Reads `model.json`, or that in a folder, with its weights. Every fault is one clear line. */
export async function readSavedModel(path: string): Promise<SavedModel> {
  const file = await modelFile(path)
  const json = await modelJson(file)
  const format = formatOf(file, json)
  const check = format === 'graph-model' ? checkGraph : checkLayers
  check(file, json.modelTopology)
  const weightsManifest = weightGroups(file, json.weightsManifest)
  const read = async (groups: tf.io.WeightsManifestConfig) =>
    [groups.flatMap(({ weights }) => weights), await weightData(file, groups)] as [
      tf.io.WeightsManifestEntry[],
      tf.io.WeightData,
    ]
  const artifacts = await tf.io.getModelArtifactsForJSON({ ...json, weightsManifest }, read)
  const numbers = weightsManifest.flatMap(({ weights }) =>
    weights.map(({ shape }) => tf.util.sizeFromShape(shape)),
  )
  const most = numbers.reduce((sum, count) => sum + count, 0)
  const topology =
    format === 'layers-model' ? plainInitializers(json.modelTopology, most) : undefined
  return { format, artifacts: { ...artifacts, ...(topology && { modelTopology: topology }) } }
}

const URL_SCHEME = /^[a-z][a-z\d+.-]+:\/\//i

async function modelFile(path: string): Promise<string> {
  if (URL_SCHEME.test(path)) {
    throw new CliError(
      `${path}: URLs are not read, expected a file; download model.json and its weight files into one folder`,
    )
  }
  const found = await stat(path).catch((cause: unknown) => {
    throw new CliError(`${path}: cannot be read, got ${messageOf(cause)}, expected a model.json`, {
      cause,
    })
  })
  return found.isDirectory() ? join(path, 'model.json') : path
}

/** The most bytes of a model.json: about what fits into one text. */
const MOST_JSON = 2 ** 28

async function modelJson(file: string): Promise<ModelJson> {
  try {
    const bytes = await readRegular(file, { expected: 'a model.json', most: MOST_JSON })
    const text = new TextDecoder().decode(bytes)
    // Some editors put a byte order mark before the text.
    const json: unknown = JSON.parse(text.replace(/^\uFEFF/, ''))
    const { modelTopology } = fieldsOf(json)
    if (typeof modelTopology === 'object' && modelTopology !== null) return json as ModelJson
  } catch (cause) {
    if (cause instanceof CliError) throw cause
    throw new CliError(
      `${file}: no saved model, got ${oneLine(cause)}, expected the whole model.json of TensorFlow.js`,
      { cause },
    )
  }
  throw new CliError(
    `${file}: no saved model, got JSON without modelTopology, expected the model.json of TensorFlow.js`,
  )
}

/** Old files have no format: a graph's topology has nodes, that of layers a configuration. */
function formatOf(file: string, { format, modelTopology }: ModelJson): SavedFormat {
  if (format === 'layers-model' || format === 'graph-model') return format
  if (format === undefined) {
    return 'node' in fieldsOf(modelTopology) ? 'graph-model' : 'layers-model'
  }
  throw new CliError(
    `${file}: unknown format, got ${typeof format === 'string' ? format : JSON.stringify(format)}, expected layers-model or graph-model`,
  )
}

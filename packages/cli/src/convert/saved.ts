// A saved TensorFlow.js model: model.json and the weight files beside it, checked and loaded.
import { readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import * as tf from '@tensorflow/tfjs-core'
import { CliError, messageOf } from '../error.js'
import { plainInitializers } from './initializers.js'
import { fieldsOf, groupBytes, weightGroups } from './manifest.js'
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
  const topology = format === 'layers-model' ? plainInitializers(json.modelTopology) : undefined
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

async function modelJson(file: string): Promise<ModelJson> {
  try {
    const text = await readFile(file, 'utf8')
    // Some editors put a byte order mark before the text.
    const json: unknown = JSON.parse(text.replace(/^\uFEFF/, ''))
    const { modelTopology } = fieldsOf(json)
    if (typeof modelTopology === 'object' && modelTopology !== null) return json as ModelJson
  } catch (cause) {
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

/** The weight files' contents, one after another; each group has the bytes that its weights need. */
async function weightData(
  file: string,
  groups: tf.io.WeightsManifestConfig,
): Promise<ArrayBuffer[]> {
  const data: ArrayBuffer[] = []
  for (const { paths, weights } of groups) {
    const parts: ArrayBuffer[] = []
    for (const path of paths) parts.push(await shard(file, path))
    const got = parts.reduce((sum, part) => sum + part.byteLength, 0)
    const expected = groupBytes(weights)
    if (expected !== undefined && got !== expected) {
      throw new CliError(
        `${paths.join(', ')}: ${got < expected ? 'truncated' : 'too long'}, got ${got} bytes, expected ${expected} for ${weights.length} weights`,
      )
    }
    data.push(...parts)
  }
  // TensorFlow.js takes all parts for as long as the first one unless one before the last differs,
  // and reads zeros beyond that where the last one is longer.
  return [...data, new ArrayBuffer(0)]
}

async function shard(file: string, path: string): Promise<ArrayBuffer> {
  const outside = path.split(/[\\/]/).some((part) => part === '..' || part === '')
  if (outside || path.includes(':')) {
    throw new CliError(`${file}: names a weight file outside its folder, got '${path}'`)
  }
  try {
    const bytes = await readFile(join(dirname(file), path))
    return Uint8Array.from(bytes).buffer
  } catch (cause) {
    throw new CliError(
      `${path}: weight file that ${file} names is missing, got ${oneLine(cause)}, expected it beside model.json`,
      { cause },
    )
  }
}

/** Messages of TensorFlow.js may run over lines, and hold whole configurations. */
function oneLine(thrown: unknown): string {
  const line = messageOf(thrown).replace(/\s+/g, ' ').trim()
  return line.length > 200 ? `${line.slice(0, 200)} …` : line
}

/**
 * What TensorFlow.js says of a model; where it stumbles over what is not there, as it does with many
 * a damaged file, that says nothing to whoever has the file.
 */
export function complaintOf(thrown: unknown): string {
  return isStumble(thrown)
    ? 'a modelTopology that lacks what TensorFlow.js looks for'
    : `"${oneLine(thrown)}"`
}

/**
 * Whether an error, or what caused it, is one of the language that came up in TensorFlow.js, or puts
 * in what the language makes of nothing.
 */
export function isStumble(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false
  const { message, stack = '', cause } = thrown
  if (/\bundefined\b|\[object /.test(message)) return true
  const ofLanguage = thrown instanceof TypeError || /^Invalid \w* ?length/.test(message)
  const place = /^ +at .*/m.exec(stack)?.[0] ?? ''
  return (ofLanguage && place.includes('@tensorflow')) || isStumble(cause)
}

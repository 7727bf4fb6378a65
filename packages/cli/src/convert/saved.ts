// A saved TensorFlow.js model: model.json and the weight files beside it, checked and loaded.
import { readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import * as tf from '@tensorflow/tfjs-core'
import { CliError, messageOf } from '../error.js'
import { plainInitializers } from './initializers.js'

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
  const manifest = json.weightsManifest
  if (!Array.isArray(manifest) || manifest.length === 0) {
    throw new CliError(
      `${file}: has no weights, got no weightsManifest, expected a model saved with its weights`,
    )
  }
  const read = async (groups: tf.io.WeightsManifestConfig) =>
    [groups.flatMap(({ weights }) => weights), await weightData(file, groups)] as [
      tf.io.WeightsManifestEntry[],
      tf.io.WeightData,
    ]
  const artifacts = await tf.io.getModelArtifactsForJSON(json, read)
  const topology = format === 'layers-model' ? plainInitializers(json.modelTopology) : undefined
  return { format, artifacts: { ...artifacts, ...(topology && { modelTopology: topology }) } }
}

async function modelFile(path: string): Promise<string> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new CliError(`${path}: cannot be read, got ${messageOf(cause)}, expected a model.json`, {
      cause,
    })
  })
  return found.isDirectory() ? join(path, 'model.json') : path
}

async function modelJson(file: string): Promise<ModelJson> {
  try {
    const json: unknown = JSON.parse(await readFile(file, 'utf8'))
    if (typeof json === 'object' && json !== null && 'modelTopology' in json) {
      return json as ModelJson
    }
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
  if (format === undefined && typeof modelTopology === 'object') {
    return 'node' in modelTopology ? 'graph-model' : 'layers-model'
  }
  throw new CliError(
    `${file}: unknown format, got ${String(format)}, expected layers-model or graph-model`,
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
  return data
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

const BYTES: Readonly<Record<string, number>> = {
  float32: 4,
  int32: 4,
  bool: 1,
  complex64: 8,
  uint8: 1,
  uint16: 2,
  float16: 2,
}

/** The bytes of a group; undefined where strings are among its weights, whose lengths are not said. */
function groupBytes(weights: readonly tf.io.WeightsManifestEntry[]): number | undefined {
  const sizes = weights.map(({ shape, dtype, quantization }) => {
    const bytes = BYTES[quantization?.dtype ?? dtype]
    return bytes === undefined ? undefined : bytes * shape.reduce((all, size) => all * size, 1)
  })
  return sizes.reduce<number | undefined>(
    (sum, size) => (sum === undefined || size === undefined ? undefined : sum + size),
    0,
  )
}

/** Messages of TensorFlow.js may run over lines. */
export function oneLine(thrown: unknown): string {
  return messageOf(thrown).replace(/\s+/g, ' ').trim()
}

// Lighter models from a bundle's float32 ones: float16, and int8 calibrated on images.
import type { ImageSet } from '@anyvae/images'
import {
  checkModel,
  decodeModel,
  encodeModel,
  type Model,
  optimizeGraph,
  quantizeGraph,
  type Ranges,
  toFloat16,
} from '@anyvae/onnx'
import {
  type BundleReader,
  type Manifest,
  type Precision,
  readModel,
  type SessionBackend,
} from '@anyvae/runtime'
import { calibrate } from './calibration.js'
import { referenceOf } from './evaluator.js'
import type { Part } from './vectors.js'

/** Precisions lighter than float32. */
export type LightPrecision = Exclude<Precision, 'float32'>

/** A lighter file. */
export interface LightFile {
  readonly path: string
  readonly role: Part
  readonly precision: LightPrecision
  readonly bytes: Uint8Array
}

/** What lighter files are made from. */
export interface LightSource {
  readonly reader: BundleReader
  readonly manifest: Manifest
  readonly backend: SessionBackend
  readonly precisions: readonly LightPrecision[]
  /** What int8 is calibrated on. */
  readonly images: ImageSet
  readonly signal?: AbortSignal | undefined
}

/** What a file's name ends with. */
const SUFFIXES: Readonly<Record<LightPrecision, string>> = { float16: 'fp16', int8: 'int8' }

const PARTS = ['encoder', 'decoder'] as const

/** Both halves in each of the precisions. */
export async function lightFiles(source: LightSource): Promise<LightFile[]> {
  const { manifest, precisions } = source
  const models = { encoder: await read(source, 'encoder'), decoder: await read(source, 'decoder') }
  const ranges = precisions.includes('int8') ? await calibrate({ ...source, models }) : undefined
  return precisions.flatMap((precision) =>
    PARTS.map((role) => ({
      path: referenceOf(manifest, role).replace(/(\.onnx)?$/, `_${SUFFIXES[precision]}.onnx`),
      role,
      precision,
      bytes: encodeModel(lightModel(models[role], precision, ranges?.[role])),
    })),
  )
}

async function read({ reader, manifest }: LightSource, part: Part): Promise<Model> {
  const model = decodeModel(await readModel(reader, manifest, referenceOf(manifest, part)))
  // What an older version left apart, such as biases, may have come together since.
  return { ...model, graph: optimizeGraph(model.graph) }
}

function lightModel(model: Model, precision: LightPrecision, ranges: Ranges = {}): Model {
  const graph =
    precision === 'float16' ? toFloat16(model.graph) : quantizeGraph(model.graph, ranges)
  const light = { ...model, graph, metadata: { ...model.metadata, precision } }
  checkModel(light)
  return light
}

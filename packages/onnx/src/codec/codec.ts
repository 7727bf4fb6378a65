// Models and tensors to bytes and back: the protobuf files that every ONNX reader understands.
import protobuf from 'protobufjs/minimal.js'
import { OnnxError } from '../error.js'
import { onnx } from '../proto/onnx.js'
import type { Graph, Initializer, Model } from '../types.js'
import { placed, type Places, type ReadExternal } from './external.js'
import { graphMessage, graphOf, isOnnxDomain } from './graph.js'
import { tensorMessage, tensorOf } from './tensor.js'
import { safeReader } from './varint.js'

/**
 * The bytes of an .onnx file (a ModelProto): the same model always gives the same bytes. OnnxError
 * for one of 2 GiB or more, which no protobuf may have: see `encodeModelParts`.
 */
export function encodeModel(model: Model): Uint8Array {
  return written(model)
}

/**
 * A model as the bytes of its .onnx file and, where it is too large for one, those of the file beside
 * it that holds its weights. No bytes are copied: `data` are views of the weights and the gaps between
 * them, to be written one after another; empty where the model is whole by itself.
 */
export function encodeModelParts(model: Model, options: PartsOptions): ModelParts {
  const { limit = LARGEST_FILE - HEADROOM, dataFile, threshold = 1024 } = options
  if (weightBytes(model.graph) <= limit) {
    return { model: written(model), data: [] }
  }
  const { places, data } = placed(model.graph.initializers, { dataFile, threshold })
  return { model: written(model, places), data }
}

/** How a model is put into files. */
export interface PartsOptions {
  /** The name of the file that holds the weights, beside the model: `model.onnx.data`. */
  readonly dataFile: string
  /** The fewest bytes of a weight that is put there; default 1024. */
  readonly threshold?: number
  /** The bytes of all weights up to which they stay in the model's own file; default nearly 2 GiB. */
  readonly limit?: number
}

/** The bytes of an .onnx file, and those of the file that holds its weights, in parts. */
export interface ModelParts {
  readonly model: Uint8Array
  readonly data: readonly Uint8Array[]
}

/** Of a protobuf, since its lengths are signed 32-bit numbers. */
const LARGEST_FILE = 2 ** 31 - 1

/** Left for what is no weight. */
const HEADROOM = 2 ** 20

/**
 * Reads an .onnx file. Tensors are views into `bytes`, which must not be changed while they are used.
 * Those in other files are read by `read`, which is given the file's name within the model's folder,
 * an offset and a length, and never a name that leaves the folder.
 *
 * OnnxError on damaged bytes and on what the data model has no place for: local functions, sparse
 * tensors, external ones without `read`, sequences, element types not in `DataType`.
 */
export function decodeModel(bytes: Uint8Array, read?: ReadExternal): Model {
  const message = decoded('model', () => onnx.ModelProto.decode(reader(bytes)))
  return decoded('model', () => modelOf(message, read))
}

/** The files that a model's tensors are in besides its own, for example to download them. */
export function externalFiles(bytes: Uint8Array): string[] {
  const files = new Set<string>()
  let blank = new Uint8Array(0)
  decodeModel(bytes, ({ location, length }) => {
    files.add(location)
    blank = blank.length < length ? new Uint8Array(length) : blank
    return blank.subarray(0, length)
  })
  return [...files].sort()
}

/** The bytes of a .pb file with one tensor (a TensorProto), as in ONNX's backend test data. */
export function encodeTensor(tensor: Initializer): Uint8Array {
  const message = tensorMessage(tensor, tensor.name)
  return finished(onnx.TensorProto.encode(message, new protobuf.Writer()))
}

/** Reads a serialised TensorProto; its bytes may be a view into `bytes`. OnnxError on damaged bytes. */
export function decodeTensor(bytes: Uint8Array): Initializer {
  return decoded('tensor', () => tensorOf(onnx.TensorProto.decode(reader(bytes))))
}

function written(model: Model, places?: Places): Uint8Array {
  // Asked first, since a writer copies all that it is given.
  checkSize(weightBytes(model.graph, places))
  const writer = onnx.ModelProto.encode(modelMessage(model, places), new protobuf.Writer())
  checkSize(writer.len)
  return finished(writer)
}

function checkSize(bytes: number): void {
  if (bytes <= LARGEST_FILE) return
  throw new OnnxError(
    `model: too large for one file, got ${bytes} bytes, expected at most ${LARGEST_FILE}, with the weights in a file of their own`,
  )
}

/** The bytes of the weights that have no place in another file. */
function weightBytes({ initializers }: Graph, places?: Places): number {
  const inline = initializers.filter((tensor) => !places?.has(tensor))
  return inline.reduce((sum, { bytes }) => sum + bytes.byteLength, 0)
}

function modelMessage(model: Model, places?: Places): onnx.ModelProto.$Properties {
  const metadata = model.metadata ?? {}
  return {
    irVersion: model.irVersion,
    producerName: model.producerName ?? null,
    producerVersion: model.producerVersion ?? null,
    domain: model.domain ?? null,
    modelVersion: model.modelVersion ?? null,
    docString: model.doc ?? null,
    graph: graphMessage(model.graph, places),
    opsetImport: sortedEntries(model.opsets).map(([domain, version]) => ({ domain, version })),
    metadataProps: sortedEntries(metadata).map(([key, value]) => ({ key, value })),
  }
}

function modelOf(message: onnx.ModelProto.$Properties, read?: ReadExternal): Model {
  refuseUnread(message)
  const opsets = (message.opsetImport ?? []).map(({ domain, version }) => {
    return [isOnnxDomain(domain) ? '' : (domain ?? ''), version ?? 0] as const
  })
  if (!message.graph || !message.irVersion || opsets.length === 0) {
    const missing = message.graph ? 'IR version or operator sets' : 'graph'
    throw new OnnxError(`model: incomplete, got no ${missing}, expected a whole ONNX model`)
  }
  const graph = graphOf(message.graph, read)
  const { irVersion } = message
  return { irVersion, opsets: Object.fromEntries(opsets), graph, ...factsOf(message) }
}

/** The optional fields that are there. */
function factsOf(message: onnx.ModelProto.$Properties): Partial<Model> {
  const metadata = (message.metadataProps ?? []).map(({ key, value }) => {
    return [key ?? '', value ?? ''] as const
  })
  return {
    ...(message.producerName ? { producerName: message.producerName } : {}),
    ...(message.producerVersion ? { producerVersion: message.producerVersion } : {}),
    ...(message.domain ? { domain: message.domain } : {}),
    ...(message.modelVersion ? { modelVersion: message.modelVersion } : {}),
    ...(message.docString ? { doc: message.docString } : {}),
    ...(metadata.length > 0 ? { metadata: Object.fromEntries(metadata) } : {}),
  }
}

function refuseUnread(message: onnx.ModelProto.$Properties): void {
  const functions = message.functions?.length
  if (!functions && !message.trainingInfo?.length) return
  const got = functions ? 'local functions' : 'training information'
  throw new OnnxError(`model: unsupported part, got ${got}, expected a graph alone`)
}

/** Entries by key in code unit order, so that equal records give equal bytes. */
function sortedEntries<T>(record: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1))
}

function reader(bytes: Uint8Array): protobuf.Reader {
  // A plain view: a Buffer's sub-arrays would be Buffers too.
  return safeReader(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength))
}

function finished(writer: protobuf.Writer): Uint8Array {
  return writer.finishInto(new Uint8Array(writer.len))
}

/** Runs a step of decoding; whatever else it throws becomes an OnnxError with that cause. */
function decoded<T>(what: string, step: () => T): T {
  try {
    return step()
  } catch (cause) {
    if (cause instanceof OnnxError) throw cause
    const got = cause instanceof Error ? cause.message : String(cause)
    throw new OnnxError(`${what}: damaged bytes, got "${got}", expected ONNX protobuf`, { cause })
  }
}

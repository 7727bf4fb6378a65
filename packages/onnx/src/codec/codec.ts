// Models and tensors to bytes and back: the protobuf files that every ONNX reader understands.
import protobuf from 'protobufjs/minimal.js'
import { OnnxError } from '../error.js'
import { onnx } from '../proto/onnx.js'
import type { Initializer, Model } from '../types.js'
import { graphMessage, graphOf, isOnnxDomain } from './graph.js'
import { tensorMessage, tensorOf } from './tensor.js'
import { safeReader } from './varint.js'

/** The bytes of an .onnx file (a ModelProto): the same model always gives the same bytes. */
export function encodeModel(model: Model): Uint8Array {
  return finished(onnx.ModelProto.encode(modelMessage(model), new protobuf.Writer()))
}

/**
 * Reads an .onnx file. Tensors are views into `bytes`, which must not be changed while they are used.
 * OnnxError on damaged bytes and on what the data model has no place for: local functions, sparse or
 * external tensors, sequences, element types not in `DataType`.
 */
export function decodeModel(bytes: Uint8Array): Model {
  const message = decoded('model', () => onnx.ModelProto.decode(reader(bytes)))
  return decoded('model', () => modelOf(message))
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

function modelMessage(model: Model): onnx.ModelProto.$Properties {
  const metadata = model.metadata ?? {}
  return {
    irVersion: model.irVersion,
    producerName: model.producerName ?? null,
    producerVersion: model.producerVersion ?? null,
    domain: model.domain ?? null,
    modelVersion: model.modelVersion ?? null,
    docString: model.doc ?? null,
    graph: graphMessage(model.graph),
    opsetImport: sortedEntries(model.opsets).map(([domain, version]) => ({ domain, version })),
    metadataProps: sortedEntries(metadata).map(([key, value]) => ({ key, value })),
  }
}

function modelOf(message: onnx.ModelProto.$Properties): Model {
  refuseUnread(message)
  const opsets = (message.opsetImport ?? []).map(({ domain, version }) => {
    return [isOnnxDomain(domain) ? '' : (domain ?? ''), version ?? 0] as const
  })
  if (!message.graph || !message.irVersion || opsets.length === 0) {
    const missing = message.graph ? 'IR version or operator sets' : 'graph'
    throw new OnnxError(`model: incomplete, got no ${missing}, expected a whole ONNX model`)
  }
  const graph = graphOf(message.graph)
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

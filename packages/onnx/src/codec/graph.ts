// Graphs, their nodes and values as GraphProto, NodeProto and ValueInfoProto.
import { dataTypeCode, dataTypeOfCode } from '../data-types.js'
import { OnnxError } from '../error.js'
import type { onnx } from '../proto/onnx.js'
import type { Dim, Graph, Node, ValueInfo } from '../types.js'
import { attributeMessage, attributeOf } from './attribute.js'
import { externalMessage, type Places, type ReadExternal } from './external.js'
import { tensorMessage, tensorOf } from './tensor.js'

/**
 * The message of a graph; the bytes of its tensors are shared, not copied. Initializers with a place
 * are written as references to it.
 */
export function graphMessage(graph: Graph, places?: Places): onnx.GraphProto.$Properties {
  return {
    name: graph.name,
    node: graph.nodes.map(nodeMessage),
    initializer: graph.initializers.map((tensor) => {
      const place = places?.get(tensor)
      return place ? externalMessage(tensor, place) : tensorMessage(tensor, tensor.name)
    }),
    input: graph.inputs.map(valueMessage),
    output: graph.outputs.map(valueMessage),
    valueInfo: graph.values.map(valueMessage),
    docString: graph.doc ?? null,
  }
}

/** The graph of a message. */
export function graphOf(message: onnx.GraphProto.$Properties, read?: ReadExternal): Graph {
  const name = message.name ?? ''
  if (message.sparseInitializer?.length) {
    throw new OnnxError(`graph ${name}: got sparse initializers, expected dense ones only`)
  }
  return {
    name,
    nodes: (message.node ?? []).map((node) => nodeOf(node, read)),
    inputs: (message.input ?? []).map((value) => valueOf(value, name)),
    outputs: (message.output ?? []).map((value) => valueOf(value, name)),
    initializers: (message.initializer ?? []).map((tensor) => tensorOf(tensor, read)),
    // Inner values of other kinds (sequences, optionals) are left out: nothing depends on them.
    values: (message.valueInfo ?? []).filter(isTensor).map((value) => valueOf(value, name)),
    ...docOf(message),
  }
}

function nodeMessage(node: Node): onnx.NodeProto.$Properties {
  const names = Object.keys(node.attributes).sort()
  return {
    input: [...node.inputs],
    output: [...node.outputs],
    name: node.name || null,
    opType: node.opType,
    attribute: names.flatMap((name) => {
      const attribute = node.attributes[name]
      return attribute === undefined ? [] : [attributeMessage(name, attribute)]
    }),
    docString: node.doc ?? null,
    domain: node.domain ?? null,
  }
}

function nodeOf(message: onnx.NodeProto.$Properties, read?: ReadExternal): Node {
  const attributes = message.attribute ?? []
  return {
    name: message.name ?? '',
    opType: message.opType ?? '',
    ...(isOnnxDomain(message.domain) ? {} : { domain: message.domain ?? '' }),
    inputs: message.input ?? [],
    outputs: message.output ?? [],
    attributes: Object.fromEntries(
      attributes.map((each) => [each.name ?? '', attributeOf(each, read)]),
    ),
    ...docOf(message),
  }
}

/** Whether a domain is ONNX's own, which has two spellings. */
export function isOnnxDomain(domain: string | null | undefined): boolean {
  return !domain || domain === 'ai.onnx'
}

function valueMessage(value: ValueInfo): onnx.ValueInfoProto.$Properties {
  const elemType = dataTypeCode(value.dataType)
  const shape = value.dims === undefined ? null : { dim: value.dims.map(dimMessage) }
  return {
    name: value.name,
    type: { tensorType: { elemType, shape } },
    docString: value.doc ?? null,
  }
}

function dimMessage(dim: Dim): onnx.TensorShapeProto.Dimension.$Properties {
  if (typeof dim === 'number') return { dimValue: dim }
  return dim === '' ? {} : { dimParam: dim }
}

function isTensor(message: onnx.ValueInfoProto.$Properties): boolean {
  return Boolean(message.type?.tensorType?.elemType)
}

function valueOf(message: onnx.ValueInfoProto.$Properties, graph: string): ValueInfo {
  const name = message.name ?? ''
  const tensor = message.type?.tensorType
  if (!tensor) {
    throw new OnnxError(`graph ${graph}: value ${name} has no tensor type, got none, expected one`)
  }
  return {
    name,
    dataType: dataTypeOfCode(tensor.elemType ?? 0),
    ...(tensor.shape ? { dims: (tensor.shape.dim ?? []).map(dimOf) } : {}),
    ...docOf(message),
  }
}

/** A size without value and name becomes the empty name. */
function dimOf(message: onnx.TensorShapeProto.Dimension.$Properties): Dim {
  return message.dimValue ?? message.dimParam ?? ''
}

function docOf(message: { readonly docString?: string | null }): { readonly doc?: string } {
  return message.docString ? { doc: message.docString } : {}
}

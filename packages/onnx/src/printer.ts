// Readable text of models and graphs: one line a node, with types and shapes; equal graphs print equally.
import { elementCount } from './builder/value.js'
import type { Attribute, Graph, Initializer, Model, Node, TensorData, ValueInfo } from './types.js'

/** Tensors of at most this many elements are printed with their values. */
const shownElements = 8

/** A model's header (versions, producer, metadata) and its graph. */
export function printModel(model: Model): string {
  const opsets = Object.keys(model.opsets).sort()
  const versions = opsets.map((domain) => `${domain || 'onnx'} ${model.opsets[domain]}`)
  const producer = [model.producerName, model.producerVersion].filter(Boolean).join(' ')
  const metadata = Object.entries(model.metadata ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))
  return [
    `model: IR ${model.irVersion}, opset ${versions.join(', ')}${producer && `, by ${producer}`}`,
    ...docLines(model.doc),
    ...metadata.map(([key, value]) => `${key}: ${JSON.stringify(value)}`),
    printGraph(model.graph),
  ].join('\n')
}

/**
 * A graph as text: its signature, its initializers and a line for each node, sub-graphs indented.
 * `?` stands for a size without a name, `_` for an absent optional input or output; a type without
 * brackets has an unknown rank.
 */
export function printGraph(graph: Graph): string {
  return [`graph ${signature(graph)} {`, ...bodyLines(graph).map(indent), '}'].join('\n')
}

function signature(graph: Graph): string {
  const list = (values: readonly ValueInfo[]) => values.map(typed).join(', ')
  return `${graph.name}(${list(graph.inputs)}) -> (${list(graph.outputs)})`
}

function bodyLines(graph: Graph): string[] {
  const infos = new Map([...graph.values, ...graph.outputs].map((value) => [value.name, value]))
  return [
    ...docLines(graph.doc),
    ...graph.initializers.map(initializerLine),
    ...graph.nodes.flatMap((node) => nodeLines(node, infos)),
  ]
}

function nodeLines(node: Node, infos: ReadonlyMap<string, ValueInfo>): string[] {
  const outputs = node.outputs.map((name) => typed(infos.get(name) ?? { name: name || '_' }))
  const label = node.name && node.name !== node.outputs[0] ? `[${node.name}] ` : ''
  const names = Object.keys(node.attributes).sort()
  const attributes = names.flatMap((name) => attributeText(name, node.attributes[name]))
  const operator = node.domain ? `${node.domain}.${node.opType}` : node.opType
  const marks = attributes.length > 0 ? `<${attributes.join(', ')}>` : ''
  const inputs = node.inputs.map((name) => name || '_').join(', ')
  return [
    ...docLines(node.doc),
    `${label}${outputs.join(', ')} = ${operator}${marks}(${inputs})`,
    ...names.flatMap((name) => subgraphLines(name, node.attributes[name])).map(indent),
  ]
}

/** A graph's own lines follow its node, so it has no text on the node's line. */
function attributeText(name: string, attribute: Attribute | undefined): string[] {
  if (attribute === undefined || attribute.type === 'graph') return []
  return [`${name}=${valueText(attribute)}`]
}

function valueText(attribute: Exclude<Attribute, { type: 'graph' }>): string {
  switch (attribute.type) {
    case 'float':
      return shortFloat(attribute.value)
    case 'floats':
      return `[${attribute.value.map(shortFloat).join(', ')}]`
    case 'ints':
      return `[${attribute.value.join(', ')}]`
    case 'tensor':
      return `${tensorType(attribute.value)}${dataText(attribute.value)}`
    default:
      return JSON.stringify(attribute.value)
  }
}

function subgraphLines(name: string, attribute: Attribute | undefined): string[] {
  if (attribute?.type !== 'graph') return []
  const graph = attribute.value
  return [`${name}: ${signature(graph)} {`, ...bodyLines(graph).map(indent), '}']
}

function initializerLine(tensor: Initializer): string {
  const data = dataText(tensor)
  return `${tensor.name}: ${tensorType(tensor)}${data && ` = ${data}`}`
}

function typed(value: { readonly name: string } & Partial<ValueInfo>): string {
  if (value.dataType === undefined) return value.name
  const dims = value.dims?.map((dim) => (dim === '' ? '?' : dim)).join(', ')
  return `${value.name}: ${value.dataType}${dims === undefined ? '' : `[${dims}]`}`
}

function tensorType(tensor: TensorData): string {
  return `${tensor.dataType}[${tensor.dims.join(', ')}]`
}

/** The elements of a small tensor; nothing for a large one. */
function dataText(tensor: TensorData): string {
  if (elementCount(tensor.dims) > shownElements) return ''
  return `{${elements(tensor).join(', ')}}`
}

function elements({ dataType, bytes }: TensorData): string[] {
  // A copy of its own is aligned for every type. Not slice: of a Node Buffer that is no copy.
  const { buffer } = Uint8Array.from(bytes)
  switch (dataType) {
    case 'float32':
      return Array.from(new Float32Array(buffer), shortFloat)
    case 'float64':
      return Array.from(new Float64Array(buffer), String)
    case 'int64':
      return Array.from(new BigInt64Array(buffer), String)
    case 'uint64':
      return Array.from(new BigUint64Array(buffer), String)
    case 'int32':
      return Array.from(new Int32Array(buffer), String)
    case 'uint32':
      return Array.from(new Uint32Array(buffer), String)
    case 'int16':
      return Array.from(new Int16Array(buffer), String)
    case 'uint16':
      return Array.from(new Uint16Array(buffer), String)
    case 'int8':
      return Array.from(new Int8Array(buffer), String)
    case 'uint8':
      return Array.from(bytes, String)
    case 'bool':
      return Array.from(bytes, (byte) => String(byte !== 0))
    case 'float16':
      return Array.from(new Uint16Array(buffer), (bits) => `0x${bits.toString(16)}`)
  }
}

/** The shortest decimal that rounds to the same float32, so that a value prints as it was written. */
function shortFloat(value: number): string {
  const rounded = Math.fround(value)
  if (Object.is(rounded, -0)) return '-0'
  for (let digits = 1; digits < 9; digits++) {
    const shorter = Number(rounded.toPrecision(digits))
    if (Object.is(Math.fround(shorter), rounded)) return String(shorter)
  }
  return String(Number(rounded.toPrecision(9)))
}

function docLines(doc: string | undefined): string[] {
  return doc ? doc.split('\n').map((line) => `# ${line}`) : []
}

function indent(line: string): string {
  return `  ${line}`
}

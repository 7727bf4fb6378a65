// The checker: whether a model is well formed and keeps to what this project promises of its files.
import { OnnxError } from '../error.js'
import type { Graph, Initializer, Model, Node, ValueInfo } from '../types.js'
import { checkAttributes } from './attributes.js'
import { checkTensorBytes } from './tensor.js'
import { checkVersions } from './versions.js'

/** What a graph's nodes may read: names of the graph itself, and those of the graphs around it. */
interface Scope {
  readonly graph: Graph
  readonly own: Set<string>
  readonly outer: ReadonlySet<string>
  readonly domains: ReadonlySet<string>
}

const identifier = /^[A-Za-z_][A-Za-z0-9_]*$/

/**
 * Throws OnnxError, naming node and value, unless the model is well formed: a known operator set
 * (13 to 21) with an IR version that goes with it; names are C identifiers and unique, also over
 * sub-graphs; nodes stand in order and read only what is there; every output is made; tensors have
 * the bytes that their shapes ask for; convolutions and pools carry kernel_shape, pads, strides and
 * the like; no auto_pad.
 */
export function checkModel(model: Model): void {
  checkVersions(model)
  checkGraph(model.graph, new Set(), new Set(Object.keys(model.opsets)))
}

function checkGraph(graph: Graph, outer: ReadonlySet<string>, domains: ReadonlySet<string>): void {
  const scope: Scope = { graph, own: new Set(), outer, domains }
  checkName(graph.name, 'graph')
  checkNodeNames(graph)
  for (const input of graph.inputs) define(scope, input.name, 'input')
  checkInitializers(scope)
  for (const node of graph.nodes) checkNode(node, scope)
  checkOutputs(scope)
  checkValues(scope)
}

function checkInitializers(scope: Scope): void {
  const inputs = new Map(scope.graph.inputs.map((input) => [input.name, input]))
  const seen = new Set<string>()
  for (const tensor of scope.graph.initializers) {
    const what = `graph ${scope.graph.name}: initializer ${tensor.name}`
    checkTensorBytes(tensor, what)
    // An initializer with an input's name is that input's default value.
    const input = inputs.get(tensor.name)
    if (input === undefined || seen.has(tensor.name)) define(scope, tensor.name, 'initializer')
    else checkSameType(tensor, input, what)
    seen.add(tensor.name)
  }
}

function checkSameType(tensor: Initializer, value: ValueInfo, what: string): void {
  const rank = value.dims?.length ?? tensor.dims.length
  const fits = tensor.dims.every((size, axis) => {
    const dim = value.dims?.[axis]
    return typeof dim !== 'number' || dim === size
  })
  if (tensor.dataType === value.dataType && rank === tensor.dims.length && fits) return
  throw new OnnxError(
    `${what}: not of its value's type, got ${typeText(tensor)}, expected ${typeText(value)}`,
  )
}

function typeText({ dataType, dims }: Omit<ValueInfo, 'name'>): string {
  return `${dataType}${dims === undefined ? '' : `[${dims.join(', ')}]`}`
}

function checkNodeNames(graph: Graph): void {
  const seen = new Set<string>()
  for (const { name, opType } of graph.nodes) {
    if (name === '') continue
    checkName(name, `graph ${graph.name}: node of ${opType}`)
    if (seen.has(name)) {
      throw new OnnxError(
        `graph ${graph.name}: duplicate node name, got ${name} again, expected each name once`,
      )
    }
    seen.add(name)
  }
}

function checkNode(node: Node, scope: Scope): void {
  const what = `node ${node.name || node.outputs[0] || 'without name'} (${node.opType})`
  if (!scope.domains.has(node.domain ?? '')) {
    const known = [...scope.domains].map((domain) => `"${domain}"`).join(', ')
    throw new OnnxError(
      `${what}: unknown operator set, got domain "${node.domain ?? ''}", expected ${known}`,
    )
  }
  checkName(node.opType, `${what}: operator`)
  checkInputs(node, scope, what)
  checkAttributes(node, what)
  checkSubgraphs(node, scope, what)
  const outputs = node.outputs.filter((name) => name !== '')
  if (outputs.length === 0) {
    throw new OnnxError(`${what}: no output, got none, expected at least one`)
  }
  for (const name of outputs) define(scope, name, `output of ${what}`)
}

function checkInputs(node: Node, scope: Scope, what: string): void {
  for (const name of node.inputs) {
    if (name === '' || scope.own.has(name) || scope.outer.has(name)) continue
    const later = scope.graph.nodes.find((other) => other.outputs.includes(name))
    const wrong = later ? `input made only by the later ${later.opType}` : 'undefined input'
    throw new OnnxError(
      `${what}: ${wrong}, got ${name}, expected an input, an initializer or an earlier output`,
    )
  }
}

function checkSubgraphs(node: Node, scope: Scope, what: string): void {
  for (const [name, attribute] of Object.entries(node.attributes)) {
    if (attribute.type === 'tensor') checkTensorBytes(attribute.value, `${what}: ${name}`)
    if (attribute.type !== 'graph') continue
    checkGraph(attribute.value, new Set([...scope.outer, ...scope.own]), scope.domains)
  }
}

function checkOutputs({ graph, own }: Scope): void {
  const seen = new Set<string>()
  for (const { name } of graph.outputs) {
    if (own.has(name) && !seen.has(name)) {
      seen.add(name)
      continue
    }
    const wrong = seen.has(name) ? 'duplicate output' : 'missing output'
    throw new OnnxError(`graph ${graph.name}: ${wrong}, got ${name}, expected a node to make it`)
  }
}

/** Value infos describe values of their own graph, each once, and initializers as they are. */
function checkValues({ graph, own }: Scope): void {
  const tensors = new Map(graph.initializers.map((tensor) => [tensor.name, tensor]))
  const seen = new Set<string>()
  for (const value of graph.values) {
    const what = `graph ${graph.name}: value info ${value.name}`
    if (!own.has(value.name) || seen.has(value.name)) {
      const got = seen.has(value.name) ? 'a second one' : 'no such value'
      throw new OnnxError(`${what}: got ${got}, expected one for each value at most`)
    }
    seen.add(value.name)
    const tensor = tensors.get(value.name)
    if (tensor !== undefined) checkSameType(tensor, value, what)
  }
}

/** Adds a name to a graph; it may not hide one that its nodes could read. */
function define(scope: Scope, name: string, role: string): void {
  const what = `graph ${scope.graph.name}: ${role}`
  checkName(name, what)
  if (scope.own.has(name) || scope.outer.has(name)) {
    throw new OnnxError(`${what}: duplicate name, got ${name} again, expected each value once`)
  }
  scope.own.add(name)
}

function checkName(name: string, what: string): void {
  if (identifier.test(name)) return
  throw new OnnxError(`${what}: bad name, got "${name}", expected a C identifier`)
}

// Computes each expression once: of nodes with equal operators, inputs and attributes the first stays.
import type { Attribute, Graph, Node } from '../types.js'
import { hasSubgraph, mapSubgraphs, renameReads, withoutStaleValues } from './walk.js'

/** Operators that give something else each time. */
const random = new Set([
  'Bernoulli',
  'Dropout',
  'Multinomial',
  'RandomNormal',
  'RandomNormalLike',
  'RandomUniform',
  'RandomUniformLike',
])

/** Replaces later nodes that compute what an earlier one has; one that makes a graph output becomes Identity. */
export function eliminateCommonSubexpressions(graph: Graph): Graph {
  const inner = mapSubgraphs(graph, eliminateCommonSubexpressions)
  const outputs = new Set(inner.outputs.map((output) => output.name))
  const firsts = new Map<string, Node>()
  const renamed = new Map<string, string>()
  const nodes = inner.nodes.flatMap((original) => {
    const node = renameReads(original, (name) => renamed.get(name) ?? name)
    if (!isPure(node)) return [node]
    const first = firsts.get(keyOf(node))
    if (first === undefined) {
      firsts.set(keyOf(node), node)
      return [node]
    }
    return repeated(node, first, { outputs, renamed })
  })
  return withoutStaleValues({ ...inner, nodes })
}

interface Progress {
  readonly outputs: ReadonlySet<string>
  readonly renamed: Map<string, string>
}

function repeated(node: Node, first: Node, { outputs, renamed }: Progress): Node[] {
  const isOutput = node.outputs.some((name) => outputs.has(name))
  if (isOutput && node.outputs.length > 1) return [node]
  if (isOutput) {
    if (node.opType === 'Identity') return [node]
    const { name, outputs: made } = node
    return [{ name, opType: 'Identity', inputs: first.outputs, outputs: made, attributes: {} }]
  }
  node.outputs.forEach((name, index) => renamed.set(name, first.outputs[index] ?? ''))
  return []
}

function isPure(node: Node): boolean {
  return !node.domain && !random.has(node.opType) && !hasSubgraph(node)
}

function keyOf(node: Node): string {
  const names = Object.keys(node.attributes).sort()
  const attributes = names.map((name) => `${name}=${attributeKey(node.attributes[name])}`)
  const made = node.outputs.map((name) => (name === '' ? 0 : 1))
  return [node.opType, made.join(), node.inputs.join(), ...attributes].join(' ')
}

function attributeKey(attribute: Attribute | undefined): string {
  if (attribute?.type === 'tensor') {
    const { dataType, dims, bytes } = attribute.value
    return `${dataType}[${dims.join()}]${bytes.join()}`
  }
  if (attribute === undefined || attribute.type === 'graph') return ''
  const values = [attribute.value].flat()
  return `${attribute.type}:${JSON.stringify(values.map(exactText))}`
}

/** JSON has neither NaN nor a negative zero. */
function exactText(value: number | string): string {
  return Object.is(value, -0) ? '-0' : String(value)
}

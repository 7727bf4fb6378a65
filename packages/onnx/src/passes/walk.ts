// Walking and renaming: what passes need to know of nodes, sub-graphs and the names that they read.
import type { Attribute, Graph, Node } from '../types.js'

/** The graph with each sub-graph of its own nodes replaced; the pass recurses by itself. */
export function mapSubgraphs(graph: Graph, change: (subgraph: Graph) => Graph): Graph {
  if (!graph.nodes.some(hasSubgraph)) return graph
  return { ...graph, nodes: graph.nodes.map((node) => mapNodeSubgraphs(node, change)) }
}

export function hasSubgraph(node: Node): boolean {
  return Object.values(node.attributes).some((attribute) => attribute.type === 'graph')
}

function mapNodeSubgraphs(node: Node, change: (subgraph: Graph) => Graph): Node {
  if (!hasSubgraph(node)) return node
  const changed = Object.entries(node.attributes).map(([name, attribute]): [string, Attribute] => {
    if (attribute.type !== 'graph') return [name, attribute]
    return [name, { type: 'graph', value: change(attribute.value) }]
  })
  return { ...node, attributes: Object.fromEntries(changed) }
}

/** The names that a node reads: its inputs, and what its sub-graphs read from outside. */
export function readsOf(node: Node): string[] {
  const inner = Object.values(node.attributes).flatMap((attribute) =>
    attribute.type === 'graph' ? [...freeNames(attribute.value)] : [],
  )
  return [...new Set([...node.inputs.filter((name) => name !== ''), ...inner])]
}

/** The names that a graph reads but does not make. */
function freeNames(graph: Graph): Set<string> {
  const own = definedNames(graph)
  const read = [...graph.nodes.flatMap(readsOf), ...graph.outputs.map((output) => output.name)]
  return new Set(read.filter((name) => !own.has(name)))
}

/** The names of a graph's inputs, initializers and node outputs, without those of sub-graphs. */
export function definedNames(graph: Graph): Set<string> {
  return new Set([
    ...graph.inputs.map((input) => input.name),
    ...graph.initializers.map((tensor) => tensor.name),
    ...graph.nodes.flatMap((node) => node.outputs).filter((name) => name !== ''),
  ])
}

/** The node with other names for what it reads, also in its sub-graphs. */
export function renameReads(node: Node, rename: (name: string) => string): Node {
  const inputs = node.inputs.map((name) => (name === '' ? name : rename(name)))
  return mapNodeSubgraphs({ ...node, inputs }, (subgraph) => {
    const own = definedNames(subgraph)
    const inner = (name: string) => (own.has(name) ? name : rename(name))
    return { ...subgraph, nodes: subgraph.nodes.map((each) => renameReads(each, inner)) }
  })
}

/** How many nodes read each value; a graph output counts as one more. */
export function readerCounts(graph: Graph): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  const read = [...graph.nodes.flatMap(readsOf), ...graph.outputs.map((output) => output.name)]
  for (const name of read) counts.set(name, (counts.get(name) ?? 0) + 1)
  return counts
}

/** The graph without the descriptions of values that it no longer makes. */
export function withoutStaleValues(graph: Graph): Graph {
  const made = new Set(graph.nodes.flatMap((node) => node.outputs))
  return { ...graph, values: graph.values.filter((value) => made.has(value.name)) }
}

/** All names of values and nodes, those of sub-graphs included. */
export function allNames(graph: Graph): Set<string> {
  const inner = graph.nodes.flatMap((node) =>
    Object.values(node.attributes).flatMap((attribute) =>
      attribute.type === 'graph' ? [...allNames(attribute.value)] : [],
    ),
  )
  const nodes = graph.nodes.map((node) => node.name)
  return new Set([...definedNames(graph), ...nodes, ...inner])
}

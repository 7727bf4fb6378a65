// Puts nodes that compute sizes where what they read is there: in the graph, or in one within its nodes.
import { type Graph, mapSubgraphs, type Node, type ValueInfo } from '@anyvae/onnx'
import { TraceError } from './error.js'
import { merged } from './order.js'
import { graphsWithin } from './sizes.js'

/** Nodes that compute sizes, and the types of what they make. */
export interface Computed {
  readonly nodes: readonly Node[]
  readonly values: readonly ValueInfo[]
}

/**
 * The graph with such nodes, each as early as its inputs allow. A node that reads a value of a loop's
 * body or of a branch stands there, and so do those that read what it makes.
 *
 * @throws TraceError where a size within a loop or branch is read outside of it
 */
export function withSizes(graph: Graph, { nodes, values }: Computed): Graph {
  let rest = nodes
  const sunk = new Set<string>()
  const inner = mapSubgraphs(graph, (subgraph) => {
    const own = dependents(rest, namesIn(subgraph))
    const chosen = new Set(own)
    rest = rest.filter((node) => !chosen.has(node))
    own.forEach(({ outputs }) => outputs.forEach((output) => sunk.add(output)))
    return withSizes(subgraph, { nodes: own, values })
  })
  checkInside(inner, rest, sunk)
  const made = new Set(rest.flatMap(({ outputs }) => outputs))
  return {
    ...inner,
    nodes: merged(rest, inner.nodes),
    values: [...values.filter(({ name }) => made.has(name)), ...inner.values],
  }
}

/** Of nodes in their order those that read one of the names, or what such a node makes. */
function dependents(nodes: readonly Node[], names: Set<string>): Node[] {
  return nodes.filter(({ inputs, outputs }) => {
    const reads = inputs.some((input) => names.has(input))
    if (reads) outputs.forEach((output) => names.add(output))
    return reads
  })
}

function namesIn(graph: Graph): Set<string> {
  const graphs = [graph, ...graphsWithin(graph)]
  return new Set(
    graphs.flatMap(({ inputs, nodes }) => [
      ...inputs.map(({ name }) => name),
      ...nodes.flatMap(({ outputs }) => outputs),
    ]),
  )
}

function checkInside(graph: Graph, rest: readonly Node[], sunk: ReadonlySet<string>): void {
  for (const { name, opType, inputs } of [...rest, ...graph.nodes]) {
    const read = inputs.find((input) => sunk.has(input))
    if (read !== undefined) {
      throw new TraceError(
        `${graph.name}: a size that depends on values within a loop or branch is read outside of it, got ${read} at ${name} (${opType}), expected results whose sizes do not depend on it; pad them to one size within`,
      )
    }
  }
}

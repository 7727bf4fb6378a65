// Removes what nothing reads: nodes and initializers.
import type { Graph, Node } from '../types.js'
import { mapSubgraphs, readerCounts, readsOf, withoutStaleValues } from './walk.js'

/** Removes nodes none of whose outputs is read by another node, a sub-graph or the caller. */
export function removeDeadNodes(graph: Graph): Graph {
  const inner = mapSubgraphs(graph, removeDeadNodes)
  const read = new Set(inner.outputs.map((output) => output.name))
  const kept: Node[] = []
  for (const node of inner.nodes.toReversed()) {
    if (!node.outputs.some((name) => read.has(name))) continue
    for (const name of readsOf(node)) read.add(name)
    kept.push(node)
  }
  return withoutStaleValues({ ...inner, nodes: kept.reverse() })
}

/** Removes initializers that nothing reads; default values of inputs stay. */
export function removeUnusedInitializers(graph: Graph): Graph {
  const inner = mapSubgraphs(graph, removeUnusedInitializers)
  const counts = readerCounts(inner)
  const inputs = new Set(inner.inputs.map((input) => input.name))
  return {
    ...inner,
    initializers: inner.initializers.filter(({ name }) => counts.has(name) || inputs.has(name)),
  }
}

// Removes Identity nodes.
import type { Graph } from '../types.js'
import { mapSubgraphs, renameReads, withoutStaleValues } from './walk.js'

/**
 * Removes Identity nodes: their readers read the input instead. One that makes a graph output goes
 * where its input can take the output's name, and stays where it cannot: a graph's input, a
 * constant, an outer value or another output.
 */
export function removeIdentities(graph: Graph): Graph {
  const inner = mapSubgraphs(graph, removeIdentities)
  const { nodes, reads, makes } = withoutIdentities(inner)
  if (nodes.length === inner.nodes.length) return inner
  const current = (name: string): string => {
    const source = reads.get(name) ?? name
    return makes.get(source) ?? source
  }
  const renamed = nodes.map((node) => ({
    ...renameReads(node, current),
    outputs: node.outputs.map((name) => makes.get(name) ?? name),
  }))
  return withoutStaleValues({ ...inner, nodes: renamed })
}

/** The nodes that stay, what to read instead of a value, and what else to call one where it is made. */
function withoutIdentities(graph: Graph) {
  const outputs = new Set(graph.outputs.map((output) => output.name))
  const made = new Set(graph.nodes.flatMap((node) => node.outputs))
  const reads = new Map<string, string>()
  const makes = new Map<string, string>()
  const nodes = graph.nodes.filter((node) => {
    if (node.opType !== 'Identity' || node.domain) return true
    const [input = ''] = node.inputs
    const [output = ''] = node.outputs
    const source = reads.get(input) ?? input
    if (!outputs.has(output)) {
      reads.set(output, source)
      return false
    }
    if (!made.has(source) || outputs.has(source) || makes.has(source)) return true
    makes.set(source, output)
    return false
  })
  return { nodes, reads, makes }
}

// Gives values and constants the names that a reader expects after passes have made new ones.
import type { Graph, Initializer } from '../types.js'
import { originOf } from './origin.js'
import { allNames, mapSubgraphs, renameReads } from './walk.js'

/**
 * Names the first output of each node as the node, as the builder does, and each constant that passes
 * derived as the one that it was made from, wherever that name is free. Names of inputs and outputs of
 * the graph stay.
 */
export function restoreNames(graph: Graph): Graph {
  return restored(graph, allNames(graph))
}

function restored(graph: Graph, taken: Set<string>): Graph {
  const inner = mapSubgraphs(graph, (subgraph) => restored(subgraph, taken))
  const renamed = new Map([...valueNames(inner, taken), ...constantNames(inner, taken)])
  const rename = (name: string) => renamed.get(name) ?? name
  return {
    ...inner,
    nodes: inner.nodes.map((node) => ({
      ...renameReads(node, rename),
      outputs: node.outputs.map(rename),
    })),
    initializers: inner.initializers.map((tensor) => plain(tensor, rename(tensor.name))),
    values: inner.values.map((value) => ({ ...value, name: rename(value.name) })),
  }
}

function plain({ dataType, dims, bytes }: Initializer, name: string): Initializer {
  return { name, dataType, dims, bytes }
}

function valueNames(graph: Graph, taken: Set<string>): [string, string][] {
  const values = new Set(graph.nodes.flatMap((node) => node.outputs))
  const fixed = new Set(graph.outputs.map((output) => output.name))
  return graph.nodes.flatMap(({ name, outputs: [output = ''] }): [string, string][] => {
    // The node's own name is taken by the node; nothing else may be called so.
    if (name === '' || output === '' || output === name || fixed.has(output)) return []
    if (values.has(name) || fixed.has(name) || isOther(graph, name)) return []
    taken.delete(output)
    return [[output, name]]
  })
}

function isOther({ inputs, initializers }: Graph, name: string): boolean {
  return [...inputs, ...initializers].some((each) => each.name === name)
}

function constantNames({ initializers }: Graph, taken: Set<string>): [string, string][] {
  return initializers.flatMap((tensor): [string, string][] => {
    const origin = originOf(tensor)
    if (origin === undefined || taken.has(origin)) return []
    taken.add(origin)
    return [[tensor.name, origin]]
  })
}

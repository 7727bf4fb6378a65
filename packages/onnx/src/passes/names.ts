// Gives values and constants the names that a reader expects after passes have made new ones.
import type { Graph, Initializer } from '../types.js'
import { originOf } from './origin.js'
import { allNames, definedNames, mapSubgraphs, renameReads } from './walk.js'

/**
 * Names the first output of each node as the node, as the builder does, and each constant that passes
 * derived as the one that it was made from, wherever that name is free. Names of inputs and outputs of
 * the graph stay.
 */
export function restoreNames(graph: Graph): Graph {
  return restored(graph, { all: allNames(graph), values: valuesOf(graph) })
}

/** Names of the whole graph, sub-graphs included: those of values and nodes, and of values alone. */
interface Taken {
  readonly all: Set<string>
  readonly values: Set<string>
}

function valuesOf(graph: Graph): Set<string> {
  const values = definedNames(graph)
  mapSubgraphs(graph, (subgraph) => {
    for (const name of valuesOf(subgraph)) values.add(name)
    return subgraph
  })
  return values
}

function restored(graph: Graph, taken: Taken): Graph {
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

/** Nodes whose first output is to be called like them: no other value has, or keeps, that name. */
function valueNames(graph: Graph, taken: Taken): ReadonlyMap<string, string> {
  const fixed = new Set(
    [...graph.inputs, ...graph.outputs, ...graph.initializers].map((each) => each.name),
  )
  const wanted = new Map(
    graph.nodes.flatMap(({ name, outputs: [output = ''] }): [string, string][] => {
      const isRenamed = name !== '' && output !== '' && output !== name
      return isRenamed && !fixed.has(output) && !fixed.has(name) ? [[output, name]] : []
    }),
  )
  for (;;) {
    const refused = [...wanted].filter(([, name]) => taken.values.has(name) && !wanted.has(name))
    if (refused.length === 0) break
    for (const [output] of refused) wanted.delete(output)
  }
  const given = new Set(wanted.values())
  for (const output of wanted.keys()) if (!given.has(output)) taken.all.delete(output)
  for (const name of given) taken.values.add(name)
  return wanted
}

function constantNames({ initializers }: Graph, taken: Taken): [string, string][] {
  return initializers.flatMap((tensor): [string, string][] => {
    const origin = originOf(tensor)
    if (origin === undefined || taken.all.has(origin)) return []
    taken.all.add(origin)
    return [[tensor.name, origin]]
  })
}

// What int8 needs to know of a graph's values before it can be made: which, and how to see them.
import { scopeOf, type Scope } from '../passes/scope.js'
import type { Graph, Node } from '../types.js'
import { lastLayers, layersOf, type Layer } from './layers.js'

/** Which values of a graph become eight bits. */
export interface Plan {
  readonly layers: ReadonlyMap<Node, Layer>
  /** Layers whose results become outputs with no further layer between; they stay float32. */
  readonly last: ReadonlySet<Layer>
  /** Values that layers read in eight bits, and other nodes as they are. */
  readonly inputs: ReadonlySet<string>
  /** Values that every node reads in eight bits. */
  readonly results: ReadonlySet<string>
}

export function planOf(graph: Graph, scope: Scope): Plan {
  const layers = layersOf(graph, scope)
  const last = lastLayers(graph, layers)
  return {
    layers: new Map(layers.map((layer) => [layer.node, layer])),
    last,
    inputs: new Set(layers.map(({ input }) => input)),
    results: new Set(layers.filter((layer) => !last.has(layer)).map(({ result }) => result)),
  }
}

/** The values whose ranges `quantizeGraph` needs, the graph's own inputs among them. */
export function valuesToCalibrate(graph: Graph): string[] {
  const { inputs, results } = planOf(graph, scopeOf(graph))
  return [...new Set([...inputs, ...results])]
}

/**
 * The graph with further outputs: those of the values to calibrate that it makes. Its inputs are known
 * to whoever feeds it.
 */
export function calibrationGraph(graph: Graph): Graph {
  const { types } = scopeOf(graph)
  const known = new Set([...graph.inputs, ...graph.outputs].map(({ name }) => name))
  const further = valuesToCalibrate(graph).filter((name) => !known.has(name))
  const outputs = further.map((name) => ({
    dataType: 'float32' as const,
    ...types.get(name),
    name,
  }))
  return {
    ...graph,
    outputs: [...graph.outputs, ...outputs],
    values: graph.values.filter(({ name }) => !further.includes(name)),
  }
}

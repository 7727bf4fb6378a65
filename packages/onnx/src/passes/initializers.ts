// Merges initializers that hold the same data.
import type { Graph, Initializer } from '../types.js'
import { SMALL } from './rewrite.js'
import { mapSubgraphs, renameReads } from './walk.js'

/** Keeps the first of several initializers with equal type, shape and bytes. */
export function mergeInitializers(graph: Graph): Graph {
  return mergeUpTo(graph, Infinity)
}

/** `mergeInitializers` for small ones: large ones that one node alone reads can still be changed in place. */
export function mergeSmallInitializers(graph: Graph): Graph {
  return mergeUpTo(graph, SMALL)
}

function mergeUpTo(graph: Graph, limit: number): Graph {
  const inner = mapSubgraphs(graph, (subgraph) => mergeUpTo(subgraph, limit))
  // Names that a caller sees stay.
  const visible = new Set([...inner.inputs, ...inner.outputs].map((value) => value.name))
  const firsts = new Map<string, Initializer[]>()
  const merged = new Map<string, string>()
  for (const tensor of inner.initializers) {
    if (visible.has(tensor.name) || tensor.bytes.length > limit) continue
    const alike = firsts.get(roughKey(tensor)) ?? []
    const first = alike.find((other) => sameBytes(other.bytes, tensor.bytes))
    if (first) merged.set(tensor.name, first.name)
    else firsts.set(roughKey(tensor), [...alike, tensor])
  }
  if (merged.size === 0) return inner
  return {
    ...inner,
    nodes: inner.nodes.map((node) => renameReads(node, (name) => merged.get(name) ?? name)),
    initializers: inner.initializers.filter((tensor) => !merged.has(tensor.name)),
    values: inner.values.filter((value) => !merged.has(value.name)),
  }
}

/** Equal for equal tensors, and cheap: large data is compared byte by byte only among few. */
function roughKey({ dataType, dims, bytes }: Initializer): string {
  return `${dataType}[${dims.join()}]${bytes.subarray(0, 32).join()}`
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

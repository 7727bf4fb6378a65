// Moves Transposes through element-wise operators, so that pairs meet and cancel.
import { Names } from '../builder/names.js'
import type { Graph } from '../types.js'
import { removeDeadNodes } from './dead.js'
import { foldInScope } from './fold.js'
import { moveTransposes } from './move.js'
import { scopeOf, type Scope } from './scope.js'
import { settled } from './settled.js'
import { allNames, mapSubgraphs, readerCounts } from './walk.js'

/** What a sub-graph is seen from: the values around it, and the names of the whole graph. */
interface Surroundings {
  readonly outer?: Scope
  readonly names: Names
}

/**
 * Moves Transposes behind element-wise operators: unary ones, and those with several operands where
 * the others are transposed alike, of one element, constant, or rearranged by a Reshape. One that
 * several nodes read is moved only where fewer or smaller Transposes are left in the end.
 */
export function pushTransposes(graph: Graph): Graph {
  const names = new Names()
  for (const name of allNames(graph)) names.take(name)
  return pushed(graph, { names })
}

function pushed(graph: Graph, around: Surroundings): Graph {
  const outer = scopeOf(graph, around.outer)
  const inner = mapSubgraphs(graph, (subgraph) => pushed(subgraph, { ...around, outer }))
  let best = settle(inner, around, [])
  for (const name of sharedTransposes(best)) {
    if (!sharedTransposes(best).includes(name)) continue
    const trial = settle(best, around, [name])
    if (cost(trial) < cost(best)) best = trial
  }
  return best
}

/** Moves, merges and cancels until nothing more happens; `eager` ones move whoever else reads them. */
function settle(graph: Graph, { outer, names }: Surroundings, eager: readonly string[]): Graph {
  const moved = new Set(eager)
  return settled(graph, [
    (each) => moveTransposes(each, { scope: scopeOf(each, outer), names, eager: moved }),
    (each) => foldInScope(each, outer),
    removeDeadNodes,
  ])
}

function sharedTransposes(graph: Graph): string[] {
  const counts = readerCounts(graph)
  const outputs = graph.nodes.filter(isTranspose).flatMap((node) => node.outputs)
  return outputs.filter((name) => (counts.get(name) ?? 0) > 1)
}

/** Elements that Transposes copy; symbolic and unknown sizes count as 1. */
function cost(graph: Graph): number {
  const { types } = scopeOf(graph)
  const sizes = graph.nodes.filter(isTranspose).map((node) => {
    const dims = types.get(node.outputs[0] ?? '')?.dims ?? []
    return dims.reduce<number>((size, dim) => size * (typeof dim === 'number' ? dim : 1), 1)
  })
  return sizes.reduce((sum, size) => sum + size, 0)
}

function isTranspose({ opType, domain }: Graph['nodes'][number]): boolean {
  return opType === 'Transpose' && !domain
}

// Moves Transposes behind other operators, so that pairs meet and cancel.
import { Names } from '../builder/names.js'
import type { Graph } from '../types.js'
import { removeDeadNodes } from './dead.js'
import { foldInScope } from './fold.js'
import { moveTransposes } from './move.js'
import { moverOf } from './movers.js'
import { scopeOf, type Scope } from './scope.js'
import { settled } from './settled.js'
import { allNames, mapSubgraphs, readerCounts } from './walk.js'

/** What a sub-graph is seen from: the values around it, and the names of the whole graph. */
interface Surroundings {
  readonly outer?: Scope
  readonly names: Names
}

/** Above this many Transposes that are in the way of each other, they are only tried all at once. */
const MOST_TRIALS = 64

/**
 * Moves Transposes behind the operators of the table in `movers`, where the other operands are
 * transposed alike, constant, or can be rearranged by a Reshape; what comes to meet cancels. Those that
 * several nodes read, those before an operator of several results, and those that only another Transpose
 * lets pass, are moved where fewer elements are transposed in the end.
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
  const attempt = (names: readonly string[]) => {
    const trial = settle(best, around, names)
    if (isBetter(cost(trial), cost(best))) best = trial
  }
  const stuck = stuckTransposes(best)
  if (stuck.length > 1) attempt(stuck)
  for (const name of stuckTransposes(best).slice(0, MOST_TRIALS)) {
    if (stuckTransposes(best).includes(name)) attempt([name])
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

/** Transposes before operators that could move before them, if others let them. */
function stuckTransposes(graph: Graph): string[] {
  const movable = new Set(graph.nodes.filter(moverOf).flatMap((node) => node.inputs))
  const outputs = graph.nodes.filter(isTranspose).flatMap((node) => node.outputs)
  return outputs.filter((name) => movable.has(name))
}

interface Cost {
  /** Elements that Transposes copy; symbolic and unknown sizes count as 1. */
  readonly elements: number
  /** Reads of what they give: with a single one, other passes may be rid of them. */
  readonly reads: number
  readonly nodes: number
}

function cost(graph: Graph): Cost {
  const { types } = scopeOf(graph)
  const counts = readerCounts(graph)
  const outputs = graph.nodes.filter(isTranspose).map((node) => node.outputs[0] ?? '')
  const sizes = outputs.map((name) => {
    const dims = types.get(name)?.dims ?? []
    return dims.reduce<number>((size, dim) => size * (typeof dim === 'number' ? dim : 1), 1)
  })
  return {
    elements: sizes.reduce((sum, size) => sum + size, 0),
    reads: outputs.reduce((sum, name) => sum + (counts.get(name) ?? 0), 0),
    nodes: graph.nodes.length,
  }
}

function isBetter(a: Cost, b: Cost): boolean {
  if (a.elements !== b.elements) return a.elements < b.elements
  return a.reads === b.reads ? a.nodes < b.nodes : a.reads < b.reads
}

function isTranspose({ opType, domain }: Graph['nodes'][number]): boolean {
  return opType === 'Transpose' && !domain
}

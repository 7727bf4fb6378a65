// A part of a graph that control flow runs by itself: a loop's condition or body, or a branch.
import { canonical, type FlowGraph, type FlowNode, nodeAt, parsed, source } from './topology.js'
import type { Scope } from './scope.js'

/** What runs as one, from its parameters to its results. */
export interface Region {
  readonly graph: FlowGraph
  /** By parameter: the references that stand for it. */
  readonly parameters: readonly (readonly string[])[]
  readonly results: readonly string[]
  /** The scope around, where the region may read it: in frames, not in functions. */
  readonly around?: Scope
}

/** The parameter that a reference is, past Identity and the like. */
export function parameterOf(region: Region, reference: string): number | undefined {
  const name = source(region.graph, reference)
  const index = region.parameters.findIndex((each) => each.some((own) => canonical(own) === name))
  return index < 0 ? undefined : index
}

/** Whether a loop's body gives a parameter back as it is. */
export function isInvariant(body: Region, index: number): boolean {
  return parameterOf(body, body.results[index] ?? '') === index
}

/** The node that computes a result, past Identity and the like. */
export function maker(region: Region, reference: string): FlowNode | undefined {
  const name = source(region.graph, reference)
  return parameterOf(region, name) === undefined ? nodeAt(region.graph, name) : undefined
}

/** The nodes that read a parameter, without Identity and the like. */
export function readers(region: Region, index: number): FlowNode[] {
  const own = new Set((region.parameters[index] ?? []).map((each) => parsed(each).name))
  const names = new Set((region.parameters[index] ?? []).map(canonical))
  const found: FlowNode[] = []
  const waiting = [...own].flatMap((name) => region.graph.nodes[name]?.children ?? [])
  const seen = new Set<FlowNode>()
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (seen.has(node) || own.has(node.name)) continue
    seen.add(node)
    const reads = node.inputNames.some((each) => names.has(source(region.graph, each)))
    if (!reads) continue
    if (node.op === 'Identity' || node.op === 'NextIteration') waiting.push(...node.children)
    else if (node.op !== 'Exit') found.push(node)
  }
  return found
}

// Passes run to a fixed point.
import { OnnxError } from '../error.js'
import { printGraph } from '../printer.js'
import type { Graph } from '../types.js'

/** A change of a graph that keeps its inputs, its outputs and their values. */
export type Pass = (graph: Graph) => Graph

/** Runs passes again and again until the graph stays as it is. */
export function settled(graph: Graph, steps: readonly Pass[]): Graph {
  let current = graph
  let text = printGraph(current)
  for (let round = 0; round < 100; round++) {
    current = steps.reduce((before, pass) => pass(before), current)
    const next = printGraph(current)
    if (next === text) return current
    text = next
  }
  throw new OnnxError(`graph ${graph.name}: passes do not settle, got 100 rounds, expected a few`)
}

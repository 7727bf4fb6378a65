// Reads the values of a graph that follow from constants alone, as a program that makes the graph must.
import type { Graph, Initializer, Node, TensorData } from '../../types.js'
import { scopeOf } from '../scope.js'
import { evaluationOf } from './evaluate.js'
import { approximations } from './approximation.js'
import { reductions, split } from './reduction.js'

/** The most bytes of one value that are worth computing here. */
const MOST = 2 ** 16

/** Why a value is not known: it depends on an input, or comes of an operator that is not computed here. */
export interface Unknown {
  readonly input?: string
  readonly node?: Node
}

/**
 * The value of a name in a graph whose sizes are all known, or what it depends on that is not known.
 * Unlike constant folding this also computes operators that runtimes round each in their own way: to
 * the nearest float32, as JavaScript does.
 */
export function readValue(graph: Graph, name: string): Initializer | Unknown {
  const scope = scopeOf(graph)
  const known = new Map<string, Initializer>(scope.constants)
  const unknown = new Map<string, Unknown>()
  for (const { name: input } of graph.inputs) unknown.set(input, { input })
  for (const node of neededBy(graph, name)) {
    const missing = node.inputs.find((input) => input !== '' && !known.has(input))
    const reason = missing === undefined ? { node } : (unknown.get(missing) ?? { node })
    const values = missing === undefined || node.opType === 'Shape' ? valuesOf(node) : undefined
    node.outputs.forEach((output, i) => {
      const value = values?.[i]
      if (value) known.set(output, { ...value, name: output })
      else unknown.set(output, reason)
    })
  }
  return known.get(name) ?? unknown.get(name) ?? { input: name }

  function valuesOf(node: Node): readonly (TensorData | undefined)[] | undefined {
    const tensors = node.inputs.map((input) => known.get(input))
    const dimsOf = (input: number) => scope.types.get(node.inputs[input] ?? '')?.dims
    const all = { node, tensors, limit: MOST, dimsOf }
    if (node.domain) return undefined
    if (node.opType === 'Split') return split(all)
    const more = approximations[node.opType] ?? reductions[node.opType]
    return [more?.(all) ?? evaluationOf(node, { ...scope, constants: known }, all)]
  }
}

/** The nodes that a value needs, in the graph's order. */
function neededBy(graph: Graph, name: string): Node[] {
  const needed = new Set([name])
  const nodes = graph.nodes.toReversed().filter(({ inputs, outputs }) => {
    const used = outputs.some((output) => needed.has(output))
    if (used) inputs.forEach((input) => needed.add(input))
    return used
  })
  return nodes.toReversed()
}

// Joins two bounds to one Clip.
import { numbersOf, tensorOf } from '../builder/tensor.js'
import type { Graph, Node } from '../types.js'
import { type Change, rewritten, type Site } from './rewrite.js'

/** Makes one Clip of Relu and Min with a number that is not negative, as tf.layers writes relu6. */
export function fuseClips(graph: Graph): Graph {
  return rewritten(graph, (node, site) => {
    if (node.opType !== 'Min' || node.inputs.length !== 2) return undefined
    const [a = '', b = ''] = node.inputs
    return clipped(node, [a, b], site) ?? clipped(node, [b, a], site)
  })
}

function clipped(
  node: Node,
  [from, bound]: readonly [from: string, bound: string],
  site: Site,
): Change | undefined {
  const relu = site.soleMaker(from)
  const high = site.scope.constants.get(bound)
  if (relu?.opType !== 'Relu' || relu.domain || high?.dims.length !== 0) return undefined
  if (!high.dataType.startsWith('float') || !numbersOf(high).every(isPositive)) {
    return undefined
  }
  const low = { name: site.names.take('zero'), ...tensorOf(high.dataType, [], [0]) }
  const inputs = [relu.inputs[0] ?? '', low.name, bound]
  return { nodes: [{ ...node, opType: 'Clip', inputs }], dropped: [relu], initializers: [low] }
}

/** -0 is none: which of two zeros is the less is open. */
function isPositive(value: number): boolean {
  return value > 0 || Object.is(value, 0)
}

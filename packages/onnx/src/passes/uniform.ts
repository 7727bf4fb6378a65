// One number instead of a constant that repeats it: operators broadcast a single number the quickest.
import { numbersOf, tensorOf } from '../builder/tensor.js'
import type { Graph, Node } from '../types.js'
import { isElementwise } from './movers.js'
import { type Change, rewritten, type Site } from './rewrite.js'
import { dimsOf, sameDims } from './scope.js'

/**
 * Gives an element-wise operator a single number for a constant of one float32 throughout, where the
 * other operands alone have the result's shape. No value changes.
 */
export function shrinkUniform(graph: Graph): Graph {
  return rewritten(graph, (node, site) => {
    if (!isElementwise(node) || node.inputs.length !== 2) return undefined
    return shrunk(node, 0, site) ?? shrunk(node, 1, site)
  })
}

function shrunk(node: Node, place: 0 | 1, site: Site): Change | undefined {
  const tensor = site.scope.constants.get(node.inputs[place] ?? '')
  const whole = dimsOf(node.outputs[0], site)
  if (tensor?.dataType !== 'float32' || tensor.dims.length === 0) return undefined
  if (!sameDims(dimsOf(node.inputs[1 - place], site), whole)) return undefined
  const [first, ...others] = numbersOf(tensor)
  if (first === undefined || !others.every((each) => Object.is(each, first))) return undefined
  const single = { name: site.names.take(tensor.name), ...tensorOf('float32', [], [first]) }
  const inputs = node.inputs.map((name, i) => (i === place ? single.name : name))
  return { nodes: [{ ...node, inputs }], initializers: [single] }
}

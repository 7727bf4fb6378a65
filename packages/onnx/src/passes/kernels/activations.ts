// Activations and their gradients in operators that onnxruntime's CPU provider has vectorised.
import { numbersOf, tensorOf } from '../../builder/tensor.js'
import { attr } from '../../builder/value.js'
import type { Node } from '../../types.js'
import type { Change, Rule, Site } from '../rewrite.js'
import { dimsOf, sameDims } from '../scope.js'

/** Times this, every positive float32 is at least 1, but for those below 3e-39. */
const STEEPEST = 3.4e38

/** The step from 0 to 1, as Ceil of Clip; of -0 it is 0 then. */
export const step: Rule = (node, site) => {
  const clip = node.opType === 'Ceil' ? site.soleMaker(node.inputs[0]) : undefined
  if (clip?.opType !== 'Clip' || clip.domain) return undefined
  const [x = '', ...bounds] = clip.inputs
  const [low, high] = bounds.map((name) => numberOf(name, site))
  if (low !== 0 || high !== 1) return undefined
  return { nodes: [{ ...node, ...stepOf(x) }], dropped: [clip] }
}

function stepOf(x: string): Pick<Node, 'opType' | 'inputs' | 'attributes'> {
  const attributes = { alpha: attr.float(STEEPEST), beta: attr.float(0) }
  return { opType: 'HardSigmoid', inputs: [x], attributes }
}

/**
 * The gradient of leaky ReLU, g where x > 0 and a * g elsewhere: g * max(step(x), a), for slopes a from 0
 * to 1. Where x is NaN, so is the gradient then.
 */
export const leakyGradient: Rule = (node, site) => {
  const [condition, g = '', other] = node.inputs
  const above = node.opType === 'Where' ? site.soleMaker(condition) : undefined
  const below = site.soleMaker(other)
  if (above?.opType !== 'Greater' || below?.opType !== 'Mul' || above.domain || below.domain) {
    return undefined
  }
  const [x = '', zero = ''] = above.inputs
  const slopes = below.inputs.filter((name) => name !== g)
  const slope = numberOf(slopes[0] ?? '', site) ?? -1
  const alike = [x, g].every((name) => sameDims(dimsOf(name, site), dimsOf(node.outputs[0], site)))
  if (numberOf(zero, site) !== 0 || slopes.length !== 1 || !(slope >= 0 && slope <= 1) || !alike) {
    return undefined
  }
  return factored(node, { x, g, slope: slopes[0] ?? '', dropped: [above, below] }, site)
}

interface Leaky {
  readonly x: string
  readonly g: string
  readonly slope: string
  readonly dropped: readonly Node[]
}

function factored(node: Node, { x, g, slope, dropped }: Leaky, site: Site): Change {
  const type = site.scope.types.get(g)
  const [step, factor] = ['step', 'slope'].map((each) => {
    return site.names.take(`${node.outputs[0] ?? ''}_${each}`)
  }) as [string, string]
  return {
    nodes: [
      { name: step, outputs: [step], ...stepOf(x) },
      { name: factor, opType: 'Max', inputs: [step, slope], outputs: [factor], attributes: {} },
      { ...node, opType: 'Mul', inputs: [g, factor] },
    ],
    dropped,
    values: type ? [step, factor].map((name) => ({ ...type, name })) : [],
  }
}

/** The number of a float32 scalar. */
function numberOf(name: string, { scope }: Site): number | undefined {
  const tensor = scope.constants.get(name)
  return tensor?.dataType === 'float32' && tensor.dims.length === 0
    ? numbersOf(tensor)[0]
    : undefined
}

/** softplus(x) = relu(x) - log max(p, 1 - p) with p = sigmoid(x), exact to about 1e-7. */
export const softplus: Rule = (node, site) => {
  const [x = ''] = node.inputs
  const type = site.scope.types.get(x)
  if (node.opType !== 'Softplus' || type?.dataType !== 'float32') return undefined
  const [output = ''] = node.outputs
  const one = { name: site.names.take('one'), ...tensorOf('float32', [], [1]) }
  const nodes: Node[] = []
  const add = (opType: string, ...inputs: string[]): string => {
    const name = site.names.take(`${output}_${opType}`)
    nodes.push({ name, opType, inputs, outputs: [name], attributes: {} })
    return name
  }
  const p = add('Sigmoid', x)
  const log = add('Log', add('Max', p, add('Sub', one.name, p)))
  const relu = add('Relu', x)
  const values = nodes.map(({ name }) => ({ ...type, name }))
  nodes.push({ ...node, opType: 'Sub', inputs: [relu, log] })
  return { nodes, initializers: [one], values }
}

// Products and sums of scaled values: scaled in the product, or after the sum, instead of before them.
import { numbersOf } from '../../builder/tensor.js'
import type { Node, ValueInfo } from '../../types.js'
import type { Change, Rule, Site } from '../rewrite.js'
import { dimsOf, sameDims } from '../scope.js'

/** Values; scaling fewer costs no more than what takes its place. */
const LEAST = 2 ** 14

/**
 * Gemm of x * c becomes Gemm of x with an alpha of c, and ReduceSum of x * c becomes ReduceSum of x, times
 * c, with a constant number c. Where all readers of x * c do so, a pass over memory is saved. Sums are
 * rounded in another order.
 */
export const scaledProduct: Rule = (node, site) => {
  if (node.opType === 'Gemm') return gemm(node, site)
  return node.opType === 'ReduceSum' ? sum(node, site) : undefined
}

interface Scaled {
  readonly values: string
  readonly factor: string
  readonly number: number
}

function gemm(node: Node, site: Site): Change | undefined {
  for (const place of [0, 1]) {
    const scaled = scaledOf(node.inputs[place], site)
    if (scaled === undefined) continue
    const { alpha } = node.attributes
    const value = scaled.number * (alpha?.type === 'float' ? alpha.value : 1)
    const inputs = node.inputs.with(place, scaled.values)
    const attributes = { ...node.attributes, alpha: { type: 'float', value } } as const
    return { nodes: [{ ...node, inputs, attributes }] }
  }
  return undefined
}

function sum(node: Node, site: Site): Change | undefined {
  const [x = '', ...axes] = node.inputs
  const [output = ''] = node.outputs
  const scaled = scaledOf(x, site)
  const type = site.scope.types.get(output)
  if (scaled === undefined || type === undefined) return undefined
  const unscaled: ValueInfo = { ...type, name: site.names.take(`${output}_unscaled`) }
  const { name } = unscaled
  return {
    nodes: [
      { ...node, name, inputs: [scaled.values, ...axes], outputs: [name] },
      {
        name: node.name,
        opType: 'Mul',
        inputs: [name, scaled.factor],
        outputs: [output],
        attributes: {},
      },
    ],
    values: [unscaled],
  }
}

/** What a value of some size is a constant number times, and that number. */
function scaledOf(name: string | undefined, site: Site): Scaled | undefined {
  const maker = site.maker(name)
  if (maker?.opType !== 'Mul' || maker.domain) return undefined
  const dims = dimsOf(name, site)
  const size = dims?.reduce<number>((n, dim) => (typeof dim === 'number' ? n * dim : NaN), 1) ?? 0
  const [a = '', b = ''] = maker.inputs
  for (const [values, factor] of [
    [a, b],
    [b, a],
  ] as const) {
    const constant = site.scope.constants.get(factor)
    if (constant?.dataType !== 'float32' || !(size >= LEAST)) continue
    const [number, ...others] = numbersOf(constant)
    if (number === undefined || others.length > 0 || !sameDims(dimsOf(values, site), dims)) continue
    return { values, factor, number }
  }
  return undefined
}

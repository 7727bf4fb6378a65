// Products and sums of scaled values: scaled in the product, or after the sum, instead of before them.
import { numbersOf, tensorOf } from '../../builder/tensor.js'
import { elementCount } from '../../builder/value.js'
import type { Node, ValueInfo } from '../../types.js'
import type { Change, Rule, Site } from '../rewrite.js'
import { dimsOf, sameDims, sizeOf } from '../scope.js'

/** Values; scaling fewer costs no more than what takes its place. */
const LEAST = 2 ** 14

/** The least normal number of float32. */
const LEAST_FACTOR = 2 ** -126

/**
 * Gemm of x * c becomes Gemm of x with an alpha of c, and ReduceSum of x * c becomes ReduceSum of x, times
 * c, with a constant number c, where all readers of x * c do so: that saves a pass over memory. Sums are
 * rounded in another order, and overflow where only c kept them within float32.
 */
export const scaledProduct: Rule = (node, site) => {
  if (node.opType === 'Gemm') return product(node, site)
  return node.opType === 'ReduceSum' ? sum(node, site) : undefined
}

interface Scaled {
  readonly values: string
  readonly number: number
}

function product(node: Node, site: Site): Change | undefined {
  for (const place of [0, 1]) {
    const scaled = scaledOf(node.inputs[place], site)
    if (scaled === undefined) continue
    const { alpha } = node.attributes
    const value = Math.fround(scaled.number * (alpha?.type === 'float' ? alpha.value : 1))
    if (!isNormal(value)) continue
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
  // Without axes, which might give the sum more than it has.
  const factor = { name: site.names.take('factor'), ...tensorOf('float32', [], [scaled.number]) }
  const inputs = [name, factor.name]
  return {
    nodes: [
      { ...node, name, inputs: [scaled.values, ...axes], outputs: [name] },
      { name: node.name, opType: 'Mul', inputs, outputs: [output], attributes: {} },
    ],
    initializers: [factor],
    values: [unscaled],
  }
}

/** What a value of some size is a constant number times, and that number. */
function scaledOf(name = '', site: Site): Scaled | undefined {
  const maker = site.maker(name)
  if (maker?.opType !== 'Mul' || maker.domain || !isReadAsSum(name, site)) return undefined
  const dims = dimsOf(name, site)
  if (!(sizeOf(dims) >= LEAST)) return undefined
  const [a = '', b = ''] = maker.inputs
  return scaledBy(a, b) ?? scaledBy(b, a)

  function scaledBy(values: string, factor: string): Scaled | undefined {
    const constant = site.scope.constants.get(factor)
    if (constant?.dataType !== 'float32' || elementCount(constant.dims) !== 1) return undefined
    const [number = NaN] = numbersOf(constant)
    const fits = sameDims(dimsOf(values, site), dims) && isNormal(number)
    return fits ? { values, number } : undefined
  }
}

/** Whether nothing reads a value but operands of products and sums. */
function isReadAsSum(name: string, site: Site): boolean {
  const isSum = ({ opType, domain, inputs }: Node) => {
    if (domain) return false
    return opType === 'Gemm' ? inputs[2] !== name : opType === 'ReduceSum' && inputs[0] === name
  }
  return !site.isOutput(name) && site.readers(name).every(isSum)
}

function isNormal(value: number): boolean {
  return Number.isFinite(value) && Math.abs(value) >= LEAST_FACTOR
}

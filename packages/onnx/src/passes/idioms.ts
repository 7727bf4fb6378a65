// Removes arithmetic that leaves every value as it is, to the last bit.
import { numbersOf } from '../builder/tensor.js'
import { dataTypeCode } from '../data-types.js'
import type { DataType, Graph, Node } from '../types.js'
import { rewritten, type Rule, sameAs, type Site } from './rewrite.js'
import { sameDims } from './scope.js'

/** By operator: the constant operand that changes nothing, and which of the two it may be. */
const neutral: Readonly<
  Record<string, { readonly value: number; readonly places: readonly number[] }>
> = {
  // -0 + x is x for every x, but 0 + -0 is 0.
  Add: { value: -0, places: [0, 1] },
  Sub: { value: 0, places: [1] },
  Mul: { value: 1, places: [0, 1] },
  Div: { value: 1, places: [1] },
}

/** Operators that, applied twice, give what they were given. */
const involutions = new Set(['Neg', 'Not'])
/** Operators that, applied twice, give what they give at once. */
const projections = new Set(['Abs', 'Relu', 'Floor', 'Ceil', 'Round', 'Sign'])

/**
 * Removes Mul and Div by 1, Sub of 0, Add of -0 (and of 0 where values are whole numbers), Neg and Not
 * twice, the second of two Abs, Relu, Floor, Ceil, Round or Sign, a Cast to a wider type and back, and
 * Relu before a Clip to 0 or more. Values stay the same bit for bit, NaN too.
 */
export function removeIdioms(graph: Graph): Graph {
  return rewritten(graph, (node, site) => {
    const source = withoutNeutral(node, site) ?? twice(node, site) ?? thereAndBack(node, site)
    return source === undefined ? clipWithoutRelu(node, site) : { nodes: [sameAs(node, source)] }
  })
}

/** Both leave NaN as it is. */
const clipWithoutRelu: Rule = (node, site) => {
  if (node.opType !== 'Clip') return undefined
  const [clipped, lowest, ...others] = node.inputs
  const maker = site.soleMaker(clipped)
  const least = site.scope.constants.get(lowest ?? '')
  const [bound = -1] = least && isNumeric(least.dataType) ? numbersOf(least) : []
  // A bound of -0 would give -0 for what Relu makes 0.
  if (maker?.opType !== 'Relu' || maker.domain || !(bound >= 0) || Object.is(bound, -0)) {
    return undefined
  }
  return { nodes: [{ ...node, inputs: [maker.inputs[0] ?? '', lowest ?? '', ...others] }] }
}

function withoutNeutral(node: Node, site: Site): string | undefined {
  const rule = neutral[node.opType]
  const place = rule?.places.find((each) => isNeutral(node.inputs[each], rule.value, site))
  const kept = place === undefined ? undefined : node.inputs[1 - place]
  // A constant of more axes would give the result more axes.
  const types = [kept, node.outputs[0]].map((name) => site.scope.types.get(name ?? '')?.dims)
  return sameDims(types[0], types[1]) ? kept : undefined
}

function isNeutral(name: string | undefined, value: number, { scope }: Site): boolean {
  const tensor = scope.constants.get(name ?? '')
  if (tensor === undefined || !isNumeric(tensor.dataType)) return false
  const isFloat = tensor.dataType === 'float32' || tensor.dataType === 'float64'
  return numbersOf(tensor).every((each) => (isFloat ? Object.is(each, value) : each === value))
}

function isNumeric(dataType: DataType): boolean {
  return ['float32', 'float64', 'int32', 'int64', 'uint8'].includes(dataType)
}

function twice({ opType, inputs }: Node, site: Site): string | undefined {
  const maker = site.maker(inputs[0])
  if (maker?.opType !== opType || maker.domain) return undefined
  if (involutions.has(opType)) return maker.inputs[0]
  return projections.has(opType) ? inputs[0] : undefined
}

/** By type: the types that hold all its values. */
const wider: Partial<Readonly<Record<DataType, readonly DataType[]>>> = {
  bool: ['uint8', 'int8', 'int32', 'int64', 'float16', 'float32', 'float64'],
  uint8: ['int32', 'int64', 'float16', 'float32', 'float64'],
  int32: ['int64', 'float64'],
  float16: ['float32', 'float64'],
  float32: ['float64'],
}

function thereAndBack(node: Node, site: Site): string | undefined {
  const maker = node.opType === 'Cast' ? site.maker(node.inputs[0]) : undefined
  if (maker?.opType !== 'Cast' || maker.domain) return undefined
  const typeOf = (name = '') => site.scope.types.get(name)?.dataType
  const [first, middle] = [typeOf(maker.inputs[0]), typeOf(maker.outputs[0])]
  const { to } = node.attributes
  if (first === undefined || middle === undefined || to?.type !== 'int') return undefined
  const isBack = to.value === dataTypeCode(first) && wider[first]?.includes(middle)
  return isBack ? maker.inputs[0] : undefined
}

// Merges changes of shape: chains of Reshape, Squeeze, Unsqueeze and Flatten, also around element-wise operators.
import { tensorOf } from '../builder/tensor.js'
import { elementCount } from '../builder/value.js'
import type { Dim, Graph, Initializer, Node } from '../types.js'
import { isElementwise } from './movers.js'
import { derived } from './origin.js'
import { type Change, rewritten, type Rule, sameAs, type Site } from './rewrite.js'
import { dimsOf, sameDims } from './scope.js'
import { shapeSizes } from './sizes.js'

const shapers = new Set(['Reshape', 'Squeeze', 'Unsqueeze', 'Flatten'])

/**
 * Makes one Reshape of several changes of shape in a row, or none where the last gives the first's
 * shape. Where element-wise operators stand between two of them, or where another reader has the same
 * change of shape, it is done before those operators. No value changes, and a Reshape that makes a graph
 * fail at some sizes stays.
 */
export function mergeReshapes(graph: Graph): Graph {
  return rewritten(graph, (node, site) => {
    if (!isShaper(node)) return undefined
    return unchanged(node, site) ?? merged(node, site) ?? hoisted(node, site)
  })
}

/** Whether a node changes the shape of a value and nothing else. */
export function isShaper(node: Node | undefined): node is Node {
  return node !== undefined && !node.domain && shapers.has(node.opType)
}

/** None in place of a change of shape to what the operand has, though one of its sizes has another name. */
const unchanged: Rule = (node, site) => {
  const [source = '', list = ''] = node.inputs
  const [from = [], to = []] = [source, node.outputs[0]].map((name) => dimsOf(name, site))
  const open = to.filter((dim) => typeof dim === 'string')
  const same = from.filter((dim, axis) => dim !== 0 && dim === to[axis])
  const others = from.filter((dim, axis) => typeof dim === 'string' && typeof to[axis] === 'string')
  const isFixed = node.opType === 'Reshape' && site.scope.constants.has(list)
  if (!isFixed || from.length !== to.length || open.length !== 1) return undefined
  return others.length === 1 && same.length >= to.length - 1
    ? { nodes: [sameAs(node, source)] }
    : undefined
}

const merged: Rule = (node, site) => {
  const [source = ''] = node.inputs
  const maker = site.maker(source)
  const [first = ''] = isShaper(maker) && !mayRefuse(maker, site) ? maker.inputs : []
  if (first === '') return undefined
  if (sameDims(dimsOf(first, site), dimsOf(node.outputs[0], site))) {
    return { nodes: [sameAs(node, first)] }
  }
  return reshape({ node, from: first }, site)
}

/**
 * Whether a change of shape fails at some sizes, as one does that guards a graph against them: a
 * Reshape to computed sizes, unless they are those of its operand.
 */
function mayRefuse(node: Node, site: Site): boolean {
  if (node.opType !== 'Reshape' || site.scope.constants.has(node.inputs[1] ?? '')) return false
  const [from, to] = [node.inputs[0], node.outputs[0]].map((name) => dimsOf(name, site))
  return from === undefined || to === undefined || !holdSame(from, to)
}

/** Whether two shapes hold the same number of elements, whatever the symbolic sizes are. */
function holdSame(from: readonly Dim[], to: readonly Dim[]): boolean {
  const [before, after] = [from, to].map((dims) => ({
    symbols: dims.filter((dim) => typeof dim === 'string').toSorted(),
    fixed: elementCount(dims.filter((dim) => typeof dim === 'number')),
  }))
  if (before?.fixed !== after?.fixed || before?.symbols.includes('')) return false
  return before?.symbols.join() === after?.symbols.join()
}

/** f(x) reshaped is f of x reshaped, which costs nothing where x is reshaped already. */
const hoisted: Rule = (node, site) => {
  const chain = elementwiseBefore(node, site)
  const [top] = chain
  const from = top && variableOf(top, site)
  if (top === undefined || from === undefined) return undefined
  const target = dimsOf(node.outputs[0], site)
  const twin = site.readers(from).find((each) => {
    return each !== node && isShaper(each) && sameDims(dimsOf(each.outputs[0], site), target)
  })
  if (twin === undefined && !isShaper(site.maker(from))) return undefined
  return aboveChain({ node, chain, from }, site)
}

/** The element-wise operators of one variable operand that end in a node, each for the next one alone. */
function elementwiseBefore(node: Node, site: Site): Node[] {
  const rank = dimsOf(node.outputs[0], site)?.length ?? 0
  const chain: Node[] = []
  for (;;) {
    const maker = site.soleMaker(chain[0] ? variableOf(chain[0], site) : node.inputs[0])
    if (maker === undefined || !isElementwise(maker) || variableOf(maker, site) === undefined) break
    const constants = maker.inputs.filter((name) => name !== variableOf(maker, site))
    if (constants.some((name) => !isSingle(name, { site, rank }))) break
    chain.unshift(maker)
  }
  return chain
}

/** The one operand of a node that is no constant. */
function variableOf(node: Node, { scope }: Site): string | undefined {
  const variable = node.inputs.filter((name) => name !== '' && !scope.constants.has(name))
  return variable.length === 1 ? variable[0] : undefined
}

/** Whether an operand is absent or has one element, and no more axes than either shape. */
function isSingle(name: string, { site, rank }: { site: Site; rank: number }): boolean {
  if (name === '') return true
  const dims = site.scope.constants.get(name)?.dims
  return dims !== undefined && dims.length <= Math.min(rank, 1) && dims.every((dim) => dim === 1)
}

interface Chain {
  readonly node: Node
  readonly chain: readonly Node[]
  /** What the first of the chain reads. */
  readonly from: string
}

/** The change of shape first, then the chain. */
function aboveChain({ node, chain, from }: Chain, site: Site): Change | undefined {
  const dims = dimsOf(node.outputs[0], site)
  const type = site.scope.types.get(from)
  if (dims === undefined || type === undefined) return undefined
  const start = site.names.take(`${from}_reshaped`)
  const shape = reshape({ node: { ...node, outputs: [start] }, from, dims }, site)
  if (shape === undefined) return undefined
  const values = [{ name: start, dataType: type.dataType, dims }]
  const nodes = chain.map((each, i) => {
    const inputs = i > 0 ? each.inputs : each.inputs.map((name) => (name === from ? start : name))
    const [output = ''] = each.outputs
    const dataType = site.scope.types.get(output)?.dataType ?? type.dataType
    values.push({ name: output, dataType, dims })
    return { ...each, inputs }
  })
  return {
    ...shape,
    nodes: [...shape.nodes, ...nodes, sameAs(node, chain.at(-1)?.outputs[0] ?? start)],
    dropped: chain,
    values,
  }
}

interface Reshaping {
  readonly node: Node
  readonly from: string
  readonly dims?: readonly Dim[]
}

function reshape({ node, from, dims }: Reshaping, site: Site): Change | undefined {
  const [output = ''] = node.outputs
  const target = dims ?? dimsOf(output, site)
  const shape = target && shapeConstant(`${output}_shape`, target, { from, site })
  if (shape === undefined) return undefined
  const { name } = node
  const inputs = [from, shape.name]
  return {
    nodes: [{ name, opType: 'Reshape', inputs, outputs: [output], attributes: {} }],
    initializers: [shape],
  }
}

function shapeConstant(
  name: string,
  dims: readonly Dim[],
  { from, site }: { readonly from: string; readonly site: Site },
): Initializer | undefined {
  const sizes = shapeSizes(dims, site.scope.types.get(from)?.dims)
  if (sizes === undefined) return undefined
  const list = tensorOf('int64', [sizes.length], sizes)
  return derived(site.names.take(name), list, { name: 'shape' })
}

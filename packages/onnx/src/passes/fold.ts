// Folds what is known beforehand: constants, Identity, Cast to the same type, chains of Transpose.
import { numbersOf } from '../builder/tensor.js'
import { dataTypeCode } from '../data-types.js'
import type { Graph, Initializer, Node } from '../types.js'
import { evaluated } from './evaluate/evaluate.js'
import { removeIdentities } from './identities.js'
import { composed, isIdentity, permutationOf } from './permutation.js'
import { sameDims, scopeOf, type Scope } from './scope.js'
import { mapSubgraphs, readerCounts, withoutStaleValues } from './walk.js'

interface Context {
  readonly scope: Scope
  /** Nodes so far, by what they make. */
  readonly makers: ReadonlyMap<string, Node>
  /** Whether a constant is one of this graph that only the node at hand reads. */
  readonly isLast: (name: string) => boolean
}

/** A simpler node for the same value, or undefined where the rule does not apply. */
type Rule = (node: Node, context: Context) => Node | undefined

const rules: Readonly<Record<string, Rule>> = {
  Cast: foldCast,
  Pad: foldPad,
  Reshape: foldReshape,
  Transpose: foldTranspose,
}

/**
 * Computes nodes whose operands are constants beforehand, where that is exact and the file grows by no
 * more than a kilobyte; removes Identity, Cast to the type that a value has, Reshape to the shape that
 * it has, Pad by nothing and Transpose that moves nothing; makes one of two Transposes in a row. What nothing reads any
 * more stays for `removeDeadNodes`.
 */
export function foldConstants(graph: Graph): Graph {
  return foldInScope(graph)
}

/** `foldConstants` for a sub-graph, which also knows what surrounds it. */
export function foldInScope(graph: Graph, outer?: Scope): Graph {
  const scope = scopeOf(graph, outer)
  const inner = mapSubgraphs(graph, (subgraph) => foldInScope(subgraph, scope))
  const outputs = new Set(graph.outputs.map((output) => output.name))
  const makers = new Map<string, Node>()
  const constants = new Map(scope.constants)
  const counts = readerCounts(inner)
  const isLast = (name: string) => counts.get(name) === 1 && !outer?.constants.has(name)
  const context = { scope: { ...scope, constants }, makers, isLast }
  const nodes: Node[] = []
  const initializers = [...inner.initializers]
  for (const original of inner.nodes) {
    const folded = simplified(original, context)
    const isConstant = 'bytes' in folded
    if (isConstant && !outputs.has(folded.name)) {
      initializers.push(folded)
      constants.set(folded.name, folded)
      continue
    }
    const node = isConstant ? original : folded
    nodes.push(node)
    for (const name of node.outputs) makers.set(name, node)
  }
  return removeIdentities(withoutStaleValues({ ...inner, nodes, initializers }))
}

function simplified(node: Node, context: Context): Node | Initializer {
  const value = evaluated(node, context.scope, context.isLast)
  if (value) return value
  const rule = node.domain ? undefined : rules[node.opType]
  const next = rule?.(node, context)
  // The result may be in reach of a rule again: Transpose of Transpose of Transpose.
  return next === undefined ? node : simplified(next, context)
}

function foldCast(node: Node, { scope }: Context): Node | undefined {
  const { to } = node.attributes
  const dataType = scope.types.get(node.inputs[0] ?? '')?.dataType
  if (dataType === undefined || to?.type !== 'int') return undefined
  return to.value === dataTypeCode(dataType) ? identity(node, node.inputs[0]) : undefined
}

/** Padding by nothing. */
function foldPad(node: Node, { scope }: Context): Node | undefined {
  const pads = scope.constants.get(node.inputs[1] ?? '')
  const isNothing = pads !== undefined && numbersOf(pads).every((amount) => amount === 0)
  return isNothing ? identity(node, node.inputs[0]) : undefined
}

function foldReshape(node: Node, { scope, makers }: Context): Node | undefined {
  const [source = '', shape = ''] = node.inputs
  const [output = ''] = node.outputs
  const dims = scope.types.get(output)?.dims
  if (sameDims(scope.types.get(source)?.dims, dims)) return identity(node, source)
  const maker = makers.get(source)
  if (maker === undefined || copiesSizes(node, scope) || !keepsOrder(maker, scope)) return undefined
  return { ...node, inputs: [maker.inputs[0] ?? '', shape] }
}

function isReshape(node: Node): boolean {
  return node.opType === 'Reshape' && !node.domain
}

/** Whether a node is a Transpose that only moves axes of size 1, so that no element moves. */
function keepsOrder(node: Node, scope: Scope): boolean {
  const perm = permutationOf(node, scope)
  const dims = scope.types.get(node.inputs[0] ?? '')?.dims
  const longer = perm?.filter((axis) => dims?.[axis] !== 1)
  if (dims === undefined || longer === undefined) return false
  return longer.every((axis, index) => axis > (longer[index - 1] ?? -1))
}

/** Whether a Reshape takes sizes from its operand, or may: a 0 does, unless told otherwise. */
function copiesSizes(node: Node, scope: Scope): boolean {
  const { allowzero } = node.attributes
  if (allowzero?.type === 'int' && allowzero.value === 1) return false
  const shape = scope.constants.get(node.inputs[1] ?? '')
  return shape === undefined || numbersOf(shape).includes(0)
}

function foldTranspose(node: Node, { scope, makers }: Context): Node | undefined {
  const [source = ''] = node.inputs
  const perm = permutationOf(node, scope)
  if (perm === undefined) return undefined
  if (isIdentity(perm)) return identity(node, source)
  const maker = makers.get(source)
  if (maker && isReshape(maker) && keepsOrder(node, scope)) return undone(node, maker, scope)
  const first = permutationOf(maker, scope)
  if (maker === undefined || first === undefined) return undefined
  return { ...transposeOf(node, composed(first, perm)), inputs: [maker.inputs[0] ?? ''] }
}

/** A Reshape and a Transpose that keep the order of elements are nothing where the shape is as before. */
function undone(node: Node, reshape: Node, scope: Scope): Node | undefined {
  const dimsOf = (name = '') => scope.types.get(name)?.dims
  if (!sameDims(dimsOf(reshape.inputs[0]), dimsOf(node.outputs[0]))) return undefined
  return identity(node, reshape.inputs[0])
}

function transposeOf(node: Node, perm: readonly number[]): Node {
  return { ...node, attributes: { perm: { type: 'ints', value: perm } } }
}

function identity(node: Node, source: string | undefined): Node {
  const { name, outputs } = node
  return { name, opType: 'Identity', inputs: [source ?? ''], outputs, attributes: {} }
}

// Another order of the features of a matrix [batch, features], in the constants before or behind it.
import { elementCount, int } from '../builder/value.js'
import type { Initializer, Node, TensorData } from '../types.js'
import { isElementwise } from './movers.js'
import { derived } from './origin.js'
import { transposed } from './permutation.js'
import type { Site } from './rewrite.js'

/** A rearrangement: features that lie as a tensor of shape `dims` come to lie as it does permuted. */
export interface Order {
  readonly dims: readonly number[]
  readonly perm: readonly number[]
}

/** Nodes with other constants, and those constants. */
export interface Edits {
  readonly nodes: Map<Node, Node>
  readonly initializers: Initializer[]
}

/** The edits after which everything that reads a value may be given its features in the new order. */
export function reorderBehind(value: string, order: Order, site: Site): Edits | undefined {
  const edits: Edits = { nodes: new Map(), initializers: [] }
  return behind(value, { order, site, edits }) ? edits : undefined
}

/** The edits after which a value that only one node reads has its features in the new order. */
export function reorderBefore(value: string, order: Order, site: Site): Edits | undefined {
  const edits: Edits = { nodes: new Map(), initializers: [] }
  return before(value, { order, site, edits }) ? edits : undefined
}

interface Work {
  readonly order: Order
  readonly site: Site
  readonly edits: Edits
}

function behind(value: string, work: Work): boolean {
  const { site } = work
  const readers = site.readers(value)
  if (site.isOutput(value) || readers.length === 0) return false
  return readers.every((reader) => {
    if (reader.inputs.filter((name) => name === value).length !== 1) return false
    if (isProduct(reader)) return reader.inputs[0] === value && withRows(reader, work)
    return withOperands(reader, value, work) && behind(reader.outputs[0] ?? '', work)
  })
}

function before(value: string, work: Work): boolean {
  const { site } = work
  const maker = site.soleMaker(value)
  if (maker === undefined || maker.domain) return false
  if (isProduct(maker)) return withColumns(maker, work)
  const variable = maker.inputs.filter((name) => name && !site.scope.constants.has(name))
  const [source = ''] = variable
  return variable.length === 1 && withOperands(maker, source, work) && before(source, work)
}

function isProduct({ opType, domain }: Node): boolean {
  return !domain && (opType === 'MatMul' || opType === 'Gemm')
}

function isSet(node: Node, name: string): boolean {
  return int(node, name, 0) !== 0
}

/** The product whose left operand has its columns in the new order. */
function withRows(node: Node, work: Work): boolean {
  if (isSet(node, 'transA')) return false
  return withConstant(node, { input: 1, axis: isSet(node, 'transB') ? 1 : 0 }, work)
}

/** The product that gives its columns in the new order. */
function withColumns(node: Node, work: Work): boolean {
  const bias = node.inputs[2] ?? ''
  const weights = { input: 1, axis: isSet(node, 'transB') ? 0 : 1 }
  if (!withConstant(node, weights, work)) return false
  return bias === '' || isUniform(bias, work) || withConstant(node, { input: 2, axis: -1 }, work)
}

/** An element-wise operator whose other operands are constants. */
function withOperands(node: Node, variable: string, work: Work): boolean {
  if (!isElementwise(node) || !hasShapeOf(node, variable, work)) return false
  return node.inputs.every((name, input) => {
    if (name === '' || name === variable || isUniform(name, work)) return true
    return withConstant(node, { input, axis: -1 }, work)
  })
}

function hasShapeOf({ outputs }: Node, variable: string, { site, order }: Work): boolean {
  return [variable, outputs[0] ?? ''].every((name) => {
    const dims = site.scope.types.get(name)?.dims
    return dims?.length === 2 && dims[1] === elementCount(order.dims)
  })
}

/** Whether a constant is the same for all features. */
function isUniform(name: string, { site }: Work): boolean {
  const dims = site.scope.constants.get(name)?.dims
  return dims !== undefined && (dims.at(-1) ?? 1) === 1
}

/** Writes down the node with a constant of which one axis is in the new order. */
function withConstant(
  node: Node,
  { input, axis }: { readonly input: number; readonly axis: number },
  { order, site, edits }: Work,
): boolean {
  const tensor = site.copyable(node.inputs[input])
  const place = axis < 0 ? (tensor?.dims.length ?? 0) + axis : axis
  if (tensor?.dims[place] !== elementCount(order.dims)) return false
  const name = site.names.take(tensor.name)
  edits.initializers.push(derived(name, reordered(tensor, place, order), tensor))
  const current = edits.nodes.get(node) ?? node
  const inputs = current.inputs.map((each, i) => (i === input ? name : each))
  edits.nodes.set(node, { ...current, inputs })
  return true
}

function reordered(tensor: TensorData, axis: number, { dims, perm }: Order): TensorData {
  const [outer, inner] = [tensor.dims.slice(0, axis), tensor.dims.slice(axis + 1)]
  const whole = [
    ...outer.map((_, i) => i),
    ...perm.map((each) => axis + each),
    ...inner.map((_, i) => axis + dims.length + i),
  ]
  const { dataType, bytes } = transposed({ ...tensor, dims: [...outer, ...dims, ...inner] }, whole)
  return { dataType, dims: tensor.dims, bytes }
}

// How each operator takes a Transpose of its operand behind itself: the table to which new operators are added.
import { numbersOf, tensorOf } from '../builder/tensor.js'
import { attr, axisOf, int } from '../builder/value.js'
import type { Node, TensorData } from '../types.js'
import type { Arranged } from './operands.js'
import { inverse } from './permutation.js'
import { regrouped } from './regroup.js'
import type { Scope } from './scope.js'

/** The Transpose before a node, and what to do with its operands. */
export interface Move {
  /** What Transpose does to the operand; result axis i is the operand's axis perm[i]. */
  readonly perm: readonly number[]
  readonly scope: Scope
  /** The value of which an operand is the transposition, for one that is stretched to the others' shape. */
  readonly broadcast: (name: string) => Arranged | undefined
  /** The same for an operand of exactly the rank of the Transpose. */
  readonly exact: (name: string) => Arranged | undefined
  /** A computed list in another order: undefined where the node that it costs is not to be tried. */
  readonly reordered: (name: string, order: readonly number[]) => Arranged | undefined
  /** A new constant. */
  readonly constant: (name: string, tensor: TensorData) => Arranged
}

/** The node without the Transpose before it, and the Transpose that each of its results needs instead. */
export interface Moved {
  readonly operands: readonly Arranged[]
  readonly attributes?: Node['attributes']
  readonly perm: readonly number[]
}

/** An operator without the Transpose of its operand, or undefined where it needs it. */
export type Mover = (node: Node, move: Move) => Moved | undefined

const elementwise: Mover = (node, { perm, broadcast }) => {
  const operands = all(node.inputs.map(broadcast))
  return operands && { operands, perm }
}

/** Operands that are all transposed alike, joined along an axis. */
const joined: Mover = (node, { perm, exact }) => {
  const operands = all(node.inputs.map(exact))
  return operands && { operands, perm, attributes: withAxis(node, perm, 0) }
}

/** One operand and an attribute `axis`; the others stay as they are. */
const alongAxis =
  (fallback: number): Mover =>
  (node, move) => ({
    ...{ operands: first(node, move), perm: move.perm },
    attributes: withAxis(node, move.perm, fallback),
  })

/** Axes, as an attribute or as an input, that the operator reduces. */
const reduced: Mover = (node, move) => {
  const { perm } = move
  const attribute = node.attributes['axes']
  const given = attribute?.type === 'ints' ? attribute.value : listOf(node, 1, move)
  if (given === 'unknown' || node.attributes['noop_with_empty_axes']) return undefined
  const axes = given?.map((axis) => at(perm, axis))
  const result = withoutAxes(perm, { axes: axes ?? perm, keep: keeps(node) })
  if (axes === undefined) return { operands: first(node, move), perm: result }
  if (attribute === undefined) {
    return { operands: withList(node, move, { input: 1, list: axes }), perm: result }
  }
  const attributes = { ...node.attributes, axes: attr.ints(axes) }
  return { operands: first(node, move), perm: result, attributes }
}

/** An attribute `axis` that the operator reduces to an index. */
const indexed: Mover = (node, move) => {
  const axes = [at(move.perm, int(node, 'axis', 0))]
  return {
    operands: first(node, move),
    attributes: withAxis(node, move.perm, 0),
    perm: withoutAxes(move.perm, { axes, keep: keeps(node) }),
  }
}

/** An input that lists `parts` numbers for each axis, such as the pads at its begin and end. */
const listed =
  (input: number, parts = 1): Mover =>
  (node, move) => {
    const { perm } = move
    const order = Array.from({ length: parts }, (_, part) =>
      inverse(perm).map((axis) => part * perm.length + axis),
    ).flat()
    const values = listOf(node, input, move)
    if (values === 'unknown') return withComputed(node, move, { input, order })
    if (values?.length !== order.length) return undefined
    const list = order.map((place) => values[place] ?? 0)
    return { operands: withList(node, move, { input, list }), perm }
  }

/** A list that is computed in the graph, put in order there. */
function withComputed(
  node: Node,
  move: Move,
  { input, order }: { readonly input: number; readonly order: readonly number[] },
): Moved | undefined {
  const list = move.reordered(node.inputs[input] ?? '', order)
  const operands = first(node, move).map((operand, i) => (i === input ? list : operand))
  const whole = all(operands)
  return whole && { operands: whole, perm: move.perm }
}

/** An input that lists axes, which are `count` in number where it is absent. */
const listedAxes =
  (input: number, count: (node: Node, move: Move) => number | undefined): Mover =>
  (node, move) => {
    const given = listOf(node, input, move)
    if (given === 'unknown') return undefined
    const length = given?.length ?? count(node, move)
    if (length === undefined) return undefined
    const axes = given ?? Array.from({ length }, (_, axis) => axis)
    const list = axes.map((axis) => at(move.perm, axis))
    return { operands: withList(node, move, { input, list }), perm: move.perm }
  }

const pad: Mover = (node, move) =>
  (node.inputs[3] ?? '') === ''
    ? listed(1, 2)(node, move)
    : listedAxes(3, () => undefined)(node, move)

/** Scales or sizes for each axis; with a region of interest, and cubic, it stays where it is. */
const resize: Mover = (node, move) => {
  const [, region = '', scales = ''] = node.inputs
  const { axes, mode } = node.attributes
  // onnxruntime computes cubic ones channels first alone.
  if (region !== '' || axes || (mode?.type === 'string' && mode.value === 'cubic')) return undefined
  return listed(scales === '' ? 3 : 2)(node, move)
}

const gather: Mover = (node, move) => {
  const rank = move.scope.types.get(node.inputs[1] ?? '')?.dims?.length
  if (rank === undefined || rank > 1) return undefined
  const axes = [at(move.perm, int(node, 'axis', 0))]
  return {
    operands: first(node, move),
    attributes: withAxis(node, move.perm, 0),
    perm: withoutAxes(move.perm, { axes, keep: rank === 1 }),
  }
}

const movers: ReadonlyMap<string, Mover> = new Map([
  ...entries(
    `Abs Acos Acosh Add And Asin Asinh Atan Atanh BitShift BitwiseAnd BitwiseNot BitwiseOr BitwiseXor
    Cast Ceil Celu Clip Cos Cosh Div Elu Equal Erf Exp Floor Gelu Greater GreaterOrEqual HardSigmoid
    HardSwish IsInf IsNaN LeakyRelu Less LessOrEqual Log Max Mean Min Mish Mod Mul Neg Not Or PRelu Pow
    Reciprocal Relu Round Selu Shrink Sigmoid Sign Sin Sinh Softplus Softsign Sqrt Sub Sum Tan Tanh
    ThresholdedRelu Where Xor`,
    elementwise,
  ),
  ...entries('Concat', joined),
  ...entries('Softmax LogSoftmax Hardmax LpNormalization TopK', alongAxis(-1)),
  ...entries('Split', alongAxis(0)),
  ...entries('ArgMax ArgMin', indexed),
  ...entries(
    `ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum
    ReduceSumSquare`,
    reduced,
  ),
  ...entries('Pad', pad),
  ...entries('Tile', listed(1)),
  ...entries('Resize', resize),
  ...entries('Gather', gather),
  ...entries(
    'CumSum',
    listedAxes(1, () => undefined),
  ),
  ...entries(
    'Slice',
    listedAxes(3, ({ inputs }, { scope }) => scope.constants.get(inputs[1] ?? '')?.dims[0]),
  ),
  ...entries('Reshape', regrouped),
])

function entries(operators: string, mover: Mover): (readonly [string, Mover])[] {
  return operators.split(/\s+/).map((operator) => [operator, mover] as const)
}

/** How an operator moves before a Transpose, where it can. */
export function moverOf(node: Node): Mover | undefined {
  return node.domain ? undefined : movers.get(node.opType)
}

/** Whether any operand of an operator may be the transposed one, not only the first. */
export function takesAnyOperand(node: Node): boolean {
  return isElementwise(node) || moverOf(node) === joined
}

/** Whether an operator computes each element from those at the same place, its operands stretched to one shape. */
export function isElementwise(node: Node): boolean {
  return moverOf(node) === elementwise
}

function all(operands: readonly (Arranged | undefined)[]): readonly Arranged[] | undefined {
  return operands.every((operand) => operand !== undefined) ? operands : undefined
}

/** The operands, of which only the first is transposed. */
function first({ inputs }: Node, { exact }: Move): readonly Arranged[] {
  return inputs.map((name, i) => (i === 0 ? (exact(name) ?? { name }) : { name }))
}

function withList(
  node: Node,
  move: Move,
  { input, list }: { readonly input: number; readonly list: readonly number[] },
): readonly Arranged[] {
  const length = Math.max(node.inputs.length, input + 1)
  const name = node.inputs[input] || `${node.name}_axes`
  // Of the type of the constant that it replaces: Resize lists floats.
  const dataType = move.scope.constants.get(name)?.dataType ?? 'int64'
  const dims = move.scope.constants.get(name)?.dims ?? [list.length]
  const constant = move.constant(name, tensorOf(dataType, dims, list))
  const operands = Array.from({ length }, (_, i) => first(node, move)[i] ?? { name: '' })
  return operands.map((operand, i) => (i === input ? constant : operand))
}

function at(perm: readonly number[], axis: number): number {
  return perm[axisOf(axis, perm.length)] ?? axis
}

function withAxis(node: Node, perm: readonly number[], fallback: number): Node['attributes'] {
  return { ...node.attributes, axis: attr.int(at(perm, int(node, 'axis', fallback))) }
}

function keeps({ attributes }: Node): boolean {
  const { keepdims } = attributes
  return keepdims?.type !== 'int' || keepdims.value !== 0
}

/** The permutation of the axes that are left, counted anew where those reduced go. */
function withoutAxes(
  perm: readonly number[],
  { axes, keep }: { readonly axes: readonly number[]; readonly keep: boolean },
): readonly number[] {
  if (keep) return perm
  const left = perm.filter((axis) => !axes.includes(axis))
  return left.map((axis) => left.filter((other) => other < axis).length)
}

/** The numbers of a constant list, undefined where it is absent. */
function listOf(node: Node, input: number, { scope }: Move): number[] | undefined | 'unknown' {
  const name = node.inputs[input] ?? ''
  if (name === '') return undefined
  const tensor = scope.constants.get(name)
  return tensor ? numbersOf(tensor) : 'unknown'
}

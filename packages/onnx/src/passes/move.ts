// One sweep over a graph that moves each Transpose behind the element-wise operators that read it.
import type { Names } from '../builder/names.js'
import type { Graph, Initializer, Node, ValueInfo } from '../types.js'
import { arrangedOperand, type Arranged, type Layout } from './operands.js'
import { inverse, permutationOf, permuted } from './permutation.js'
import type { Scope } from './scope.js'
import { readerCounts, withoutStaleValues } from './walk.js'

/** What a sweep goes by. */
export interface MoveOptions {
  readonly scope: Scope
  readonly names: Names
  /** Values whose Transposes move although others read them too; what they move behind is added. */
  readonly eager: Set<string>
}

/** A Transpose that was met: what it reads, and how it permutes. */
interface Transposed {
  readonly source: string
  readonly perm: readonly number[]
}

interface Sweep extends MoveOptions {
  readonly counts: ReadonlyMap<string, number>
  readonly transposes: Map<string, Transposed>
  readonly nodes: Node[]
  readonly initializers: Initializer[]
  readonly values: ValueInfo[]
}

const elementwise = new Set(
  [
    'Abs Acos And Asin Atan BitwiseAnd BitwiseNot BitwiseOr BitwiseXor Cast Ceil Clip Cos Cosh Div',
    'Elu Equal Erf Exp Floor Greater GreaterOrEqual HardSigmoid HardSwish IsInf IsNaN LeakyRelu Less',
    'LessOrEqual Log Max Mean Min Mish Mod Mul Neg Not Or Pow Reciprocal Relu Round Selu Sigmoid Sign',
    'Sin Sinh Softplus Softsign Sqrt Sub Sum Tan Tanh ThresholdedRelu Where Xor Add',
  ].flatMap((line) => line.split(' ')),
)

/** Moves Transposes; never makes more of them, but for eager ones. */
export function moveTransposes(graph: Graph, options: MoveOptions): Graph {
  const sweep: Sweep = {
    ...options,
    counts: readerCounts(graph),
    transposes: new Map(),
    nodes: [],
    initializers: [...graph.initializers],
    values: [...graph.values],
  }
  for (const node of graph.nodes) {
    if (!moveBehind(node, sweep)) add(node, sweep)
  }
  const { nodes, initializers, values } = sweep
  return withoutStaleValues({ ...graph, nodes, initializers, values })
}

function add(node: Node, sweep: Sweep): void {
  const [source = ''] = node.inputs
  const [output = ''] = node.outputs
  const perm = permutationOf(node, sweep.scope)
  if (perm) sweep.transposes.set(output, { source, perm })
  sweep.nodes.push(node)
}

/** Adds operator and Transpose in the other order, where that can be and does not cost more. */
function moveBehind(node: Node, sweep: Sweep): boolean {
  if (node.domain || !elementwise.has(node.opType) || node.outputs.length !== 1) return false
  const moving = node.inputs.filter((name) => isFree(name, sweep))
  const lead = moving[0]
  const perm = lead === undefined ? undefined : sweep.transposes.get(lead)?.perm
  if (lead === undefined || perm === undefined) return false
  const layout = { perm, dims: sweep.scope.types.get(lead)?.dims }
  const operands = node.inputs.map((name) => operandOf(name, layout, sweep))
  if (!operands.every((operand) => operand !== undefined)) return false
  const [output = ''] = node.outputs
  if (moving.some((name) => sweep.eager.has(name))) sweep.eager.add(output)
  for (const { nodes = [], initializers = [], values = [] } of operands) {
    sweep.nodes.push(...nodes)
    sweep.initializers.push(...initializers)
    sweep.values.push(...values)
  }
  addSwapped(node, { perm, inputs: operands.map((operand) => operand.name) }, sweep)
  return true
}

/** Whether a value is a Transpose's that goes once this reader no longer needs it, or is to move anyhow. */
function isFree(name: string, { transposes, counts, eager }: Sweep): boolean {
  return transposes.has(name) && ((counts.get(name) ?? 0) < 2 || eager.has(name))
}

function operandOf(name: string, layout: Layout, sweep: Sweep): Arranged | undefined {
  if (name === '') return { name }
  const other = sweep.transposes.get(name)
  if (other && other.perm.join() === layout.perm.join()) return { name: other.source }
  return arrangedOperand(name, layout, sweep)
}

function addSwapped(
  node: Node,
  { perm, inputs }: { readonly perm: readonly number[]; readonly inputs: readonly string[] },
  sweep: Sweep,
): void {
  const [output = ''] = node.outputs
  const before = sweep.names.take(`${output}_before`)
  const info = sweep.scope.types.get(output)
  if (info?.dims?.length === perm.length) {
    const dims = permuted(info.dims, inverse(perm))
    sweep.values.push({ name: before, dataType: info.dataType, dims })
  }
  sweep.nodes.push({ ...node, inputs, outputs: [before] })
  add(
    {
      name: sweep.names.take(`${output}_transpose`),
      opType: 'Transpose',
      inputs: [before],
      outputs: [output],
      attributes: { perm: { type: 'ints', value: perm } },
    },
    sweep,
  )
}

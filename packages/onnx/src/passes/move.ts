// One sweep over a graph that moves each Transpose behind the operators that read it.
import type { Names } from '../builder/names.js'
import { attr } from '../builder/value.js'
import type { Graph, Initializer, Node, ValueInfo } from '../types.js'
import { type Move, type Moved, moverOf, takesAnyOperand } from './movers.js'
import {
  type Arranged,
  broadcastOperand,
  exactOperand,
  type Layout,
  reorderedList,
  transposedOperand,
} from './operands.js'
import { derived } from './origin.js'
import { inverse, isIdentity, permutationOf, permuted } from './permutation.js'
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
  const mover = moverOf(node)
  const candidates = mover && takesAnyOperand(node) ? node.inputs : node.inputs.slice(0, 1)
  const moving = mover ? candidates.filter((name) => isFree(name, sweep)) : []
  const [lead = ''] = moving
  const perm = sweep.transposes.get(lead)?.perm
  if (mover === undefined || perm === undefined) return false
  const isEager = moving.some((name) => sweep.eager.has(name))
  if (!isEager && readOutputs(node, sweep) > 1) return false
  const layout = { perm, dims: sweep.scope.types.get(lead)?.dims, isEager }
  const moved = mover(node, moveOf(layout, sweep))
  if (moved === undefined) return false
  if (isEager) for (const name of node.outputs) sweep.eager.add(name)
  for (const { nodes = [], initializers = [], values = [] } of moved.operands) {
    sweep.nodes.push(...nodes)
    sweep.initializers.push(...initializers)
    sweep.values.push(...values)
  }
  addSwapped(node, moved, sweep)
  return true
}

/** Whether a value is a Transpose's that goes once this reader no longer needs it, or is to move anyhow. */
function isFree(name: string, { transposes, counts, eager }: Sweep): boolean {
  return transposes.has(name) && ((counts.get(name) ?? 0) < 2 || eager.has(name))
}

/** How many results of a node are read: each of them would need a Transpose of its own. */
function readOutputs({ outputs }: Node, { counts }: Sweep): number {
  return outputs.filter((name) => counts.has(name)).length
}

type EagerLayout = Layout & { readonly isEager: boolean }

function moveOf(layout: EagerLayout, sweep: Sweep): Move {
  const { perm, isEager } = layout
  const operand = (name: string, arrange: typeof exactOperand): Arranged | undefined => {
    const other = sweep.transposes.get(name)
    if (name === '') return { name }
    if (other?.perm.join() === perm.join()) return { name: other.source }
    const arranged = arrange(name, layout, sweep)
    if (arranged ?? !isEager) return arranged
    return transposedOperand(name, inverse(perm), sweep)
  }
  return {
    perm,
    scope: sweep.scope,
    broadcast: (name) => operand(name, broadcastOperand),
    exact: (name) => operand(name, exactOperand),
    reordered: (name, order) => (isEager ? reorderedList(name, order, sweep) : undefined),
    constant: (wanted, tensor) => {
      const name = sweep.names.take(wanted)
      const from = sweep.scope.constants.get(wanted) ?? { name: wanted }
      return { name, initializers: [derived(name, tensor, from)] }
    },
  }
}

function addSwapped(node: Node, moved: Moved, sweep: Sweep): void {
  const { perm, operands, attributes = node.attributes } = moved
  const isPlain = isIdentity(perm)
  const outputs = node.outputs.map((name) => {
    return name === '' || isPlain ? name : sweep.names.take(`${name}_before`)
  })
  const inputs = operands.map((operand) => operand.name)
  sweep.nodes.push({ ...node, inputs, outputs, attributes })
  node.outputs.forEach((output, i) => {
    const before = outputs[i] ?? ''
    if (before !== output) addTranspose({ before, output, perm }, sweep)
  })
}

function addTranspose(
  { before, output, perm }: { before: string; output: string; perm: readonly number[] },
  sweep: Sweep,
): void {
  const info = sweep.scope.types.get(output)
  if (info?.dims?.length === perm.length) {
    const dims = permuted(info.dims, inverse(perm))
    sweep.values.push({ name: before, dataType: info.dataType, dims })
  }
  const name = sweep.names.take(`${output}_transpose`)
  const attributes = { perm: attr.ints(perm) }
  add({ name, opType: 'Transpose', inputs: [before], outputs: [output], attributes }, sweep)
}

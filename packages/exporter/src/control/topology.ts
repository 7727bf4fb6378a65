// The graphs within a tf.GraphModel as tfjs-converter keeps them: nodes by name, functions by name.
import type * as tf from '@tensorflow/tfjs-core'
import { TraceError } from '../error.js'

/** A node of a graph model; `inputNames` are references such as `split:1`. */
export interface FlowNode {
  readonly name: string
  readonly op: string
  readonly inputNames: readonly string[]
  readonly children: readonly FlowNode[]
  readonly attrParams: Readonly<Record<string, { readonly value?: unknown }>>
  readonly rawAttrs?: Readonly<Record<string, unknown>>
  /** Of a function's result: which output of the node it is. */
  readonly defaultOutput?: number
  /** The names of its outputs, where it has several. */
  readonly outputs?: readonly string[]
}

/** A graph: the model's own, or one of its functions. */
export interface FlowGraph {
  readonly nodes: Readonly<Record<string, FlowNode>>
  readonly inputs: readonly FlowNode[]
  readonly outputs: readonly FlowNode[]
}

/** Runs nodes, and has the graphs of the functions that they call. */
export interface Executor {
  readonly graph: FlowGraph
  readonly functionExecutorMap: Readonly<Record<string, Executor>>
  readonly weightMap: Readonly<Record<string, readonly tf.Tensor[]>>
  execute(inputs: tf.NamedTensorMap, outputs: string[]): tf.Tensor[]
}

/** The executor within a model, where this version of tfjs-converter keeps it as others did. */
export function executorOf(model: object): Executor | undefined {
  const executor: unknown = Reflect.get(model, 'executor')
  return isExecutor(executor) ? executor : undefined
}

function isExecutor(value: unknown): value is Executor {
  return (
    typeof value === 'object' &&
    value !== null &&
    'graph' in value &&
    'functionExecutorMap' in value
  )
}

/** What a reference names: a node, and which of its outputs. */
export function parsed(reference: string): { readonly name: string; readonly index: number } {
  const [name = '', ...rest] = reference.split(':')
  return { name, index: Number(rest.at(-1) ?? 0) }
}

/** The one way to write a reference: `node:0`. */
export function canonical(reference: string): string {
  const { name, index } = parsed(reference)
  return `${name}:${index}`
}

/** The node that a reference names. */
export function nodeAt(graph: FlowGraph, reference: string): FlowNode {
  const { name } = parsed(reference)
  const node = graph.nodes[name]
  if (node === undefined) {
    throw new TraceError(`model: no such node, got ${name}, expected one of the model's nodes`)
  }
  return node
}

/** Nodes that give what they get. */
const PLAIN: ReadonlySet<string> = new Set([
  ...['Identity', 'Snapshot', 'StopGradient', 'PreventGradient', 'CheckNumerics'],
  ...['Enter', 'Exit', 'NextIteration', 'LoopCond', 'EnsureShape'],
])

export function isPlain({ op }: FlowNode): boolean {
  return PLAIN.has(op)
}

/** What a reference comes down to past Identity and the like, within one frame. */
export function source(graph: FlowGraph, reference: string): string {
  let current = canonical(reference)
  for (;;) {
    const node = graph.nodes[parsed(current).name]
    const [first] = node?.inputNames ?? []
    if (node === undefined || first === undefined || !isPlain(node)) return current
    if (node.op === 'Enter' || node.op === 'Exit') return current
    current = canonical(first)
  }
}

/** The text of an attribute that names a function. */
export function functionName(node: FlowNode, attribute: string): string {
  const value = node.attrParams[attribute]?.value
  if (typeof value !== 'string') {
    throw new TraceError(
      `${node.op}: node ${node.name} names no function, got ${attribute} ${String(value)}, expected a function of the model's library`,
    )
  }
  return value
}

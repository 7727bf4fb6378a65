// A graph model with control flow: which ones have it, and how their outputs are computed while recorded.
import * as tf from '@tensorflow/tfjs-core'
import { TraceBackend } from '../backend.js'
import { TraceError } from '../error.js'
import { dynamicOps } from './dynamic-ops.js'
import { Interpreter, type InterpreterOptions } from './interpreter.js'
import { listOps } from './list-ops.js'
import { isList, Scope } from './scope.js'
import { type Executor, executorOf, type FlowGraph, type FlowNode, parsed } from './topology.js'

interface ModelLike {
  readonly modelSignature?: object
}

const FLOW: ReadonlySet<string> = new Set([
  ...['Switch', 'Merge', 'Enter', 'Exit', 'NextIteration', 'LoopCond'],
  ...['While', 'StatelessWhile', 'If', 'StatelessIf'],
  ...Object.keys(listOps),
  ...Object.keys(dynamicOps),
])

/** Whether a model's outputs need what TensorFlow.js runs with `executeAsync` alone, and this package can record. */
export function runsControlFlow(model: ModelLike): boolean {
  const executor = executorOf(model)
  if (executor === undefined) return false
  const { nodes, outputs } = executor.graph
  const seen = new Set<string>()
  const waiting = outputs.map(({ name }) => name)
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const node = nodes[name]
    if (seen.has(name) || node === undefined) continue
    seen.add(name)
    if (FLOW.has(node.op)) return true
    waiting.push(...node.inputNames.map((each) => parsed(each).name))
  }
  return false
}

interface Interpreted {
  /** Tensors by the names of inputs, or of inner nodes. */
  readonly feeds: tf.NamedTensorMap
  readonly outputs: readonly string[]
  readonly nameOf: (node: string) => string
}

/** The model's outputs, in its order, as `execute` gives them of models without control flow. */
export function interpreted(
  model: ModelLike,
  { feeds, outputs, nameOf }: Interpreted,
): tf.Tensor[] {
  const executor = executorOf(model)
  const backend = tf.backend()
  if (executor === undefined || !(backend instanceof TraceBackend)) {
    throw new TraceError('model: runs outside a trace, expected the recording backend')
  }
  const facts = factsOf(model, executor)
  const interpreter = new Interpreter({ executor, backend, ...facts, nameOf })
  const scope = new Scope(executor.graph)
  for (const [name, tensor] of Object.entries(feeds)) {
    scope.set(referenceOf(model, 'inputs', name), tensor)
  }
  const references = outputs.map((name) => referenceOf(model, 'outputs', name))
  return interpreter.evaluate(references, scope).map((value, i) => {
    if (!isList(value)) return value
    throw new TraceError(
      `model: output ${outputs[i] ?? ''} is a list of tensors, expected a tensor; stack it first`,
    )
  })
}

/** The tensor that an input or output of the model's signature stands for, or that has that name. */
function referenceOf(model: ModelLike, kind: 'inputs' | 'outputs', name: string): string {
  const tensor = at(at(at(at(model, 'modelSignature'), kind), name), 'name')
  return typeof tensor === 'string' ? tensor : name
}

/**
 * What the topology as it was saved tells: how many of a node's inputs are data, as opposed to control,
 * and which results functions give. TensorFlow.js keeps neither in full.
 */
function factsOf(
  model: object,
  executor: Executor,
): Pick<InterpreterOptions, 'dataInputs' | 'resultsOf'> {
  const topology = at(at(model, 'artifacts'), 'modelTopology')
  const counts = new Map<FlowNode, number>()
  const results = new Map<string, readonly string[]>()
  const count = (nodes: Readonly<Record<string, FlowNode>>, raw: unknown) => {
    for (const each of listOf(raw)) {
      const node = nodes[String(at(each, 'name'))]
      const data = listOf(at(each, 'input')).filter((input) => !String(input).startsWith('^'))
      if (node !== undefined) counts.set(node, data.length)
    }
  }
  count(executor.graph.nodes, at(topology, 'node'))
  for (const each of listOf(at(at(topology, 'library'), 'function'))) {
    const name = String(at(at(each, 'signature'), 'name'))
    const graph = executor.functionExecutorMap[name]?.graph
    if (graph === undefined) continue
    count(graph.nodes, at(each, 'nodeDef'))
    const returned = listOf(at(at(each, 'signature'), 'outputArg')).map((result) =>
      String(at(at(each, 'ret'), String(at(result, 'name')))),
    )
    results.set(
      name,
      returned.map((reference) => withIndex(graph, reference)),
    )
  }
  return {
    dataInputs: (node) => counts.get(node) ?? node.inputNames.length,
    resultsOf: (name) => results.get(name),
  }
}

/** A reference such as `TopKV2:indices:0` with the place of that output among all: `TopKV2:1`. */
function withIndex({ nodes }: FlowGraph, reference: string): string {
  const [name = '', output = '', index = '0'] = reference.split(':')
  const first = nodes[name]?.outputs?.indexOf(output) ?? -1
  return first > 0 ? `${name}:${first}` : `${name}:${index}`
}

function at(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

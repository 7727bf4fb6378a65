// Runs a graph model's own nodes in their order, control flow among them, while they are recorded.
import * as tf from '@tensorflow/tfjs-core'
import type { TraceBackend } from '../backend.js'
import { TraceError } from '../error.js'
import { within } from '../explain.js'
import { choose } from './branch.js'
import { dynamicOps } from './dynamic-ops.js'
import { forkOf, frameOf, isLoopMerge } from './frames.js'
import { listOps } from './list-ops.js'
import { loop } from './loop.js'
import type { Region } from './region.js'
import { runNode } from './run-node.js'
import { type FlowValue, isList, Scope } from './scope.js'
import {
  canonical,
  type Executor,
  type FlowGraph,
  type FlowNode,
  functionName,
  isPlain,
  nodeAt,
  parsed,
} from './topology.js'

/** How a model is interpreted. */
export interface InterpreterOptions {
  readonly executor: Executor
  readonly backend: TraceBackend
  /** How many of a node's inputs are data; the rest only say what comes before it. */
  readonly dataInputs: (node: FlowNode) => number
  /** By a function's name: the references of its results, where they are known. */
  readonly resultsOf: (name: string) => readonly string[] | undefined
  /** The name that a node has in the graph. */
  readonly nameOf: (node: string) => string
}

/** Evaluates references of a model's graphs. */
export class Interpreter {
  readonly backend: TraceBackend
  readonly #options: InterpreterOptions

  constructor(options: InterpreterOptions) {
    this.backend = options.backend
    this.#options = options
  }

  /** The numbers of a tensor that is known while it is traced. */
  constant(tensor: tf.Tensor): readonly number[] | undefined {
    const numbers = this.backend.constantOf(tensor)
    return numbers && Array.from(numbers)
  }

  nameOf(node: FlowNode): string {
    return this.#options.nameOf(node.name)
  }

  /** What a region gives for its parameters' values. */
  results(region: Region, inputs: readonly FlowValue[]): FlowValue[] {
    return this.evaluate(region.results, this.scopeOf(region, inputs))
  }

  /** A scope in which a region's parameters have values. */
  scopeOf(region: Region, inputs: readonly FlowValue[]): Scope {
    const scope = new Scope(region.graph, region.around)
    region.parameters.forEach((names, i) => {
      const value = inputs[i]
      if (value !== undefined) names.forEach((name) => scope.set(name, value))
    })
    return scope
  }

  /** The values of references; each node runs once in a scope. */
  evaluate(references: readonly string[], scope: Scope): FlowValue[] {
    const waiting = references.toReversed().map(canonical)
    const begun = new Set<string>()
    for (let next = waiting.at(-1); next !== undefined; next = waiting.at(-1)) {
      if (this.valueOf(next, scope) !== undefined) {
        waiting.pop()
        continue
      }
      const reference = next
      const node = nodeAt(scope.graph, reference)
      const missing = within(
        () => `node ${node.name}`,
        () => this.#needed(node, reference, scope),
      ).filter((each) => this.valueOf(each, scope) === undefined)
      if (missing.length > 0) {
        if (begun.has(next)) throw unknownInput(node, missing[0])
        begun.add(next)
        waiting.push(...missing.toReversed().map(canonical))
        continue
      }
      within(
        () => `node ${node.name}`,
        () => {
          this.#run(node, reference, scope)
        },
      )
      if (this.valueOf(next, scope) === undefined) throw unknownInput(node, next)
      waiting.pop()
    }
    return references.map((each) => this.#value(each, scope))
  }

  #value(reference: string, scope: Scope): FlowValue {
    const value = this.valueOf(reference, scope)
    if (value === undefined) throw unknownInput(nodeAt(scope.graph, reference), reference)
    return value
  }

  /** What a reference is in a scope, without a node being run for it; of weights, in any scope. */
  valueOf(reference: string, scope: Scope | undefined): FlowValue | undefined {
    const { name, index } = parsed(reference)
    return scope?.get(reference) ?? this.#options.executor.weightMap[name]?.[index]
  }

  /** The references of a node's data. */
  inputsOf(node: FlowNode): readonly string[] {
    return node.inputNames.slice(0, this.#options.dataInputs(node))
  }

  /** What must be there before a node runs. */
  #needed(node: FlowNode, reference: string, { graph }: Scope): readonly string[] {
    if (node.op === 'Exit') return frameOf(graph, node).entered
    if (node.op === 'Merge') {
      if (isLoopMerge(graph, node)) throw unknownInput(node, reference)
      const { predicate, switches } = forkOf(graph, node)
      return [predicate, ...switches.map(({ inputNames: [data = ''] }) => data)]
    }
    return this.inputsOf(node)
  }

  #run(node: FlowNode, reference: string, scope: Scope): void {
    const { name } = node
    const set = (values: readonly (FlowValue | undefined)[]) => {
      values.forEach((value, i) => {
        if (value !== undefined) scope.set(`${name}:${i}`, value)
      })
    }
    if (node.op === 'Exit') this.#runFrame(node, scope)
    else if (node.op === 'Merge') set(this.#merged(node, scope))
    else if (node.op === 'Switch') throw unknownInput(node, reference)
    else {
      const inputs = this.inputsOf(node).map((each) => this.#value(each, scope))
      if (isPlain(node) || node.op === 'PlaceholderWithDefault') set(inputs.slice(0, 1))
      else if (node.op === 'IdentityN') set(inputs)
      else set(this.#called(node, inputs, scope.graph))
    }
  }

  #called(
    node: FlowNode,
    inputs: readonly FlowValue[],
    graph: FlowGraph,
  ): readonly (FlowValue | undefined)[] {
    const constant = (tensor: tf.Tensor) => this.constant(tensor)
    if (/^(Stateless)?While$/.test(node.op)) return this.#while(node, inputs)
    if (/^(Stateless)?If$/.test(node.op)) return this.#if(node, inputs)
    return inNodeScope(this.nameOf(node), () => {
      const listOp = listOps[node.op]
      const call = { node, backend: this.backend, constant }
      if (listOp) return listOp({ ...call, inputs })
      const tensors = inputs.map((value) => tensorInput(node, value))
      const dynamic = dynamicOps[node.op]
      if (dynamic) return dynamic({ ...call, inputs: tensors })
      const indices = outputsOf(graph, node)
      const results = runNode(this.#options.executor, node, { inputs: tensors, indices })
      const values: (tf.Tensor | undefined)[] = []
      indices.forEach((index, i) => {
        values[index] = results[i]
      })
      return values
    })
  }

  #function(name: string): Region {
    const executor = this.#options.executor.functionExecutorMap[name]
    if (executor === undefined) {
      throw new TraceError(`model: no such function, got ${name}, expected one of its library`)
    }
    const { graph } = executor
    return {
      graph,
      parameters: graph.inputs.map((input) => [`${input.name}:0`]),
      results:
        this.#options.resultsOf(name) ??
        graph.outputs.map((output) => `${output.name}:${output.defaultOutput ?? 0}`),
    }
  }

  #while(node: FlowNode, inputs: readonly FlowValue[]): FlowValue[] {
    const body = this.#function(functionName(node, 'body'))
    return loop(this, {
      what: `${node.name} (${node.op})`,
      name: this.nameOf(node),
      names: body.parameters.map(([first = '']) => parsed(first).name),
      condition: this.#function(functionName(node, 'cond')),
      body,
      inputs,
    })
  }

  #if(node: FlowNode, [predicate, ...inputs]: readonly FlowValue[]): FlowValue[] {
    return choose(this, {
      what: `${node.name} (${node.op})`,
      name: this.nameOf(node),
      predicate: tensorInput(node, predicate),
      yes: this.#function(functionName(node, 'thenBranch')),
      no: this.#function(functionName(node, 'elseBranch')),
      inputs,
    })
  }

  #runFrame(exit: FlowNode, scope: Scope): void {
    const { graph } = scope
    const { name, variables, condition } = frameOf(graph, exit)
    const region = {
      graph,
      parameters: variables.map(({ standIns }) => standIns),
      around: scope,
    }
    const values = loop(this, {
      what: `${exit.name} (loop ${name})`,
      name: this.#options.nameOf(name),
      names: variables.map((each) => each.name),
      condition: { ...region, results: [condition] },
      body: { ...region, results: variables.map(({ next }) => next) },
      inputs: variables.map(({ first }) => this.#value(first, scope)),
    })
    variables.forEach(({ exits }, i) => {
      const value = values[i]
      if (value !== undefined) exits.forEach((each) => scope.set(each, value))
    })
  }

  #merged(merge: FlowNode, scope: Scope): FlowValue[] {
    const { graph } = scope
    const { predicate, yes, no, switches } = forkOf(graph, merge)
    const inputs = switches.map(({ inputNames: [data = ''] }) => this.#value(data, scope))
    const side = (index: number, result: string): Region => ({
      graph,
      parameters: switches.map(({ name }) => [`${name}:${index}`]),
      results: [result],
      around: scope,
    })
    return choose(this, {
      what: `${merge.name} (Merge)`,
      name: this.nameOf(merge),
      predicate: tensorInput(merge, this.#value(predicate, scope)),
      yes: side(1, yes),
      no: side(0, no),
      inputs,
    })
  }
}

/** Runs a node within a scope of its name, which outlives what the node does not give. */
function inNodeScope<T extends readonly (FlowValue | undefined)[]>(name: string, run: () => T): T {
  const engine = tf.engine()
  let tensors: tf.Tensor[] = []
  engine.startScope(name)
  try {
    const values = run()
    tensors = values.flatMap((value) => {
      const tensor = value !== undefined && isList(value) ? value.elements : value
      return tensor === undefined ? [] : [tensor]
    })
    return values
  } finally {
    engine.endScope(tensors)
  }
}

function tensorInput(node: FlowNode, value: FlowValue | undefined): tf.Tensor {
  if (value !== undefined && !isList(value)) return value
  throw new TraceError(
    `${node.name} (${node.op}): reads ${value ? 'a list of tensors' : 'nothing'}, expected a tensor`,
  )
}

function unknownInput(node: FlowNode, reference = ''): TraceError {
  return new TraceError(
    `${node.name} (${node.op}): has no value where it is read (${reference}), expected control flow as TensorFlow writes it`,
  )
}

const used = new WeakMap<FlowGraph, Map<string, Set<number>>>()

/** The outputs of a node that others read, the first among them in any case. */
function outputsOf(graph: FlowGraph, node: FlowNode): number[] {
  let all = used.get(graph)
  if (all === undefined) {
    all = new Map<string, Set<number>>()
    const references = Object.values(graph.nodes).flatMap(({ inputNames }) => inputNames)
    const results = graph.outputs.map((each) => `${each.name}:${each.defaultOutput ?? 0}`)
    for (const reference of [...references, ...results]) {
      const { name, index } = parsed(reference)
      all.set(name, (all.get(name) ?? new Set<number>()).add(index))
    }
    used.set(graph, all)
  }
  return [...new Set([0, ...(all.get(node.name) ?? [])])].sort((a, b) => a - b)
}

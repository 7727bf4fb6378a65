// A tf.GraphModel as a function of tensors, its nodes as scopes. The model brings its own code.
import * as tf from '@tensorflow/tfjs-core'
import { runsControlFlow, interpreted } from '../control/model.js'
import { TraceError } from '../error.js'
import { within } from '../explain.js'
import { outputNamesOf } from './graph-outputs.js'
import { type Asked, modelIo, type Traceable, type Weight } from './traceable.js'

interface InfoLike {
  readonly name: string
  readonly shape?: readonly number[]
  readonly dtype: tf.DataType
}

/** What a tf.GraphModel is to the exporter, so that it need not import tfjs-converter. */
export interface GraphModelLike {
  readonly inputs: readonly InfoLike[]
  readonly inputNodes: readonly string[]
  readonly outputNodes: readonly string[]
  readonly modelSignature?: object
  readonly weights: Readonly<Record<string, tf.Tensor | readonly tf.Tensor[]>>
  execute(inputs: tf.NamedTensorMap, outputs?: string | string[]): tf.Tensor | tf.Tensor[]
  executeAsync(
    inputs: tf.NamedTensorMap,
    outputs?: string | string[],
  ): Promise<tf.Tensor | tf.Tensor[]>
}

export function isGraphModel(target: object): target is GraphModelLike {
  return 'execute' in target && 'executeAsync' in target
}

/** A GraphModel; control flow and shapes of values go through the interpreter, hash tables are refused. */
export function graphModel(model: GraphModelLike, asked: Asked): Traceable {
  const { inputNodes } = model
  const outputNodes = outputNamesOf(model)
  const own = inputNodes.map((name, i) => ({ name, ...shapeOf(model.inputs[i], name) }))
  const facts = { name: 'model', inputs: own, outputs: outputNodes }
  const { inputs, outputs, ownNames } = modelIo(facts, asked)
  let running = ''
  return {
    name: 'model',
    inputs,
    outputs,
    ownNames,
    weights: weightsOf(model),
    around: (run) =>
      withNodeScopes(model, run, (name) => {
        running = name
        tf.engine().state.activeScope.name = plainName(name)
      }),
    fn: (tensors) => {
      const feeds = Object.keys(inputs).map((name, i) => [inputNodes[i] ?? '', tensors[name]])
      running = ''
      const execute = () =>
        executed(model, Object.fromEntries(feeds) as tf.NamedTensorMap, outputNodes)
      const results = [inNode(() => running, execute)].flat()
      return Object.fromEntries(
        outputs.flatMap((name, i) => (results[i] ? [[name, results[i]]] : [])),
      )
    },
  }
}

/** An error is told with the node that runs, where one does. */
function inNode<T>(running: () => string, run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (running() === '') throw error
    return within(
      () => `node ${running()}`,
      () => {
        throw error
      },
    )
  }
}

function executed(model: GraphModelLike, feeds: tf.NamedTensorMap, outputs: string[]) {
  if (runsControlFlow(model)) return interpreted(model, { feeds, outputs, nameOf: plainName })
  try {
    return model.execute(feeds, outputs)
  } catch (cause) {
    if (cause instanceof Error && cause.message.includes('executeAsync')) {
      const named = /node '([^']*)'/.exec(cause.message)?.[1]
      const node = nodesOf(model).find(({ name }) => name === named)
      const first = node && firstDynamic(node)
      const got = first ? `node ${first.name} (${first.op ?? 'unknown'})` : `"${cause.message}"`
      throw new TraceError(
        `model: cannot be traced, since its control flow or shapes depend on values, got ${got}, expected a model that runs with predict; cut it before that node (tf.GraphModel.execute with that node's input as output, in a function)`,
        { cause },
      )
    }
    throw cause
  }
}

/** The node at which what makes another one depend on values starts: no node before it does. */
function firstDynamic(last: NodeLike): NodeLike {
  const seen = new Set<NodeLike>()
  const before = (node: NodeLike): NodeLike | undefined => {
    if (seen.has(node)) return undefined
    seen.add(node)
    for (const input of node.inputs ?? []) {
      const first = before(input)
      if (first) return first
    }
    return DYNAMIC.has(node.op ?? '') ? node : undefined
  }
  return before(last) ?? last
}

/** What runs with `executeAsync` alone. */
const DYNAMIC: ReadonlySet<string> = new Set([
  ...['Switch', 'Merge', 'Enter', 'Exit', 'NextIteration', 'StatelessIf', 'StatelessWhile'],
  ...['if', 'If', 'While', 'LoopCond', 'Where'],
  ...['NonMaxSuppressionV2', 'NonMaxSuppressionV3', 'NonMaxSuppressionV5'],
  ...['HashTable', 'HashTableV2', 'LookupTableImport', 'LookupTableImportV2'],
  ...['LookupTableFind', 'LookupTableFindV2', 'LookupTableSize', 'LookupTableSizeV2'],
])

function shapeOf(info: InfoLike | undefined, name: string) {
  const { shape, dtype = 'float32' } = info ?? {}
  if (shape === undefined) {
    throw new TraceError(
      `model: input ${name} has no shape, got an unknown rank, expected a model saved with one`,
    )
  }
  return { shape: shape.map((size) => (size < 0 ? null : size)), dtype }
}

function weightsOf({ weights }: GraphModelLike): Weight[] {
  return Object.entries(weights).flatMap(([name, tensors]) =>
    [tensors].flat().flatMap((tensor) => (tensor ? [{ name: plainName(name), tensor }] : [])),
  )
}

/** What tf.function puts before every name says nothing. */
function plainName(name: string): string {
  return name.replace(/^(?:StatefulPartitionedCall\/)+(?=.)/, '')
}

interface NodeLike {
  readonly name: string
  readonly op?: string
  readonly inputs?: readonly NodeLike[]
  category?: string
}

/**
 * Runs, and tells before each node which one is next. The executor looks at a node's category
 * before it runs it, and only there, so that is where it can be told which node runs.
 */
function withNodeScopes<T>(model: GraphModelLike, run: () => T, onNode: (name: string) => void): T {
  const nodes = nodesOf(model).filter((node) => Object.hasOwn(node, 'category'))
  const categories = nodes.map((node) => node.category)
  nodes.forEach((node, i) => {
    Object.defineProperty(node, 'category', {
      configurable: true,
      enumerable: true,
      get: () => {
        onNode(node.name)
        return categories[i]
      },
    })
  })
  try {
    return run()
  } finally {
    nodes.forEach((node, i) => {
      const value = categories[i]
      Object.defineProperty(node, 'category', {
        configurable: true,
        enumerable: true,
        writable: true,
        value,
      })
    })
  }
}

/** The nodes of a model's graph, where this version of tfjs-converter keeps them as others did. */
function nodesOf(model: object): NodeLike[] {
  const within = (value: unknown, key: string): unknown =>
    typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
  const nodes = within(within(within(model, 'executor'), 'graph'), 'nodes')
  return typeof nodes === 'object' && nodes !== null ? (Object.values(nodes) as NodeLike[]) : []
}

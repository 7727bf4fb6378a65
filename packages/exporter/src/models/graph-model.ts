// A tf.GraphModel as a function of tensors, its nodes as scopes. The model brings its own code.
import * as tf from '@tensorflow/tfjs-core'
import { TraceError } from '../error.js'
import { within } from '../explain.js'
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

/** A GraphModel; those that need `executeAsync`, for control flow or shapes of values, are refused. */
export function graphModel(model: GraphModelLike, asked: Asked): Traceable {
  const { inputNodes, outputNodes } = model
  const own = inputNodes.map((name, i) => ({ name, ...shapeOf(model.inputs[i], name) }))
  const { inputs, outputs } = modelIo({ name: 'model', inputs: own, outputs: outputNodes }, asked)
  let running = ''
  return {
    name: 'model',
    inputs,
    outputs,
    weights: weightsOf(model),
    around: (run) =>
      withNodeScopes(model, run, (name) => {
        running = name
        tf.engine().state.activeScope.name = plainName(name)
      }),
    fn: (tensors) => {
      const feeds = Object.keys(inputs).map((name, i) => [inputNodes[i] ?? '', tensors[name]])
      const execute = () => executed(model, Object.fromEntries(feeds) as tf.NamedTensorMap)
      const results = [within(() => `node ${running}`, execute)].flat()
      return Object.fromEntries(
        outputs.flatMap((name, i) => (results[i] ? [[name, results[i]]] : [])),
      )
    },
  }
}

function executed(model: GraphModelLike, feeds: tf.NamedTensorMap) {
  try {
    return model.execute(feeds, [...model.outputNodes])
  } catch (cause) {
    if (cause instanceof Error && cause.message.includes('executeAsync')) {
      const node = /node '([^']*)'.* op '([^']*)'/.exec(cause.message)
      const got = node ? `node ${node[1]} (${node[2]})` : `"${cause.message}"`
      throw new TraceError(
        `model: cannot be traced, since its control flow or shapes depend on values, got ${got}, expected a model that runs with predict; cut it before that node (tf.GraphModel.execute with that node's input as output, in a function)`,
        { cause },
      )
    }
    throw cause
  }
}

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

// Runs one node of a graph model in TensorFlow.js, on tensors that are given for its inputs.
import type * as tf from '@tensorflow/tfjs-core'
import { TraceError } from '../error.js'
import type { Executor, FlowNode } from './topology.js'

interface NodeGraph {
  readonly nodes: Record<string, object>
  readonly placeholders: readonly object[]
  readonly inputs: readonly object[]
  readonly outputs: readonly object[]
  readonly weights: readonly object[]
  readonly initNodes?: readonly object[]
}

/**
 * What a node gives for these inputs: the outputs of these indices. TensorFlow.js executes graphs, so
 * the node becomes the only one of a graph, with a placeholder for each input.
 */
export function runNode(
  executor: Executor,
  node: FlowNode,
  {
    inputs,
    indices,
  }: { readonly inputs: readonly tf.Tensor[]; readonly indices: readonly number[] },
): tf.Tensor[] {
  const feeds = inputs.map((tensor, i) => [placeholderName(i), tensor] as const)
  const alone = executorLike(executor, graphOf(node, inputs.length))
  const results = alone.execute(
    Object.fromEntries(feeds),
    indices.map((index) => `${NODE}:${index}`),
  )
  return results
}

const NODE = 'node'
const placeholderName = (index: number) => `input${index}`

function graphOf(node: FlowNode, count: number): NodeGraph {
  const placeholders = Array.from({ length: count }, (_, i) => ({
    ...EMPTY,
    name: placeholderName(i),
    op: 'Placeholder',
    category: 'graph',
    children: [] as object[],
  }))
  const alone = {
    ...node,
    name: NODE,
    inputNames: placeholders.map(({ name }) => name),
    inputs: placeholders,
    children: [],
  }
  placeholders.forEach(({ children }) => children.push(alone))
  const nodes = [...placeholders, alone].map((each) => [each.name, each] as const)
  return {
    nodes: Object.fromEntries(nodes),
    placeholders,
    inputs: placeholders,
    outputs: [alone],
    weights: [],
    ...(count === 0 ? { initNodes: [alone] } : {}),
  }
}

const EMPTY = { inputNames: [], inputs: [], inputParams: {}, attrParams: {}, rawAttrs: {} }

/** An executor of the same class for another graph. */
function executorLike(executor: Executor, graph: NodeGraph): Executor {
  const made: unknown = Reflect.construct(executor.constructor, [graph])
  if (typeof made !== 'object' || made === null || !('execute' in made)) {
    throw new TraceError(
      'model: this version of tfjs-converter has no executor of graphs, expected 4.x',
    )
  }
  return made as Executor
}

// The values of a graph's references while it is interpreted, in scopes within each other.
import type * as tf from '@tensorflow/tfjs-core'
import type { TensorList } from './list.js'
import { canonical, type FlowGraph } from './topology.js'

/** What a node gives: a tensor, or a list of tensors where TensorFlow.js has a handle of one. */
export type FlowValue = tf.Tensor | TensorList

export function isList(value: FlowValue): value is TensorList {
  return 'elements' in value
}

/** Values by reference; what is not here may be in the scope around. */
export class Scope {
  readonly graph: FlowGraph
  readonly #outer: Scope | undefined
  readonly #values = new Map<string, FlowValue>()

  constructor(graph: FlowGraph, outer?: Scope) {
    this.graph = graph
    this.#outer = outer
  }

  get(reference: string): FlowValue | undefined {
    const name = canonical(reference)
    return this.#values.get(name) ?? this.#outer?.get(name)
  }

  set(reference: string, value: FlowValue): void {
    this.#values.set(canonical(reference), value)
  }
}

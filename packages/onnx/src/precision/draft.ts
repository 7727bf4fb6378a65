// A graph that is being rewritten: nodes, constants and value infos added under fresh names.
import { Names } from '../builder/names.js'
import { allNames } from '../passes/walk.js'
import type { Attribute, Graph, Initializer, Node, TensorData, ValueInfo } from '../types.js'

/** A node with one output to add. */
export interface Call {
  readonly opType: string
  readonly inputs: readonly string[]
  /** The output's name, unless it is taken. */
  readonly wanted: string
  readonly attributes?: Readonly<Record<string, Attribute>>
}

/** What a rewritten graph is made of so far. */
export class Draft {
  readonly nodes: Node[] = []
  readonly initializers: Initializer[] = []
  readonly values: ValueInfo[] = []

  readonly names: Names

  constructor(names: Names) {
    this.names = names
  }

  /** Adds an initializer and gives its name. */
  constant(wanted: string, tensor: TensorData): string {
    const name = this.names.take(wanted)
    const { dataType, dims, bytes } = tensor
    this.initializers.push({ name, dataType, dims, bytes })
    return name
  }

  /** Adds a node and gives its output's name. */
  call({ opType, inputs, wanted, attributes = {} }: Call): string {
    const name = this.names.take(wanted)
    this.nodes.push({ name, opType, inputs, outputs: [name], attributes })
    return name
  }
}

/** A giver of names that nothing in a graph has, its sub-graphs included. */
export function freshNames(graph: Graph): Names {
  const names = new Names()
  for (const name of allNames(graph)) names.take(name)
  return names
}

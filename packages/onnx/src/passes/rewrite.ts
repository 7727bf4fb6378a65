// Runs a rule over the nodes of a graph until it finds nothing more: the frame of passes that join neighbours.
import { Names } from '../builder/names.js'
import { OnnxError } from '../error.js'
import type { Graph, Initializer, Node, ValueInfo } from '../types.js'
import { removeDeadNodes } from './dead.js'
import { removeIdentities } from './identities.js'
import { scopeOf, type Scope } from './scope.js'
import { allNames, mapSubgraphs, readsOf, withoutStaleValues } from './walk.js'

/** Constants up to this many bytes may be copied freely: a copy costs less than a node does. */
export const SMALL = 1024

/** What a rule knows of the place of a node. */
export interface Site {
  readonly scope: Scope
  readonly names: Names
  /** The node that makes a value, where it is one of this graph. */
  maker(name: string | undefined): Node | undefined
  /** The node that makes a value, where nothing but the node at hand reads that value. */
  soleMaker(name: string | undefined): Node | undefined
  /** The nodes of this graph that read a value, also those whose sub-graphs do. */
  readers(name: string): readonly Node[]
  /** Whether a value leaves the graph. */
  isOutput(name: string): boolean
  /** Whether a node stood before another when the sweep began. */
  precedes(node: Node, other: Node): boolean
  /** A constant of which a changed copy does not enlarge the file: small, or read only once. */
  copyable(name: string | undefined): Initializer | undefined
}

/** What takes the place of the node at hand. */
export interface Change {
  readonly nodes: readonly Node[]
  /** Other nodes that go. */
  readonly dropped?: readonly Node[]
  /** Other nodes that stay where they are, changed. */
  readonly edited?: ReadonlyMap<Node, Node>
  readonly initializers?: readonly Initializer[]
  /** The types of new values, and of old ones that have another shape now. */
  readonly values?: readonly ValueInfo[]
}

/** A better place for a node, or undefined where there is none. */
export type Rule = (node: Node, site: Site) => Change | undefined

interface Frame {
  readonly rule: Rule
  readonly names: Names
  readonly outer?: Scope
}

/** Applies a rule wherever it can be, also in sub-graphs, and removes what nothing reads then. */
export function rewritten(graph: Graph, rule: Rule): Graph {
  const names = new Names()
  for (const name of allNames(graph)) names.take(name)
  return inFrame(graph, { rule, names })
}

function inFrame(graph: Graph, frame: Frame): Graph {
  const outer = scopeOf(graph, frame.outer)
  let current = mapSubgraphs(graph, (subgraph) => inFrame(subgraph, { ...frame, outer }))
  for (let round = 0; round <= graph.nodes.length + 100; round++) {
    const next = swept(current, frame)
    if (next === current) return current
    current = removeDeadNodes(removeIdentities(next))
  }
  throw new OnnxError(`graph ${graph.name}: a rule does not settle, expected an end of its changes`)
}

function swept(graph: Graph, frame: Frame): Graph {
  const sweep = new Sweep(graph, frame)
  for (const original of graph.nodes) {
    const node = sweep.current(original)
    const change = node.domain ? undefined : frame.rule(node, sweep)
    sweep.replace(node, change ?? { nodes: [node] })
  }
  return sweep.changed ? sweep.graph() : graph
}

class Sweep implements Site {
  readonly scope: Scope
  readonly names: Names
  changed = false
  readonly #graph: Graph
  readonly #constants: Map<string, Initializer>
  readonly #types: Map<string, Omit<ValueInfo, 'name'>>
  readonly #places: ReadonlyMap<Node, number>
  readonly #makers = new Map<string, Node>()
  readonly #readers = new Map<string, Node[]>()
  readonly #edited = new Map<Node, Node>()
  readonly #outputs: ReadonlySet<string>
  readonly #own: ReadonlySet<string>
  readonly #nodes = new Set<Node>()
  readonly #initializers: Initializer[]
  readonly #values: Map<string, ValueInfo>

  constructor(graph: Graph, { names, outer }: Frame) {
    const scope = scopeOf(graph, outer)
    this.#constants = new Map(scope.constants)
    this.#types = new Map(scope.types)
    this.scope = { types: this.#types, constants: this.#constants }
    this.names = names
    this.#graph = graph
    this.#places = new Map(graph.nodes.map((node, place) => [node, place]))
    this.#outputs = new Set(graph.outputs.map((output) => output.name))
    this.#own = new Set(graph.initializers.map((tensor) => tensor.name))
    this.#initializers = [...graph.initializers]
    this.#values = new Map(graph.values.map((value) => [value.name, value]))
    for (const node of graph.nodes) this.#link(node)
  }

  maker(name = ''): Node | undefined {
    return this.#makers.get(name)
  }

  soleMaker(name = ''): Node | undefined {
    return this.#isReadOnce(name) ? this.#makers.get(name) : undefined
  }

  readers(name: string): readonly Node[] {
    return this.#readers.get(name) ?? []
  }

  isOutput(name: string): boolean {
    return this.#outputs.has(name)
  }

  precedes(node: Node, other: Node): boolean {
    return (this.#places.get(node) ?? Infinity) < (this.#places.get(other) ?? -Infinity)
  }

  copyable(name = ''): Initializer | undefined {
    const tensor = this.#constants.get(name)
    if (tensor === undefined || tensor.bytes.length <= SMALL) return tensor
    // Who else reads a constant of a surrounding graph is not known here.
    return this.#own.has(name) && this.#isReadOnce(name) ? tensor : undefined
  }

  #isReadOnce(name: string): boolean {
    return this.readers(name).length === 1 && !this.#outputs.has(name)
  }

  /** The node as it is by now. */
  current(node: Node): Node {
    const edited = this.#edited.get(node)
    return edited ? this.current(edited) : node
  }

  replace(node: Node, change: Change): void {
    const { nodes, dropped = [], edited = [] } = change
    if (nodes.length !== 1 || nodes[0] !== node) {
      this.changed = true
      for (const each of [node, ...dropped]) {
        this.#unlink(each)
        this.#nodes.delete(each)
      }
      for (const each of nodes) this.#link(each)
    }
    for (const each of nodes) this.#nodes.add(each)
    for (const [before, after] of edited) {
      this.#unlink(before)
      this.#link(after)
      this.#edited.set(before, after)
    }
    this.#describe(change)
  }

  #describe({ initializers = [], values = [] }: Change): void {
    this.#initializers.push(...initializers)
    for (const each of initializers) {
      this.#constants.set(each.name, each)
      this.#types.set(each.name, each)
    }
    for (const each of values) {
      this.#values.set(each.name, each)
      this.#types.set(each.name, each)
    }
  }

  graph(): Graph {
    const values = [...this.#values.values()]
    const nodes = [...this.#nodes].map((node) => this.current(node))
    const initializers = this.#initializers
    return withoutStaleValues({ ...this.#graph, nodes, initializers, values })
  }

  #link(node: Node): void {
    for (const name of node.outputs) this.#makers.set(name, node)
    for (const name of readsOf(node)) {
      this.#readers.set(name, [...this.readers(name), node])
    }
  }

  #unlink(node: Node): void {
    for (const name of readsOf(node)) {
      const left = this.readers(name).filter((each) => each !== node)
      this.#readers.set(name, left)
    }
  }
}

/** An Identity in a node's place: its readers read another value. */
export function sameAs(node: Node, source: string): Node {
  const { name, outputs } = node
  return { name, opType: 'Identity', inputs: [source], outputs, attributes: {} }
}

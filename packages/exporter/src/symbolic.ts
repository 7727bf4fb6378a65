// Graphs traced at several sizes become one graph with symbolic dimensions.
import {
  attr,
  type Dim,
  type Graph,
  type Initializer,
  Names,
  type Node,
  numbersOf,
  tensorOf,
  type ValueInfo,
} from '@anyvae/onnx'
import { type Affine, fitAffine, plainDim, type Sizes } from './affine.js'
import { TraceError } from './error.js'

/** What the traces were taken at, and where a symbol's size is to be read at run time. */
export interface Traces {
  readonly graphs: readonly [Graph, ...Graph[]]
  readonly probes: readonly Sizes[]
  /** By symbol: an input, and which of its dimensions the symbol is. */
  readonly sources: Readonly<Record<string, { readonly input: string; readonly axis: number }>>
}

/** One graph for all sizes. What is no affine function of the symbols is refused, never baked in. */
export function generalize(traces: Traces): Graph {
  const { graphs } = traces
  const [first] = graphs
  checkSameNodes(graphs)
  const sizes = new SizeNodes(traces)
  const initializers = first.initializers.flatMap((initializer, i) =>
    generalInitializer(
      initializer,
      graphs.map((graph) => graph.initializers[i]),
      { traces, sizes },
    ),
  )
  const values = first.values.flatMap((_, i) => generalValue(traces, (graph) => graph.values[i]))
  const outputs = first.outputs.map((output, i) => ({
    ...output,
    dims: dimsOf(traces, (graph) => graph.outputs[i]).map(printDim),
  }))
  const inputs = first.inputs.map((input, i) => ({
    ...input,
    dims: dimsOf(traces, (graph) => graph.inputs[i]).map(printDim),
  }))
  return {
    ...first,
    inputs,
    initializers,
    values,
    outputs,
    nodes: [...sizes.nodes, ...first.nodes],
  }
}

function checkSameNodes(graphs: Traces['graphs']): void {
  const [first, ...others] = graphs
  const print = (node: Node | undefined) =>
    JSON.stringify(node && [node.opType, node.inputs, node.outputs, node.attributes])
  for (const other of others) {
    const count = Math.max(first.nodes.length, other.nodes.length)
    for (let i = 0; i < count; i++) {
      if (print(first.nodes[i]) !== print(other.nodes[i])) {
        const name = (first.nodes[i] ?? other.nodes[i])?.name ?? ''
        throw new TraceError(
          `${first.name}: the function does something else at each size or each call, got a difference at node ${name}, expected the same operators`,
        )
      }
    }
  }
}

interface Context {
  readonly traces: Traces
  readonly sizes: SizeNodes
}

/** The initializer as it is, or none where nodes compute it from the sizes. */
function generalInitializer(
  initializer: Initializer,
  all: readonly (Initializer | undefined)[],
  { traces, sizes }: Context,
): Initializer[] {
  if (all.every((each) => each !== undefined && sameTensor(each, initializer))) {
    return [initializer]
  }
  const entries = affineEntries(initializer, all, traces.probes)
  if (entries === undefined) {
    throw new TraceError(
      `${initializer.name}: a constant of shape [${initializer.dims.join(', ')}] differs from trace to trace, expected the same; it was drawn at random on the host (make it an input) or depends on a symbolic size`,
    )
  }
  const [open] = entries.flatMap((entry, i) => (typeof plainDim(entry) === 'number' ? [] : [i]))
  const single = entries.filter((entry) => typeof plainDim(entry) !== 'number').length === 1
  if (single && onlyReshapes(traces.graphs[0], initializer.name)) {
    const shape = entries.map((entry, i) => (i === open ? -1 : entry.constant))
    return [{ name: initializer.name, ...tensorOf('int64', [shape.length], shape) }]
  }
  return sizes.compute(initializer.name, entries)
}

function affineEntries(
  initializer: Initializer,
  all: readonly (Initializer | undefined)[],
  probes: readonly Sizes[],
): Affine[] | undefined {
  const lists = all.map((each) => (each?.dataType === 'int64' ? numbersOf(each) : []))
  const count = initializer.dims.length === 1 ? initializer.dims[0] : undefined
  if (initializer.dataType !== 'int64' || !lists.every((list) => list.length === count)) {
    return undefined
  }
  const entries = Array.from({ length: count ?? 0 }, (_, i) =>
    fitAffine(
      lists.map((list) => list[i] ?? 0),
      probes,
    ),
  )
  return entries.every((entry) => entry !== undefined) ? entries : undefined
}

function onlyReshapes(graph: Graph, name: string): boolean {
  const users = graph.nodes.filter((node) => node.inputs.includes(name))
  return users.every((node) => node.opType === 'Reshape' && node.inputs[0] !== name)
}

/** Nodes that compute shapes at run time from the sizes of the graph's inputs. */
class SizeNodes {
  readonly nodes: Node[] = []
  readonly #traces: Traces
  readonly #sizes = new Map<string, string>()
  readonly #names = new Names()

  constructor(traces: Traces) {
    this.#traces = traces
    namesOf(traces.graphs[0]).forEach((name) => this.#names.take(name))
  }

  /** Computes a list of sizes under the name of the constant whose place it takes. */
  compute(name: string, entries: readonly Affine[]): Initializer[] {
    const added: Initializer[] = []
    const constant = (value: number) => {
      const constantName = this.#names.take(`${name}_constant`)
      added.push({ name: constantName, ...tensorOf('int64', [1], [value]) })
      return constantName
    }
    const parts = entries.map((entry, i) => this.#entry(`${name}_${i}`, entry, constant))
    this.#write('Concat', name, parts, { axis: attr.int(0) })
    return [...added, ...this.#indices.splice(0)]
  }

  readonly #indices: Initializer[] = []

  #entry(name: string, entry: Affine, constant: (value: number) => string): string {
    const terms = Object.entries(entry.slopes).map(([symbol, slope]) =>
      slope === 1
        ? this.#size(symbol)
        : this.#add('Mul', `${name}_${symbol}`, [this.#size(symbol), constant(slope)]),
    )
    if (entry.constant !== 0 || terms.length === 0) {
      terms.push(constant(entry.constant))
    }
    return terms.reduce((sum, term, i) => this.#add('Add', `${name}_sum_${i}`, [sum, term]))
  }

  /** The size of a symbol, as a list of one int64. */
  #size(symbol: string): string {
    const known = this.#sizes.get(symbol)
    if (known !== undefined) {
      return known
    }
    const { input, axis } = this.#traces.sources[symbol] ?? { input: '', axis: 0 }
    const index = this.#names.take(`${symbol}_axis`)
    this.#indices.push({ name: index, ...tensorOf('int64', [1], [axis]) })
    const shape = this.#add('Shape', `${symbol}_of_shape`, [input])
    const size = this.#add('Gather', `${symbol}_size`, [shape, index], { axis: attr.int(0) })
    this.#sizes.set(symbol, size)
    return size
  }

  #add(
    opType: string,
    name: string,
    inputs: readonly string[],
    attributes: Node['attributes'] = {},
  ): string {
    return this.#write(opType, this.#names.take(name), inputs, attributes)
  }

  #write(
    opType: string,
    name: string,
    inputs: readonly string[],
    attributes: Node['attributes'],
  ): string {
    this.nodes.push({ name, opType, inputs, outputs: [name], attributes })
    return name
  }
}

/** Every name that a graph uses. */
function namesOf({ inputs, initializers, nodes }: Graph): Set<string> {
  const values = [...inputs, ...initializers].map(({ name }) => name)
  return new Set([...values, ...nodes.flatMap(({ name, outputs }) => [name, ...outputs])])
}

type Pick = (graph: Graph) => ValueInfo | undefined

function dimsOf(traces: Traces, pick: Pick): (Affine | undefined)[] {
  const all = traces.graphs.map((graph) => pick(graph)?.dims ?? [])
  return (all[0] ?? []).map((_, axis) =>
    fitAffine(
      all.map((dims) => Number(dims[axis])),
      traces.probes,
    ),
  )
}

/** The value with its shape where that can be said in plain dimensions, else nothing. */
function generalValue(traces: Traces, pick: Pick): ValueInfo[] {
  const value = pick(traces.graphs[0])
  const dims = dimsOf(traces, pick).flatMap((affine) => (affine && plainDim(affine)) ?? [])
  return value && dims.length === value.dims?.length ? [{ ...value, dims }] : []
}

function printDim(affine: Affine | undefined): Dim {
  if (affine === undefined) {
    return 'unknown'
  }
  const terms = Object.entries(affine.slopes).map(([symbol, slope]) =>
    slope === 1 ? symbol : `${slope}_${symbol}`,
  )
  const rest = affine.constant === 0 ? [] : [affine.constant]
  return plainDim(affine) ?? [...terms, ...rest].join('_plus_')
}

function sameTensor(a: Initializer, b: Initializer): boolean {
  return (
    a.dataType === b.dataType &&
    a.dims.join() === b.dims.join() &&
    a.bytes.length === b.bytes.length &&
    a.bytes.every((byte, i) => byte === b.bytes[i])
  )
}

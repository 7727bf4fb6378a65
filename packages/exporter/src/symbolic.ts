// Graphs traced at several sizes become one graph with symbolic dimensions.
import {
  attr,
  type Dim,
  elementCount,
  type Graph,
  type Initializer,
  mapSubgraphs,
  type Node,
  numbersOf,
  removeDeadNodes,
  removeUnusedInitializers,
  tensorOf,
  type ValueInfo,
} from '@anyvae/onnx'
import { dimName, fitAffine, plainDim, type Sizes } from './affine.js'
import { guarded } from './guard.js'
import { withSizes } from './inner-sizes.js'
import { fitSize, isAffine, type SizeFunction } from './periodic.js'
import { fitPower } from './powers.js'
import { fitRange } from './ranges.js'
import { differingConstant, sameTensor } from './same-constants.js'
import { checkSameNodes } from './same-nodes.js'
import { SizeNodes, type Sources } from './sizes.js'

/** What the traces were taken at, and where a symbol's size is to be read at run time. */
export interface Traces {
  readonly graphs: readonly [Graph, ...Graph[]]
  readonly probes: readonly Sizes[]
  readonly sources: Sources
  /** By symbol: what its sizes are multiples of, where that is not 1. */
  readonly multiples: Sizes
  /** By the name of a list: the number in it, where traces saw only what it was cut down to. */
  readonly limits: ReadonlyMap<string, number>
  /** Traces at the first sizes once more, to tell what is drawn from what depends on sizes. */
  readonly again: () => Graph
}

/** One graph for all sizes. What is no affine function of the symbols is refused, never baked in. */
export function generalize(all: Traces): Graph {
  const read = new Set(Object.values(all.sources).map(({ input }) => input))
  const traces = { ...all, graphs: withoutDead(all.graphs, read) }
  const { graphs, sources } = traces
  const [first] = graphs
  checkSameNodes(graphs, traces.probes)
  const sizes = new SizeNodes(first, sources)
  const initializers = first.initializers.flatMap((initializer, i) =>
    generalInitializer(
      initializer,
      graphs.map((graph) => graph.initializers[i]),
      { traces, sizes },
    ),
  )
  const graph = namedValues(first, traces)
  const nodes = guarded(graph, { sizes, sources, multiples: traces.multiples })
  return cleaned({
    ...withSizes({ ...graph, nodes }, sizes),
    initializers: [...initializers, ...sizes.initializers],
  })
}

/**
 * The graphs without what was computed only to be read while tracing, such as parts of a shape;
 * values whose sizes are to be read are kept.
 */
function withoutDead(
  [first, ...others]: Traces['graphs'],
  read: ReadonlySet<string>,
): Traces['graphs'] {
  const isRead = ({ name }: ValueInfo) => read.has(name)
  const marked = (graph: Graph): Graph =>
    mapSubgraphs({ ...graph, outputs: [...graph.outputs, ...graph.values.filter(isRead)] }, marked)
  const unmarked = (graph: Graph): Graph => {
    const inner = new Set(graph.values.filter(isRead).map(({ name }) => name))
    const outputs = graph.outputs.filter(({ name }) => !inner.has(name))
    return mapSubgraphs({ ...graph, outputs }, unmarked)
  }
  const clean = (graph: Graph) => unmarked(cleaned(marked(graph)))
  return [clean(first), ...others.map(clean)]
}

function cleaned(graph: Graph): Graph {
  return removeUnusedInitializers(removeDeadNodes(graph))
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
  const limit = traces.limits.get(initializer.name)
  if (limit !== undefined) {
    return [{ name: initializer.name, ...tensorOf(initializer.dataType, [1], [limit]) }]
  }
  const reshapes = onlyReshapes(traces.graphs[0], initializer.name)
  const entries = sizeEntries(initializer, all, traces)
  const unknown = entries?.filter((entry) => entry === undefined).length ?? 0
  if (entries === undefined || unknown > (reshapes ? 1 : 0)) {
    if (computed(initializer, all, { traces, sizes })) {
      return []
    }
    throw differingConstant(all, traces)
  }
  const constants = entries.map((entry) => entry && isAffine(entry) && plainDim(entry))
  const open = constants.filter((entry) => typeof entry !== 'number').length
  if (open === 1 && reshapes) {
    const shape = constants.map((entry) => (typeof entry === 'number' ? entry : -1))
    return [{ name: initializer.name, ...tensorOf('int64', [shape.length], shape) }]
  }
  const scalar = initializer.dims.length === 0
  sizes.compute(initializer.name, entries, { dataType: initializer.dataType, scalar })
  return []
}

/** Whether nodes compute a constant that counts up to a size, or is a power of sizes. */
function computed(
  { name, dims, dataType }: Initializer,
  all: readonly (Initializer | undefined)[],
  { traces: { probes }, sizes }: Context,
): boolean {
  const lists = all.map((each) => (each ? numbersOf(each) : []))
  const range = dims.length === 1 ? fitRange(lists, probes) : undefined
  if (range) sizes.range(name, range, dataType)
  if (range || dims.length > 0 || dataType !== 'float32') {
    return range !== undefined
  }
  const power = fitPower(lists.flat(), probes)
  if (power) sizes.power(name, power)
  return power !== undefined
}

/** The entries of a list as functions of the sizes; undefined for one that is none. */
function sizeEntries(
  initializer: Initializer,
  all: readonly (Initializer | undefined)[],
  { probes, multiples }: Traces,
): (SizeFunction | undefined)[] | undefined {
  const { dims, dataType } = initializer
  const whole = dataType === 'int64' || dataType === 'int32'
  const lists = all.map((each) => (each && whole ? numbersOf(each) : []))
  const count = elementCount(dims)
  if (!whole || dims.length > 1 || !lists.every((list) => list.length === count)) {
    return undefined
  }
  const seen = (i: number) => lists.map((list) => list[i] ?? 0)
  return Array.from({ length: count }, (_, i) => fitSize(seen(i), probes, multiples))
}

function onlyReshapes(graph: Graph, name: string): boolean {
  const users = allNodes(graph).filter((node) => node.inputs.includes(name))
  return users.every((node) => node.opType === 'Reshape' && node.inputs[0] !== name)
}

function allNodes(graph: Graph): Node[] {
  return graph.nodes.flatMap((node) => [
    node,
    ...Object.values(node.attributes).flatMap((each) =>
      each.type === 'graph' ? allNodes(each.value) : [],
    ),
  ])
}

/** The graph with names for the sizes of its values, and of those within its nodes. */
function namedValues(graph: Graph, { graphs, probes }: Pick<Traces, 'graphs' | 'probes'>): Graph {
  const named = (kind: 'inputs' | 'outputs' | 'values') =>
    graph[kind].map((value, i) =>
      namedDims(
        value,
        graphs.map((each) => each[kind][i]?.dims ?? []),
        probes,
      ),
    )
  const nodes = graph.nodes.map((node, i) => {
    const inner = Object.entries(node.attributes).map(([name, attribute]) => {
      if (attribute.type !== 'graph') return [name, attribute] as const
      const [first, ...others] = graphs.flatMap((each) => {
        const other = each.nodes[i]?.attributes[name]
        return other?.type === 'graph' ? [other.value] : []
      })
      const all = { graphs: [first ?? attribute.value, ...others] as const, probes }
      return [name, attr.graph(namedValues(attribute.value, all))] as const
    })
    return { ...node, attributes: Object.fromEntries(inner) }
  })
  return {
    ...graph,
    nodes,
    inputs: named('inputs'),
    outputs: named('outputs'),
    values: named('values'),
  }
}

/**
 * The value with a name for each size that is not fixed. Equal names are equal sizes, so a size that
 * is no affine function has a name of its own.
 */
function namedDims(
  value: ValueInfo,
  all: readonly (readonly Dim[])[],
  probes: readonly Sizes[],
): ValueInfo {
  const dims = (all[0] ?? []).map((_, axis): Dim => {
    const sizes = all.map((each) => Number(each[axis]))
    const affine = fitAffine(sizes, probes)
    return affine === undefined ? `${value.name}_size_${axis}` : dimName(affine)
  })
  return { ...value, dims }
}

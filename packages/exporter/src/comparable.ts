// Which traces must have done the same, and what the others must agree in.
import { type Dim, type Graph, type Node, numbersOf, type ValueInfo } from '@anyvae/onnx'
import { type Affine, evaluate, fitAffine, type Sizes } from './affine.js'
import { TraceError } from './error.js'
import { signature, sizesText } from './same-nodes.js'
import { graphsWithin } from './sizes.js'

/** A trace and the sizes that it was taken at. */
export interface TraceAt {
  readonly graph: Graph
  readonly sizes: Sizes
}

/** Traces that tell what follows from the sizes, and others. */
export interface Compared<T extends TraceAt> {
  readonly telling: readonly T[]
  readonly others: readonly T[]
}

/**
 * The traces that must be the same graph: those that tell, and the others save where a size is by
 * chance 1 or goes into one that is fixed, so that a trace has good reason to differ, as it leaves out
 * a slice of all there is. Of those, the results must have the shapes that they have elsewhere: `check`
 * throws TraceError where such a shape is another.
 */
export function comparable<T extends TraceAt>({ telling, others }: Compared<T>) {
  const sizes = sizesIn(telling)
  const isSame = (trace: T) =>
    sizes === undefined || !differs(telling[0], trace) || !byChance(sizes, trace)
  const check = () =>
    others.filter((trace) => !isSame(trace)).forEach((trace) => checkOutputs(sizes, trace))
  return { traces: [...telling, ...others.filter(isSame)], check }
}

function differs(first: TraceAt | undefined, { graph }: TraceAt): boolean {
  const text = (nodes: readonly Node[] = []) => JSON.stringify(nodes.map(signature))
  return text(first?.graph.nodes) !== text(graph.nodes)
}

/** What is known of the sizes of a graph: which are fixed, and what the others follow from. */
interface KnownSizes {
  readonly fixed: readonly number[]
  readonly open: readonly Affine[]
  /** By output, undefined for a size that follows from nothing. */
  readonly outputs: readonly (readonly (Affine | undefined)[])[]
}

/** Nothing where the traces differ themselves. */
function sizesIn(traces: readonly TraceAt[]): KnownSizes | undefined {
  const [first] = traces
  if (first === undefined || traces.some((trace) => differs(first, trace))) {
    return undefined
  }
  const probes = traces.map(({ sizes }) => sizes)
  const fitted = (valuesOf: (graph: Graph) => readonly ValueInfo[]) => {
    const lists = traces.map(({ graph }) => valuesOf(graph))
    return valuesOf(first.graph).map(({ dims = [] }, i) =>
      dims.map((_, axis) =>
        fitAffine(
          lists.map((list) => Number(list[i]?.dims?.[axis])),
          probes,
        ),
      ),
    )
  }
  const outputs = fitted((graph) => graph.outputs)
  const inner = fitted((graph) =>
    [graph, ...graphsWithin(graph)].flatMap(({ inputs, values }) => [...inputs, ...values]),
  )
  const all = [...inner, ...outputs].flat()
  const known = all.flatMap((affine) => affine ?? [])
  const isOpen = ({ slopes }: Affine) => Object.keys(slopes).length > 0
  const constants = known.filter((affine) => !isOpen(affine)).map(({ constant }) => constant)
  return {
    fixed: [...new Set([...constants, ...listed(traces)])].filter((each) => each > 0),
    open: known.filter(isOpen),
    outputs,
  }
}

/** The numbers in short lists of the graph that are the same at all sizes. */
function listed(traces: readonly TraceAt[]): number[] {
  const [first = [], ...others] = traces.map(({ graph }) =>
    graph.initializers.map((each) =>
      each.dataType === 'int64' && each.bytes.length <= 128 ? numbersOf(each) : [],
    ),
  )
  return first.flatMap((list, i) =>
    list.filter((number, at) => others.every((each) => each[i]?.[at] === number)),
  )
}

function byChance({ fixed, open }: KnownSizes, { sizes }: TraceAt): boolean {
  return open.some((affine) => {
    const size = evaluate(affine, sizes)
    return size <= 1 || fixed.some((each) => each % size === 0)
  })
}

function checkOutputs(known: KnownSizes | undefined, { graph, sizes }: TraceAt): void {
  graph.outputs.forEach(({ name, dims = [] }, i) => {
    const wanted = known?.outputs[i] ?? []
    const fits = (size: Dim, axis: number) =>
      wanted[axis] === undefined || evaluate(wanted[axis], sizes) === size
    if (dims.length !== wanted.length || !dims.every(fits)) {
      const expected = wanted.map((affine) => (affine ? evaluate(affine, sizes) : 'any'))
      throw new TraceError(
        `${graph.name}: output ${name} has another shape at ${sizesText(sizes)} than its other sizes tell, got [${dims.join(', ')}], expected [${expected.join(', ')}]; name the axes that go (tf.squeeze(x, [1])), or reshape to what it is to be`,
      )
    }
  })
}

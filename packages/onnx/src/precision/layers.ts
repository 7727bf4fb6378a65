// Finds what int8 is about: operators that multiply activations by constant weights.
import type { Scope } from '../passes/scope.js'
import { readerCounts } from '../passes/walk.js'
import type { Graph, Initializer, Node } from '../types.js'

/** An operator with constant weights. */
export interface Layer {
  readonly node: Node
  /** The value that the weights are applied to. */
  readonly input: string
  readonly weight: Initializer
  /** The weight's dimension of output channels, each of which gets a scale of its own. */
  readonly axis: number
  /** The value that holds the result, after a bias that stands in an Add of its own and a Relu. */
  readonly result: string
}

/** The dimension of output channels of a weight, by operator; undefined where it is none for int8. */
const channelAxes: Readonly<Record<string, (node: Node, rank: number) => number | undefined>> = {
  Conv: () => 0,
  // [in, out / group, …]: with several groups only the inputs' dimension tells channels apart.
  ConvTranspose: (node) => (intOf(node, 'group', 1) === 1 ? 1 : 0),
  // Runtimes' integer products refuse a scale for each channel of stacked matrices.
  MatMul: (_, rank) => (rank === 2 ? 1 : undefined),
  Gemm: (node) => (intOf(node, 'transB', 0) === 1 ? 0 : 1),
}

/** The constant weight of a node and its dimension of channels, if it is such an operator. */
export function weightOf(
  node: Node,
  scope: Scope,
): { readonly weight: Initializer; readonly axis: number } | undefined {
  const weight = scope.constants.get(node.inputs[1] ?? '')
  if (weight?.dataType !== 'float32' || weight.bytes.length === 0 || node.domain) return undefined
  const axis = channelAxes[node.opType]?.(node, weight.dims.length)
  return axis === undefined ? undefined : { weight, axis }
}

/** The table that a Gather takes rows from, if it is constant: an embedding. */
export function tableOf({ opType, domain, inputs, attributes }: Node, scope: Scope) {
  const table = scope.constants.get(inputs[0] ?? '')
  const { axis } = attributes
  const rows = axis === undefined || (axis.type === 'int' && axis.value === 0)
  const isTable = table?.dataType === 'float32' && table.dims.length === 2 && table.bytes.length > 0
  return opType === 'Gather' && !domain && rows && isTable ? table : undefined
}

/** The layers of a graph, those of its sub-graphs not included. */
export function layersOf(graph: Graph, scope: Scope): Layer[] {
  const counts = readerCounts(graph)
  const readers = new Map(graph.nodes.flatMap((node) => node.inputs.map((name) => [name, node])))
  const soleReader = (value: string) => (counts.get(value) === 1 ? readers.get(value) : undefined)
  return graph.nodes.flatMap((node) => {
    const found = weightOf(node, scope)
    const [input = ''] = node.inputs
    if (found === undefined || scope.constants.has(input)) return []
    let result = node
    let next = soleReader(outputOf(result))
    if (next && isBias(next, scope)) {
      result = next
      next = soleReader(outputOf(result))
    }
    // Bytes from 0 on cut off what is negative, so runtimes need no Relu of its own.
    if (next?.opType === 'Relu' && !next.domain) result = next
    return [{ node, input, ...found, result: outputOf(result) }]
  })
}

function isBias({ opType, domain, inputs }: Node, scope: Scope): boolean {
  return opType === 'Add' && !domain && inputs.some((name) => scope.constants.has(name))
}

function outputOf({ outputs: [name = ''] }: Node): string {
  return name
}

/** Layers that a graph output is made of with no further layer between. */
export function lastLayers(graph: Graph, layers: readonly Layer[]): Set<Layer> {
  const byOutput = new Map(layers.map((layer) => [layer.node.outputs[0], layer]))
  const wanted = new Set(graph.outputs.map((output) => output.name))
  const last = new Set<Layer>()
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((name) => wanted.has(name))) continue
    const layer = byOutput.get(node.outputs[0])
    if (layer) last.add(layer)
    else for (const name of node.inputs) wanted.add(name)
  }
  return last
}

function intOf(node: Node, name: string, fallback: number): number {
  const attribute = node.attributes[name]
  return attribute?.type === 'int' ? attribute.value : fallback
}

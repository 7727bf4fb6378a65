// int8: weights and activations of matrix products and convolutions in eight bits, in QDQ format.
import { tensorOf } from '../builder/tensor.js'
import { attr } from '../builder/value.js'
import { OnnxError } from '../error.js'
import { removeUnusedInitializers } from '../passes/dead.js'
import { scopeOf, type Scope } from '../passes/scope.js'
import { hasSubgraph, mapSubgraphs, renameReads } from '../passes/walk.js'
import type { Graph, Initializer, Node } from '../types.js'
import { planOf, type Plan } from './calibrate.js'
import { Draft, freshNames } from './draft.js'
import { tableOf, weightOf, type Layer } from './layers.js'
import { bytesOf, type Bytes, type Range } from './range.js'
import { quantizeBias, quantizeWeights, type QuantizedWeights } from './weights.js'

/** Ranges of values over calibration data, by name. */
export type Ranges = Readonly<Record<string, Range>>

/**
 * Stores the weights of Conv, ConvTranspose, Gemm and MatMul in int8, symmetric, with a scale for each
 * output channel, and their activations in uint8, by the QuantizeLinear and DequantizeLinear pairs that
 * runtimes fuse into integer kernels. Inputs and outputs stay float32, and so does what the last layers
 * make: a decoder's logits are what its likelihood is computed from. In sub-graphs weights alone are
 * stored in int8, and so are the rows of embeddings (Gather).
 *
 * @param ranges of the `valuesToCalibrate`
 * @throws OnnxError where a range is missing or the graph has no such operator
 */
export function quantizeGraph(graph: Graph, ranges: Ranges): Graph {
  const scope = scopeOf(graph)
  const rewriter = new Rewriter(graph, { plan: planOf(graph, scope), scope, ranges })
  for (const node of graph.nodes) rewriter.add(node)
  return rewriter.finish()
}

interface Facts {
  readonly plan: Plan
  readonly scope: Scope
  readonly ranges: Ranges
}

/** A weight in eight bits and the name under which it is read as floats. */
interface StoredWeight extends QuantizedWeights {
  readonly name: string
}

class Rewriter {
  readonly #graph: Graph
  readonly #facts: Facts
  readonly #draft: Draft
  readonly #weights = new Map<string, StoredWeight>()
  readonly #activations = new Map<string, string>()
  readonly #tables = new Map<string, readonly [string, ...string[]]>()
  #anything = false

  constructor(graph: Graph, facts: Facts) {
    this.#graph = graph
    this.#facts = facts
    this.#draft = new Draft(freshNames(graph))
  }

  add(node: Node): void {
    const table = tableOf(node, this.#facts.scope)
    if (table) this.#addEmbedding(node, table)
    else this.#addOther(node)
  }

  /** Takes rows of int8 and makes floats of these alone, not of the whole table. */
  #addEmbedding(node: Node, table: Initializer): void {
    const draft = this.#draft
    const { outputs, inputs } = node
    const stored =
      this.#tables.get(table.name) ?? this.#stored(table.name, quantizeWeights(table, 1))
    this.#tables.set(table.name, stored)
    const [bytes, ...parameters] = stored
    const rows = draft.names.take(`${outputs[0] ?? ''}_int8`)
    draft.nodes.push({ ...node, inputs: [bytes, ...inputs.slice(1)], outputs: [rows] })
    draft.nodes.push({
      name: draft.names.take(`${table.name}_DequantizeLinear`),
      opType: 'DequantizeLinear',
      inputs: [rows, ...parameters],
      outputs,
      attributes: { axis: attr.int(-1) },
    })
  }

  #addOther(node: Node): void {
    const { results, layers } = this.#facts.plan
    const layer = layers.get(node)
    const read = (name: string) =>
      results.has(name) || name === layer?.input ? this.#activation(name) : name
    const biased = layer ? this.#withBias(layer) : node
    this.#draft.nodes.push(this.#withWeights(renameReads(biased, read), this.#facts.scope))
  }

  /** A node and its sub-graphs with each weight read from int8. */
  #withWeights(node: Node, scope: Scope): Node {
    const found = weightOf(node, scope)
    const inputs = node.inputs.map((name, index) =>
      found && index === 1 ? this.#weight(found.weight, found.axis).name : name,
    )
    const changed = { ...node, inputs }
    if (!hasSubgraph(node)) return changed
    const [inner = changed] = mapSubgraphs({ ...this.#graph, nodes: [changed] }, (subgraph) => ({
      ...subgraph,
      nodes: subgraph.nodes.map((each) => this.#withWeights(each, scopeOf(subgraph, scope))),
    })).nodes
    return inner
  }

  #weight(weight: Initializer, axis: number): StoredWeight {
    const key = `${weight.name} ${axis}`
    const known = this.#weights.get(key)
    if (known !== undefined) return known
    const quantized = quantizeWeights(weight, axis)
    const name = this.#dequantized(weight.name, { ...quantized, axis })
    const stored = { ...quantized, name }
    this.#weights.set(key, stored)
    return stored
  }

  /** Adds the constants that DequantizeLinear reads, and gives their names. */
  #stored(name: string, { values, scales }: QuantizedWeights): [string, ...string[]] {
    const draft = this.#draft
    const { dims } = scales
    const zeros = { dataType: 'int8', dims, bytes: new Uint8Array(dims[0] ?? 0) } as const
    this.#anything = true
    return [
      draft.constant(`${name}_${values.dataType}`, values),
      draft.constant(`${name}_scale`, scales),
      // May be left out by the standard, but onnxruntime then fuses no Gemm; int32 has none.
      ...(values.dataType === 'int8' ? [draft.constant(`${name}_zero_point`, zeros)] : []),
    ]
  }

  #dequantized(name: string, { axis, ...quantized }: QuantizedWeights & { axis: number }): string {
    return this.#draft.call({
      opType: 'DequantizeLinear',
      inputs: this.#stored(name, quantized),
      wanted: `${name}_dequantized`,
      attributes: { axis: attr.int(axis) },
    })
  }

  /**
   * The last Gemm reads its bias from int32, without which onnxruntime computes it in float32. Other
   * biases stay float32: as int32 they would take as many scales besides, and onnxruntime makes them
   * int32 by itself where a result becomes eight bits.
   */
  #withBias({ node, input, weight, axis }: Layer): Node {
    const { plan, scope } = this.#facts
    const layer = plan.layers.get(node)
    const [first = '', second = '', name = ''] = node.inputs
    const bias = scope.constants.get(name)
    if (node.opType !== 'Gemm' || !layer || !plan.last.has(layer) || !bias) return node
    const { scales } = this.#weight(weight, axis)
    const quantized = quantizeBias(node, bias, { scales, scale: this.#bytesOf(input).scale })
    if (quantized === undefined) return node
    return { ...node, inputs: [first, second, this.#dequantized(name, { ...quantized, axis: 0 })] }
  }

  #activation(name: string): string {
    const known = this.#activations.get(name)
    if (known !== undefined) return known
    const draft = this.#draft
    const { scale, zeroPoint } = this.#bytesOf(name)
    const parameters = [
      draft.constant(`${name}_scale`, tensorOf('float32', [], [scale])),
      draft.constant(`${name}_zero_point`, tensorOf('uint8', [], [zeroPoint])),
    ]
    const bytes = draft.call({
      opType: 'QuantizeLinear',
      inputs: [name, ...parameters],
      wanted: `${name}_quantized`,
    })
    const restored = draft.call({
      opType: 'DequantizeLinear',
      inputs: [bytes, ...parameters],
      wanted: `${name}_dequantized`,
    })
    this.#activations.set(name, restored)
    return restored
  }

  #bytesOf(name: string): Bytes {
    const range = this.#facts.ranges[name]
    if (range && Number.isFinite(range.least) && Number.isFinite(range.most)) return bytesOf(range)
    const got = range ? `${range.least} to ${range.most}` : 'none'
    throw new OnnxError(
      `graph ${this.#graph.name}: no usable range of ${name}, got ${got}, expected finite ends`,
    )
  }

  finish(): Graph {
    const { name, initializers } = this.#graph
    if (!this.#anything) {
      throw new OnnxError(
        `graph ${name}: nothing to store in int8, got no constant weights, expected those of Conv, ConvTranspose, Gemm, MatMul or Gather (matrices in the last three)`,
      )
    }
    return removeUnusedInitializers({
      ...this.#graph,
      nodes: this.#draft.nodes,
      initializers: [...initializers, ...this.#draft.initializers],
    })
  }
}

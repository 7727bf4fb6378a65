// A traced graph becomes a file: passes, precision, checks, bytes.
import {
  checkModel,
  createModel,
  DEFAULT_OPSET,
  encodeModelParts,
  type Graph,
  type Model,
  optimizeGraph,
  toFloat16,
  type ValueInfo,
} from '@anyvae/onnx'
import type { ExportOptions } from './export-options.js'

/** A model as ONNX. */
export interface ExportedModel {
  /** The model as data, for `printModel` and further passes. */
  readonly model: Model
  /** The .onnx file. */
  readonly bytes: Uint8Array
  /**
   * The file of weights beside it, in parts to be written one after another, where the model is too
   * large for one file; else empty. Its name is `dataFile` of the options.
   */
  readonly data: readonly Uint8Array[]
  readonly inputs: readonly ValueInfo[]
  readonly outputs: readonly ValueInfo[]
  /** How many nodes the trace has, and how many are written. */
  readonly nodes: { readonly traced: number; readonly written: number }
}

/** The file of a traced graph, which the passes have made smaller. */
export function written(traced: Graph, options: ExportOptions): ExportedModel {
  const { opset = DEFAULT_OPSET, optimize = true, precision = 'float32' } = options
  const { doc, metadata, producerVersion } = options
  const { dataFile = `${traced.name}.onnx.data`, externalAbove } = options
  const small = optimize ? optimizeGraph(traced) : traced
  const graph = precision === 'float16' ? toFloat16(small) : small
  const model = createModel(graph, {
    opset,
    ...(doc === undefined ? {} : { doc }),
    ...(metadata === undefined ? {} : { metadata }),
    ...(producerVersion === undefined ? {} : { producerVersion }),
  })
  checkModel(model)
  const limit = externalAbove === undefined ? {} : { limit: externalAbove }
  const parts = encodeModelParts(model, { dataFile, ...limit })
  return {
    model,
    bytes: parts.model,
    data: parts.data,
    inputs: graph.inputs,
    outputs: graph.outputs,
    nodes: { traced: nodeCount(traced), written: nodeCount(graph) },
  }
}

/** How many nodes a graph has, with those of the graphs within them. */
function nodeCount({ nodes }: Graph): number {
  const inner = nodes.flatMap(({ attributes }) =>
    Object.values(attributes).map((each) => (each.type === 'graph' ? nodeCount(each.value) : 0)),
  )
  return inner.reduce((sum, count) => sum + count, nodes.length)
}

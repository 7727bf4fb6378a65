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
import { distributionText } from './distribution.js'
import type { ExportOptions } from './export-options.js'
import type { NoiseInput, NoiseInputs } from './noise.js'

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
  /** By name of an input or output: what the model itself calls it, such as `t:1` for `t_1`. */
  readonly names: Readonly<Record<string, string>>
  /** The inputs that take the place of random numbers, the last ones of `inputs`. */
  readonly noise: readonly NoiseInput[]
  /** How many nodes the trace has, and how many are written. */
  readonly nodes: { readonly traced: number; readonly written: number }
}

interface Facts {
  readonly ownNames: Readonly<Record<string, string>>
  readonly noise: NoiseInputs
}

/** What the file says of itself: names that had to be written otherwise, and what noise to feed. */
function metadataOf(names: Readonly<Record<string, string>>, noise: readonly NoiseInput[]) {
  const renamed = Object.entries(names).filter(([name, own]) => name !== own)
  return Object.fromEntries([
    ...renamed.map(([name, own]) => [`tensorflow_js_name.${name}`, own] as const),
    ...noise.map((each) => [`noise.${each.name}`, distributionText(each.distribution)] as const),
  ])
}

/** The file of a traced graph, which the passes have made smaller. */
export function written(
  traced: Graph,
  options: ExportOptions,
  { ownNames, noise: drawn }: Facts,
): ExportedModel {
  const { opset = DEFAULT_OPSET, optimize = true, precision = 'float32' } = options
  const { doc, producerVersion } = options
  const { dataFile = `${traced.name}.onnx.data`, externalAbove } = options
  const small = optimize ? optimizeGraph(traced) : traced
  const graph = precision === 'float16' ? toFloat16(small) : small
  const all = [...graph.inputs, ...graph.outputs].map(({ name }) => [name, ownNames[name] ?? name])
  const names = Object.fromEntries(all) as Record<string, string>
  const noise = drawn.of(graph.inputs.map(({ name }) => name))
  const metadata = { ...metadataOf(names, noise), ...options.metadata }
  const model = createModel(graph, {
    opset,
    ...(doc === undefined ? {} : { doc }),
    ...(Object.keys(metadata).length === 0 ? {} : { metadata }),
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
    names,
    noise,
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

// Whole models to ONNX: functions of tensors, layers models and graph models.
import type * as tf from '@tensorflow/tfjs-core'
import { DEFAULT_OPSET, type Graph, identifier } from '@anyvae/onnx'
import { Captures } from './captures.js'
import { TraceError } from './error.js'
import { checkInputs, checkOptions, checkProperties, type ExportOptions } from './export-options.js'
import { tensorFunction, type TensorResult } from './models/function.js'
import { graphModel, type GraphModelLike, isGraphModel } from './models/graph-model.js'
import { isLayersModel, layersModel, type LayersModelLike } from './models/layers-model.js'
import { type InputLike, type Traceable, withEqualNames } from './models/traceable.js'
import { NoiseInputs } from './noise.js'
import { firstSizes } from './probes.js'
import type { Tensors } from './record.js'
import { type InnerTraceOptions, symbolSources, traceAt, traceWith } from './trace.js'
import { type ExportedModel, written } from './write.js'

/** By rank: the tensor that a function gets for an input. */
interface RankTensors {
  0: tf.Scalar
  1: tf.Tensor1D
  2: tf.Tensor2D
  3: tf.Tensor3D
  4: tf.Tensor4D
  5: tf.Tensor5D
  6: tf.Tensor<tf.Rank.R6>
}

type DimsOf<I> = I extends { readonly dims: infer D } ? D : I

type TensorOf<I> =
  DimsOf<I> extends { readonly length: infer Rank }
    ? Rank extends keyof RankTensors
      ? RankTensors[Rank]
      : tf.Tensor
    : tf.Tensor

/** The tensors that a function of these inputs is called with. */
export type InputTensors<I extends Readonly<Record<string, InputLike>>> = {
  readonly [K in keyof I]: TensorOf<I[K]>
}

/**
 * Exports a function of tensors. The function gets a record with a tensor for each input, and gives a
 * tensor, a list or a record of tensors. It must be pure: what it computes from its inputs becomes the
 * graph, tensors and variables from outside become weights in it.
 *
 * @throws TraceError naming the operation and the line where the function cannot become a graph
 */
export function exportOnnx<const I extends Readonly<Record<string, InputLike>>>(
  fn: (inputs: InputTensors<I>) => TensorResult,
  inputs: I,
  options?: ExportOptions,
): Promise<ExportedModel>
/**
 * Exports a tf.LayersModel in inference mode, or a tf.GraphModel. Inputs are the model's own unless
 * given otherwise, open sizes symbolic: `batch`, `height`, `width`.
 *
 * @throws TraceError naming the operation where the model cannot become a graph
 */
export function exportOnnx(
  model: LayersModelLike | GraphModelLike,
  inputs?: Readonly<Record<string, InputLike>>,
  options?: ExportOptions,
): Promise<ExportedModel>
export async function exportOnnx(
  target: ((inputs: never) => TensorResult) | LayersModelLike | GraphModelLike,
  inputs: Readonly<Record<string, InputLike>> = {},
  options: ExportOptions = {},
): Promise<ExportedModel> {
  checkOptions(options)
  checkInputs(inputs)
  checkProperties(inputs)
  const traceable = traceableOf(target, inputs, options)
  const captures = new Captures()
  traceable.weights.forEach(({ tensor, name }) => captures.name(tensor, name))
  await captures.load(traceable.weights.map(({ tensor }) => tensor))
  const noise = new NoiseInputs()
  const graph = tracedGraph(traceable, { captures, noise }, options)
  return written(graph, options, { ownNames: traceable.ownNames ?? {}, noise })
}

function traceableOf(
  target: ((inputs: never) => TensorResult) | LayersModelLike | GraphModelLike,
  inputs: Readonly<Record<string, InputLike>>,
  { outputs, symbolic = [], unroll = false }: ExportOptions,
): Traceable {
  if (typeof target === 'function') {
    refuseSymbolic(symbolic)
    return tensorFunction(target as (inputs: Tensors) => TensorResult, inputs, outputs)
  }
  if (typeof target === 'object' && target !== null && isLayersModel(target)) {
    return renamed(layersModel(target, { inputs, symbolic, unroll }), outputs)
  }
  if (typeof target === 'object' && target !== null && isGraphModel(target)) {
    return renamed(graphModel(target, { inputs, symbolic, unroll }), outputs)
  }
  throw new TraceError(
    `export: nothing that can be traced, got ${String(target)}, expected a function of tensors, a tf.LayersModel or a tf.GraphModel`,
  )
}

function refuseSymbolic(symbolic: readonly string[]): void {
  if (symbolic.length > 0) {
    throw new TraceError(
      `export: symbolic sizes are for models, got ${symbolic.join(', ')} for a function, expected them in its inputs (image: ['batch', 'height', 'width', 3])`,
    )
  }
}

/** A model with the caller's names for its outputs. */
function renamed(traceable: Traceable, outputs: readonly string[] | undefined): Traceable {
  const { outputs: own = [], name } = traceable
  if (outputs === undefined) {
    return traceable
  }
  if (outputs.length !== own.length) {
    throw new TraceError(
      `${name}: wrong number of output names, got ${outputs.length}, expected ${own.length} for ${own.join(', ')}`,
    )
  }
  const ownOf = (name: string) => traceable.ownNames?.[name] ?? name
  const ownNames = [
    ...Object.keys(traceable.inputs).map((name) => [name, ownOf(name)] as const),
    ...outputs.map((name, i) => [name, ownOf(own[i] ?? '')] as const),
  ]
  return {
    ...traceable,
    outputs,
    ownNames: Object.fromEntries(ownNames),
    fn: (inputs, parameters) => {
      const results = Object.entries(traceable.fn(inputs, parameters))
      return Object.fromEntries(results.map(([, each], i) => [outputs[i] ?? '', each]))
    },
  }
}

interface Surroundings {
  readonly captures: Captures
  readonly noise: NoiseInputs
}

function tracedGraph(
  traceable: Traceable,
  { captures, noise }: Surroundings,
  options: ExportOptions,
): Graph {
  const { fn, inputs } = traceable
  const trace: InnerTraceOptions = {
    name: identifier(options.name ?? traceable.name),
    ...(options.doc === undefined ? {} : { doc: options.doc }),
    opset: options.opset ?? DEFAULT_OPSET,
    inputs,
    outputs: traceable.outputs ?? [],
    multiples: options.multiples ?? {},
    ranges: options.ranges ?? {},
    assumeFinite: options.assumeFinite ?? false,
    gradients: options.gradients ?? 'tensorflow',
    hostValues: 'undrawn',
    captures,
    ...(options.noiseInputs === true ? { noise } : {}),
  }
  return traceable.around(() => {
    const outputs = traceable.outputs ?? outputNames(traceable, trace)
    try {
      return traceWith(fn, { ...trace, outputs })
    } catch (error) {
      throw withEqualNames(error, inputs)
    }
  })
}

/** The names that a function gives its results, found by running it once. */
function outputNames({ fn, inputs }: Traceable, trace: InnerTraceOptions): string[] {
  let names: string[] = []
  const { multiples = {}, ranges = {} } = trace
  const symbols = Object.keys(symbolSources(inputs))
  traceAt(
    (...tensors) => {
      const results = fn(...tensors)
      names = Object.keys(results)
      return results
    },
    firstSizes({ symbols, multiples, ranges }),
    trace,
  )
  return names
}

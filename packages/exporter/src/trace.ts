// Traces a function of tensors to an ONNX graph.
import { DEFAULT_OPSET, type Graph } from '@anyvae/onnx'
import { probeSizes, type Sizes } from './affine.js'
import { TraceError } from './error.js'
import type { OperandType } from './operand.js'
import { type Parameter, record, type StaticInput, type TensorFunction } from './record.js'
import { generalize } from './symbolic.js'

/** An input of the traced function: a name in place of a size makes that dimension symbolic. */
export interface InputSpec {
  readonly dims: readonly (number | string)[]
  /** Default float32. */
  readonly dataType?: OperandType
}

/** What to trace, and what it is called. */
export interface TraceOptions {
  /** The graph's name, default `graph`. */
  readonly name?: string
  readonly doc?: string
  /** Default 17; `createModel` must be told the same. */
  readonly opset?: number
  readonly inputs: Readonly<Record<string, InputSpec>>
  /** The names of the outputs, in order; the function's result has a tensor for each. */
  readonly outputs: readonly string[]
  /** Weights, which become initializers under these names. */
  readonly parameters?: Readonly<Record<string, Parameter>>
  /**
   * Allows the function to make tensors from host values, which then are constants of the graph.
   * Without it such values are refused, since they might have been drawn at random.
   */
  readonly allowHostValues?: boolean
}

/**
 * Runs a pure function of tensors on a recording backend, and gives the graph that computes the same.
 *
 * The function runs several times: at several sizes where dimensions are symbolic, and at least
 * twice in any case, so that random numbers drawn on the host are found.
 *
 * @throws TraceError where the function reads values, draws random numbers, uses a kernel that
 * cannot be written, or does something else at each size
 */
export function traceGraph(fn: TensorFunction, options: TraceOptions): Graph {
  checkDims(options.inputs)
  const sources = symbolSources(options.inputs)
  const probes = probeSizes(Object.keys(sources))
  const [first, ...others] = probes.map((sizes) =>
    record(fn, {
      name: options.name ?? 'graph',
      ...(options.doc === undefined ? {} : { doc: options.doc }),
      opset: options.opset ?? DEFAULT_OPSET,
      inputs: staticInputs(options.inputs, sizes),
      outputs: options.outputs,
      parameters: options.parameters ?? {},
      allowHostValues: options.allowHostValues ?? false,
    }),
  )
  if (first === undefined) {
    throw new TraceError('trace: no trace was taken, expected at least two')
  }
  return generalize({ graphs: [first, ...others], probes, sources })
}

function checkDims(inputs: TraceOptions['inputs']): void {
  for (const [name, { dims }] of Object.entries(inputs)) {
    for (const dim of dims) {
      if (typeof dim === 'number' ? !Number.isSafeInteger(dim) || dim < 0 : !SYMBOL.test(dim)) {
        throw new TraceError(
          `trace: input ${name} has no usable shape, got [${dims.join(', ')}], expected sizes from 0 or names such as batch`,
        )
      }
    }
  }
}

const SYMBOL = /^[A-Za-z]\w*$/

/** Where each symbol is first seen: an input and one of its axes. */
function symbolSources(inputs: TraceOptions['inputs']) {
  const sources: Record<string, { input: string; axis: number }> = {}
  for (const [input, { dims }] of Object.entries(inputs)) {
    dims.forEach((dim, axis) => {
      if (typeof dim === 'string') {
        sources[dim] ??= { input, axis }
      }
    })
  }
  return sources
}

function staticInputs(inputs: TraceOptions['inputs'], sizes: Sizes): Record<string, StaticInput> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { dims, dataType = 'float32' }]) => [
      name,
      { dataType, dims: dims.map((dim) => (typeof dim === 'number' ? dim : (sizes[dim] ?? 1))) },
    ]),
  )
}

// Traces a function of tensors to an ONNX graph.
import type { Convolutions, Gradients } from './recorder.js'
import { DEFAULT_OPSET, type Graph, identifier } from '@anyvae/onnx'
import type { Sizes } from './affine.js'
import { Captures } from './captures.js'
import { comparable, type Compared, type TraceAt } from './comparable.js'
import { TraceError } from './error.js'
import { checkInputs } from './export-options.js'
import { located, type Watch } from './explain.js'
import { failure } from './failure.js'
import type { HostValueRule } from './host.js'
import type { NoiseInputs } from './noise.js'
import type { OperandType } from './operand.js'
import { plainLimits } from './limits.js'
import { OpenSymbols } from './open.js'
import { firstSizes, type Probe, probesOf, type Ranges } from './probes.js'
import {
  type Parameter,
  record,
  type RecordOptions,
  type StaticInput,
  type TensorFunction,
} from './record.js'
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
  /**
   * By symbol: what its sizes are multiples of, default 1. A network that halves its images and
   * doubles them again works at multiples of 2 alone; the graph fails at other sizes.
   */
  readonly multiples?: Readonly<Record<string, number>>
  /**
   * By symbol: its least and largest size, where the function cannot run at those around 11 to 20
   * that it is traced at.
   */
  readonly ranges?: Ranges
  /** Promises that no value is NaN, infinite or, where it is cast to int32, beyond int32; default false. */
  readonly assumeFinite?: boolean
  /**
   * Where TensorFlow.js computes a wrong gradient: `tensorflow`, the default, gives what it computes,
   * `exact` the right one, of average pools whose windows reach into the padding and of resizes with
   * half pixel centres.
   */
  readonly gradients?: Gradients
  /**
   * How convolutions of images with several channels, channels last, are written: as Conv and
   * ConvTranspose (`operators`, the default), or as products of matrices, of gathered windows by the
   * filter (`products`). On CPUs those are quicker where gradients are computed too (the gradient by the
   * filter 2 to 9 times); they take more memory, and an image's size must be known.
   */
  readonly convolutions?: Convolutions
}

/** What this package's own callers set beside it. */
export interface InnerTraceOptions extends Omit<TraceOptions, 'allowHostValues'> {
  readonly captures: Captures
  readonly hostValues: HostValueRule
  /** Makes inputs of the random numbers that the function draws, and takes note of them. */
  readonly noise?: NoiseInputs
  readonly watch?: Watch
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
  const hostValues = options.allowHostValues === true ? 'any' : 'plain'
  return traceWith(fn, { ...options, hostValues, captures: new Captures() })
}

/** As {@link traceGraph}, with names for what the function finds around itself. */
export function traceWith(fn: TensorFunction, options: InnerTraceOptions): Graph {
  checkInputs(options.inputs)
  checkDims(options.inputs)
  checkOutputs(options)
  const sources = symbolSources(options.inputs)
  const { multiples = {} } = options
  const known = { multiples, ranges: options.ranges ?? {} }
  for (const [what, asked] of Object.entries(known)) {
    checkSymbols(`${options.name ?? 'graph'}: ${what}`, Object.keys(asked), Object.keys(sources))
  }
  const base = firstSizes({ symbols: Object.keys(sources), ...known })
  const first = traceAt(fn, base, options)
  // Sizes that depend on values have come up as further symbols, at their first sizes already.
  const [, ...probes] = probesOf({
    symbols: Object.keys(first.open.sizes),
    multiples,
    ranges: { ...first.open.ranges, ...known.ranges },
  })
  try {
    const { traces, check } = comparable(tracesAt(fn, probes, { first, options }))
    const [, ...others] = traces.map(({ graph }) => graph)
    const all = { probes: traces.map(({ sizes }) => sizes), multiples }
    const graph = generalize({
      ...all,
      graphs: [first.graph, ...others],
      sources: { ...sources, ...first.open.sourcesIn(first.graph) },
      limits: plainLimits({
        ...all,
        seen: traces.map(({ open }) => open.limits),
        at: (sizes) => traceAt(fn, sizes, options).open.limits,
      }),
      again: () => traceAt(fn, base, options).graph,
    })
    check()
    return graph
  } catch (error) {
    throw located(error, (watch) => traceAt(fn, base, { ...options, watch }))
  }
}

/** The traces at further sizes; where the function may fail and does, there is none. */
function tracesAt(
  fn: TensorFunction,
  probes: readonly Probe[],
  { first, options }: { readonly first: Traced; readonly options: InnerTraceOptions },
): Compared<Traced> {
  const symbols = Object.keys(symbolSources(options.inputs))
  const at = ({ sizes, optional }: Probe) => {
    if (!optional) return [traceAt(fn, sizes, options)]
    try {
      return [tracedAt(fn, new OpenSymbols(symbols, sizes), options)]
    } catch {
      return []
    }
  }
  // The first ones, of one symbol changed each, tell what follows from the sizes.
  const count = Object.keys(first.sizes).length || probes.length
  return {
    telling: [first, ...probes.slice(0, count).flatMap(at)],
    others: probes.slice(count).flatMap(at),
  }
}

/** A trace, and the sizes in it that depend on values. */
interface Traced extends TraceAt {
  readonly open: OpenSymbols
}

/** One trace, at the given sizes of the symbols; errors of the function are told with more. */
export function traceAt(fn: TensorFunction, sizes: Sizes, options: InnerTraceOptions): Traced {
  const sources = symbolSources(options.inputs)
  const open = new OpenSymbols(Object.keys(sources), sizes)
  try {
    return tracedAt(fn, open, options)
  } catch (error) {
    const { name = 'graph', multiples = {}, ranges = {} } = options
    const dims = Object.values(options.inputs).flatMap((input) => input.dims)
    const probes = probesOf({
      symbols: Object.keys(open.sizes),
      multiples,
      ranges: { ...open.ranges, ...ranges },
    })
    const runs = (other: Sizes) =>
      succeeds(() => tracedAt(fn, new OpenSymbols(Object.keys(sources), other), options))
    throw failure(error, {
      name,
      symbols: Object.keys(sources),
      sizes: open.sizes,
      fixed: dims.filter((dim) => typeof dim === 'number'),
      inputs: options.inputs,
      others: probes.map((probe) => probe.sizes),
      runs,
    })
  }
}

function succeeds(run: () => unknown): boolean {
  try {
    run()
    return true
  } catch {
    return false
  }
}

function tracedAt(fn: TensorFunction, open: OpenSymbols, options: InnerTraceOptions): Traced {
  const { name = 'graph', doc, opset = DEFAULT_OPSET, parameters = {}, ...rest } = options
  const all: RecordOptions = {
    ...rest,
    name,
    ...(doc === undefined ? {} : { doc }),
    opset,
    parameters,
    inputs: staticInputs(options.inputs, open.sizes),
    sizes: open,
  }
  return { graph: record(fn, all), open, sizes: open.sizes }
}

/** Refuses inputs whose shapes cannot be. */
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

/** Refuses outputs that could not be told apart, or fed back by name. */
function checkOutputs({ name = 'graph', inputs, outputs }: InnerTraceOptions): void {
  const taken = new Set(Object.keys(inputs))
  for (const output of outputs) {
    if (taken.has(output) || identifier(output) !== output) {
      throw new TraceError(
        `${name}: output name is taken or no C identifier, got '${output}', expected one such as '${identifier(output)}_out'`,
      )
    }
    taken.add(output)
  }
}

/** Refuses what is said of a size that no input has. */
function checkSymbols(what: string, asked: readonly string[], symbols: readonly string[]): void {
  const unknown = asked.filter((symbol) => !symbols.includes(symbol))
  if (unknown.length > 0) {
    throw new TraceError(
      `${what} of a size that no input has, got ${unknown.join(', ')}, expected ${symbols.join(', ') || 'none, since all sizes are fixed'}`,
    )
  }
}

const SYMBOL = /^[A-Za-z]\w*$/

/** Where each symbol is first seen: an input and one of its axes. */
export function symbolSources(inputs: TraceOptions['inputs']) {
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

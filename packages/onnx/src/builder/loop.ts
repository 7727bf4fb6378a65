// Many steps in one run: a step graph becomes the body of an ONNX Loop.
import { OnnxError } from '../error.js'
import { tensorOf } from './tensor.js'
import type { DataType, Graph, ValueInfo } from '../types.js'
import { GraphBuilder } from './builder.js'
import { attr, type Value, type ValueType } from './value.js'

/** How a step's inputs and outputs are wired over the steps. */
export interface LoopOptions {
  readonly name: string
  readonly opset: number
  /** From the step's output to the step's input that it becomes at the next step. */
  readonly carried: Readonly<Record<string, string>>
  /**
   * The step's inputs that change at every step, each with how it arrives: the outer input has one
   * more dimension in front, the steps, and may have another element type, which `convert` turns
   * into the step's own.
   */
  readonly scanned: Readonly<Record<string, Scanned>>
  /** The step's outputs to collect, one row a step. */
  readonly stacked: readonly string[]
}

/** One scanned input: as a row of which type, and how that becomes the step's input. */
export interface Scanned {
  readonly dataType: DataType
  readonly convert?: (builder: GraphBuilder, row: Value) => Value
}

/** The number of steps: an input of the looped graph, and the symbolic first size of its rows. */
const STEPS = 'steps'

/**
 * A graph that runs a step graph `steps` times, an int64 scalar. Its other inputs are the carried
 * inputs' first values and the scanned inputs, one row a step; its outputs are the carried outputs'
 * last values and the stacked ones.
 */
export function loopGraph(step: Graph, options: LoopOptions): Graph {
  const carriedOutputs = Object.keys(options.carried)
  const outer = new GraphBuilder(options.opset, [...carriedOutputs, ...options.stacked])
  const typeOf = typesOf(step)
  const states = carriedOutputs.map((output) => {
    const input = options.carried[output] ?? ''
    return outer.input(input, typeOf(input))
  })
  const rows = Object.entries(options.scanned).map(([name, { dataType }]) =>
    outer.input(name, { dataType, dims: [UNKNOWN, ...typeOf(name).dims] }),
  )
  const body = loopBody(step, options, rows)
  const results = outer.typedNodes(
    {
      opType: 'Loop',
      inputs: [
        outer.input(STEPS, { dataType: 'int64', dims: [] }),
        outer.initializer('keep_going', tensorOf('bool', [], [1])),
        ...states,
      ],
      attributes: { body: attr.graph(body) },
    },
    [...carriedOutputs.map(typeOf), ...options.stacked.map((name) => stacked(typeOf(name)))],
  )
  ;[...carriedOutputs, ...options.stacked].forEach((name, i) => {
    outer.output(name, existing(name, results[i]))
  })
  return withSymbolicSteps(outer.build(options.name))
}

function loopBody(step: Graph, options: LoopOptions, rows: readonly Value[]): Graph {
  const results = [...Object.keys(options.carried), ...options.stacked]
  const outputs = ['next_condition', ...results.map((name) => `next_${name}`)]
  const builder = new GraphBuilder(options.opset, outputs, outerNames(options))
  const typeOf = typesOf(step)
  const iteration = builder.input('iteration', { dataType: 'int64', dims: [] })
  const condition = builder.input('condition', { dataType: 'bool', dims: [] })
  const carried = Object.values(options.carried).map(
    (name) => [name, builder.input(`previous_${name}`, typeOf(name))] as const,
  )
  const scanned = Object.entries(options.scanned).map(([name, { convert }], i) => {
    const row = builder.node('Gather', [rows[i], iteration], { axis: attr.int(0) })
    return [name, convert ? convert(builder, row) : row] as const
  })
  const values = builder.inline(step, Object.fromEntries([...carried, ...scanned]))
  builder.output('next_condition', condition)
  for (const name of results) {
    builder.output(`next_${name}`, existing(name, values[name]))
  }
  return builder.build(`${options.name}_body`)
}

function outerNames(options: LoopOptions): string[] {
  const { carried, scanned, stacked } = options
  const own = [STEPS, 'keep_going', 'Loop', 'Loop_output']
  return [...own, ...Object.entries(carried).flat(), ...Object.keys(scanned), ...stacked]
}

/** Stands for the number of steps until the graph is built, since a builder knows sizes alone. */
const UNKNOWN = -1

function stacked(type: ValueType): ValueType {
  return { dataType: type.dataType, dims: [UNKNOWN, ...type.dims] }
}

function withSymbolicSteps(graph: Graph): Graph {
  const symbolic = (info: ValueInfo): ValueInfo => ({
    ...info,
    dims: (info.dims ?? []).map((size) => (size === UNKNOWN ? STEPS : size)),
  })
  return { ...graph, inputs: graph.inputs.map(symbolic), outputs: graph.outputs.map(symbolic) }
}

function typesOf(graph: Graph): (name: string) => ValueType {
  const types = new Map([...graph.inputs, ...graph.outputs].map((info) => [info.name, info]))
  return (name) => {
    const { dataType, dims = [] } = existing(name, types.get(name))
    return { dataType, dims: dims.map(Number) }
  }
}

function existing<T>(name: string, found: T | undefined): T {
  if (found === undefined) {
    throw new OnnxError(`loop: the step has no such input or output, got ${name}`)
  }
  return found
}

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
   * into the step's own. With `places`, the outer input is a collection of any size instead, of which
   * each step takes the rows that the places name.
   */
  readonly scanned: Readonly<Record<string, Scanned>>
  /** The step's outputs to collect, one row a step. */
  readonly stacked: readonly string[]
  /**
   * Steps in the body of a first Loop; what is left of them runs in a second one, step by step. Between
   * the steps of one body, a state may be overwritten in place, where every body ends with a copy.
   * 1 where left out.
   */
  readonly unroll?: number
}

/** One scanned input: as a row of which type, and how that becomes the step's input. */
export interface Scanned {
  readonly dataType: DataType
  /** The name of an outer input, int32 [steps, first size of the step's input], of rows to take. */
  readonly places?: string
  readonly convert?: (builder: GraphBuilder, row: Value) => Value
}

/** The number of steps: an input of the looped graph, and the symbolic first size of its rows. */
const STEPS = 'steps'

/** Begins the names of what stands around the bodies, which no name in a body begins with. */
const SCOPE = 'loops'

/**
 * A graph that runs a step graph `steps` times, an int64 scalar. Its other inputs are the carried
 * inputs' first values and the scanned inputs, one row a step; its outputs are the carried outputs'
 * last values and the stacked ones. OnnxError for names that the step does not have, and where `unroll`
 * is no whole number from 1.
 */
export function loopGraph(step: Graph, options: LoopOptions): Graph {
  checkUnroll(options)
  const carriedOutputs = Object.keys(options.carried)
  const outer = new GraphBuilder(options.opset, [...carriedOutputs, ...options.stacked])
  const typeOf = typesOf(step)
  const states = carriedOutputs.map((output) => {
    const input = options.carried[output] ?? ''
    return outer.input(input, typeOf(input))
  })
  const rows = Object.entries(options.scanned).map(([name, { dataType, places }]): Rows => {
    const { dims } = typeOf(name)
    if (places === undefined) {
      return { values: outer.input(name, { dataType, dims: [STEPS_UNKNOWN, ...dims] }) }
    }
    const [count = 0, ...size] = dims
    return {
      values: outer.input(name, { dataType, dims: [COUNT_UNKNOWN, ...size] }),
      places: outer.input(places, { dataType: 'int32', dims: [STEPS_UNKNOWN, count] }),
    }
  })
  outer.scope = SCOPE
  const loop = new Loops(step, { ...options, outer, rows })
  const steps = outer.input(STEPS, { dataType: 'int64', dims: [] })
  const results = loop.all(steps, states)
  ;[...carriedOutputs, ...options.stacked].forEach((name, i) => {
    outer.output(name, existing(name, results[i]))
  })
  return withSymbols(outer.build(options.name))
}

function checkUnroll({ unroll = 1 }: LoopOptions): void {
  if (Number.isInteger(unroll) && unroll >= 1) return
  throw new OnnxError(
    `loop: not a number of steps for a body, got ${unroll}, expected a whole number from 1`,
  )
}

interface Surroundings extends LoopOptions {
  readonly outer: GraphBuilder
  readonly rows: readonly Rows[]
}

/** A scanned input as it stands around the bodies: a row a step, or rows to be taken by their places. */
interface Rows {
  readonly values: Value
  readonly places?: Value
}

/** The Loops over a step in one surrounding graph. */
class Loops {
  readonly #step: Graph
  readonly #options: Surroundings
  readonly #keepGoing: Value

  constructor(step: Graph, options: Surroundings) {
    this.#step = step
    this.#options = options
    this.#keepGoing = options.outer.initializer('keep_going', tensorOf('bool', [], [1]))
  }

  /** The last states and the stacked outputs of so many steps. */
  all(steps: Value, states: readonly Value[]): Value[] {
    const { outer, unroll = 1, stacked } = this.#options
    if (unroll === 1) return this.#loop(steps, states, { size: 1 })
    const size = outer.initializer(`${SCOPE}_steps_a_body`, tensorOf('int64', [], [unroll]))
    const bodies = outer.node('Div', [steps, size])
    const done = outer.node('Mul', [bodies, size])
    const first = this.#loop(bodies, states, { size: unroll })
    const rest = outer.node('Sub', [steps, done])
    const last = this.#loop(rest, first.slice(0, states.length), { size: 1, done })
    const joined = stacked.map((_, i) => {
      const [head, tail] = [first, last].map((values) => values[states.length + i])
      const rows = outer.node('Concat', [this.#rowByRow(head), tail], { axis: attr.int(0) })
      return { ...rows, dims: tail?.dims ?? [] }
    })
    return [...last.slice(0, states.length), ...joined]
  }

  /** [bodies, steps a body, ...] as [steps, ...] */
  #rowByRow(value: Value | undefined): Value {
    const { outer } = this.#options
    const [, , ...dims] = value?.dims ?? []
    const shape = outer.list([-1, ...dims], `${SCOPE}_shape`)
    const type = { dataType: value?.dataType ?? 'float32', dims: [STEPS_UNKNOWN, ...dims] } as const
    const call = { opType: 'Reshape', inputs: [value, shape], attributes: {} }
    const [rows] = outer.typedNodes(call, [type])
    return existing('rows', rows)
  }

  #loop(count: Value, states: readonly Value[], part: Part): Value[] {
    const { outer, carried, stacked } = this.#options
    const typeOf = typesOf(this.#step)
    const body = loopBody(this.#step, { ...this.#options, ...part })
    const front = part.size === 1 ? [STEPS_UNKNOWN] : [STEPS_UNKNOWN, part.size]
    const rowsOf = ({ dataType, dims }: ValueType) => ({ dataType, dims: [...front, ...dims] })
    return outer.typedNodes(
      {
        opType: 'Loop',
        inputs: [count, this.#keepGoing, ...states],
        attributes: { body: attr.graph(body) },
      },
      [...Object.keys(carried).map(typeOf), ...stacked.map((name) => rowsOf(typeOf(name)))],
    )
  }
}

/** How many steps a body holds, and how many were done before the first of its Loop. */
interface Part {
  readonly size: number
  readonly done?: Value
}

function loopBody(step: Graph, options: Surroundings & Part): Graph {
  const { opset, carried, stacked, size } = options
  const results = [...Object.keys(carried), ...stacked]
  const outputs = ['next_condition', ...results.map((name) => `next_${name}`)]
  const builder = new GraphBuilder(opset, outputs, outerNames(options))
  const typeOf = typesOf(step)
  const iteration = builder.input('iteration', { dataType: 'int64', dims: [] })
  const condition = builder.input('condition', { dataType: 'bool', dims: [] })
  let states = Object.values(carried).map((name) => builder.input(`previous_${name}`, typeOf(name)))
  const losses: Value[][] = stacked.map(() => [])
  for (let index = 0; index < size; index++) {
    const row = rowIndex(builder, { iteration, index, ...options })
    const values = builder.inline(step, {
      ...Object.fromEntries(
        Object.values(carried).map((name, i) => [name, existing(name, states[i])]),
      ),
      ...scannedRows(builder, row, options),
    })
    states = Object.keys(carried).map((name) => existing(name, values[name]))
    stacked.forEach((name, i) => losses[i]?.push(existing(name, values[name])))
  }
  builder.output('next_condition', condition)
  const joined = losses.map((each) => (size === 1 ? each[0] : stackedRows(builder, each)))
  results.forEach((name, i) => {
    builder.output(`next_${name}`, existing(name, [...states, ...joined][i]))
  })
  return builder.build(`${options.name}_body`)
}

interface Place extends Part {
  readonly iteration: Value
  /** The step's place in its body. */
  readonly index: number
}

/** Which row of the scanned inputs a step takes: iteration * size + index + done. */
function rowIndex(builder: GraphBuilder, { iteration, index, size, done }: Place): Value {
  let row = iteration
  if (size > 1) row = builder.node('Mul', [row, builder.scalar('int64', size)])
  if (index > 0) row = builder.node('Add', [row, builder.scalar('int64', index)])
  return done === undefined ? row : builder.node('Add', [row, done])
}

function scannedRows(
  builder: GraphBuilder,
  index: Value,
  { scanned, rows }: Surroundings,
): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(scanned).map(([name, { convert }], i) => {
      const { values, places = index } = existing(name, rows[i])
      const taken = (from: Value, at: Value) =>
        builder.node('Gather', [from, at], { axis: attr.int(0) })
      const row = taken(values, places === index ? index : taken(places, index))
      return [name, convert ? convert(builder, row) : row] as const
    }),
  )
}

/** Values as the rows of one. */
function stackedRows(builder: GraphBuilder, values: readonly Value[]): Value {
  const rows = values.map((value) => builder.reshape(value, [1, ...value.dims]))
  return builder.node('Concat', rows, { axis: attr.int(0) })
}

function outerNames(options: Surroundings & Part): string[] {
  const { carried, scanned, stacked } = options
  const own = [STEPS, 'keep_going']
  const places = Object.values(scanned).flatMap((each) => each.places ?? [])
  const inputs = [...Object.keys(scanned), ...places]
  return [...own, ...Object.entries(carried).flat(), ...inputs, ...stacked]
}

/** Stand for sizes that are not known until the graph runs, since a builder knows numbers alone. */
const STEPS_UNKNOWN = -1
const COUNT_UNKNOWN = -2

const SYMBOLS: ReadonlyMap<number | string, string> = new Map([
  [STEPS_UNKNOWN, STEPS],
  [COUNT_UNKNOWN, 'count'],
])

function withSymbols(graph: Graph): Graph {
  const symbolic = (info: ValueInfo): ValueInfo => ({
    ...info,
    dims: (info.dims ?? []).map((size) => SYMBOLS.get(size) ?? size),
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

// A loop over two regions, its condition and its body, becomes an ONNX Loop.
import * as tf from '@tensorflow/tfjs-core'
import { attr, tensorOf as onnxTensor, type Value } from '@anyvae/onnx'
import { TraceError } from '../error.js'
import type { Interpreter } from './interpreter.js'
import { isInvariant, type Region } from './region.js'
import { typed } from './list.js'
import { type FlowValue, isList } from './scope.js'
import { type MakeInput, type Recorded, recordGraph, tensorOf, valueOf } from './subgraph.js'
import { countersOf, tripsOf } from './trips.js'
import { type Variable, variablesOf } from './variables.js'

/** A loop: while its condition holds, its body makes the next values of its variables. */
export interface LoopSource {
  /** How the node is told, such as `while (StatelessWhile)`. */
  readonly what: string
  /** Begins the names of what is recorded. */
  readonly name: string
  /** What the variables are called in the model. */
  readonly names: readonly string[]
  readonly condition: Region
  readonly body: Region
  /** The variables' first values. */
  readonly inputs: readonly FlowValue[]
}

/** The last values of a loop's variables. */
export function loop(interpreter: Interpreter, source: LoopSource): FlowValue[] {
  const { condition, body, inputs } = source
  const invariant = inputs.map((_, i) => isInvariant(body, i))
  const counting = { interpreter, condition, body, inputs, invariant }
  const counters = countersOf(counting)
  const trips = tripsOf(counting, counters)
  const plan: Plan = { source, interpreter, trips }
  const variables = variablesOf({ source, invariant, counters, trips })
  const shaped = withShapes(plan, variables)
  return recorded(plan, shaped)
}

interface Plan {
  readonly source: LoopSource
  readonly interpreter: Interpreter
  /** How often the body runs, where that is known before the graph runs. */
  readonly trips: number | undefined
}

/**
 * The variables with what a first recording of the body shows: shapes of lists that get theirs by what
 * the body writes, and the axes whose sizes a step changes.
 */
function withShapes(plan: Plan, variables: readonly Variable[]): readonly Variable[] {
  if (variables.every(({ kind }) => kind !== 'carried')) return variables
  const { recorder } = plan.interpreter.backend
  const { after } = recorder.attempt(() => bodyOf(plan, variables, { isAttempt: true }))
  return variables.map((variable, i) => {
    const result = after[i]
    return variable.kind === 'carried' && result ? withShape(variable, result) : variable
  })
}

function withShape(variable: Variable, result: FlowValue): Variable {
  const { value } = variable
  if (!isList(value)) {
    const next = isList(result) ? [] : result.shape
    const openAxes = value.shape.flatMap((size, axis) => (size === next[axis] ? [] : [axis]))
    return next.length === value.shape.length ? { ...variable, openAxes } : variable
  }
  if (value.elements !== undefined) return variable
  if (!isList(result) || result.elements === undefined) return { ...variable, kind: 'invariant' }
  const shape = result.elements.shape.slice(1)
  return { ...variable, value: typed(value, shape) }
}

/** Records the Loop; gives the last values. */
function recorded(plan: Plan, variables: readonly Variable[]): FlowValue[] {
  const { interpreter, trips } = plan
  const { backend } = interpreter
  const { recorder } = backend
  const { builder } = recorder
  const carried = variables.filter(({ kind }) => kind === 'carried')
  const first = carried.map(({ value }) => valueOf(backend, tensorIn(value)))
  const begin =
    trips === undefined
      ? conditionOf(
          plan,
          variables.map(({ value }) => value),
        )
      : builder.initializer('keep_going', onnxTensor('bool', [], [1]))
  const count =
    trips === undefined ? undefined : builder.initializer('trips', onnxTensor('int64', [], [trips]))
  const { graph, types } = bodyOf(plan, variables)
  const call = {
    opType: 'Loop',
    inputs: [count, begin, ...first],
    attributes: { body: attr.graph(graph) },
  }
  const told: ((results: readonly Value[]) => void)[] = []
  const states = types.slice(1, 1 + carried.length).map(({ dataType, dims }, result) => {
    const { openAxes = [], name } = carried[result] ?? {}
    const sized = dims.map((size, axis) => {
      if (!openAxes.includes(axis)) return size
      const call = { label: `${name ?? 'value'}_size`, axis, result }
      const opened = recorder.openSize('Loop', call)
      told.push(opened.made)
      return opened.size
    })
    return { dataType, dims: sized }
  })
  const rows = types.slice(1 + carried.length)
  const typesFor = (steps: number) => [
    ...states,
    ...rows.map(({ dataType, dims }) => ({ dataType, dims: [steps, ...dims] })),
  ]
  const open = trips === undefined && rows.length > 0
  const outputs = open
    ? recorder.openFrom({
        ...call,
        label: 'steps',
        axis: 0,
        result: states.length,
        types: typesFor,
      })
    : builder.typedNodes(call, typesFor(trips ?? 0))
  told.forEach((made) => {
    made(outputs)
  })
  return lastValues(plan, variables, outputs)
}

function lastValues(
  { interpreter, trips = 0 }: Plan,
  variables: readonly Variable[],
  outputs: readonly Value[],
): FlowValue[] {
  const { backend } = interpreter
  const isState = ({ kind }: Variable) => kind === 'carried'
  const isRow = ({ kind }: Variable) => kind === 'stacked'
  const states = variables.filter(isState)
  const rows = variables.filter(isRow)
  return variables.map((variable): FlowValue => {
    const { kind, value, counter } = variable
    if (kind === 'invariant') return value
    if (kind === 'counted') {
      return tf.scalar((counter?.start ?? 0) + trips * (counter?.step ?? 1), 'int32')
    }
    const at = isState(variable) ? states.indexOf(variable) : states.length + rows.indexOf(variable)
    const output = outputs[at]
    if (output === undefined)
      throw new TraceError('Loop: gives fewer results than it has variables')
    const tensor = tensorOf(backend, output)
    if (!isList(value)) return tensor
    return kind === 'carried' ? { ...value, elements: tensor } : afterRows(variable, tensor)
  })
}

/** The list whose elements a loop has written in order, and what it held before or beyond them. */
function afterRows({ value, writes }: Variable, rows: tf.Tensor): FlowValue {
  if (!isList(value)) return rows
  const [steps = 0, ...shape] = rows.shape
  const list = { ...value, shape }
  if (writes === 'pushed') {
    const parts = value.elements && value.length > 0 ? [value.elements, rows] : [rows]
    const elements = parts.length > 1 ? tf.concat(parts, 0) : rows
    return { ...list, elements, length: value.length + steps }
  }
  if (value.length <= steps) return { ...list, elements: rows, length: steps }
  const left = value.length - steps
  const rest = value.elements
    ? tf.slice(value.elements, [steps, ...shape.map(() => 0)], [left, ...shape])
    : tf.zeros([left, ...shape], rows.dtype === 'float32' ? 'float32' : 'int32')
  return { ...list, elements: tf.concat([rows, rest], 0) }
}

interface Body extends Recorded {
  /** What the body makes of each variable. */
  readonly after: readonly FlowValue[]
}

/** Records the body: iteration, condition and carried values in; condition, carried and rows out. */
function bodyOf(
  plan: Plan,
  variables: readonly Variable[],
  { isAttempt = false }: { readonly isAttempt?: boolean } = {},
): Body {
  const { interpreter, source, trips } = plan
  const { backend } = interpreter
  const kinds = (wanted: string) => variables.filter(({ kind }) => kind === wanted)
  const outputs = [
    'next_condition',
    ...kinds('carried').map(({ name }) => `next_${name}`),
    ...kinds('stacked').map(({ name }) => `row_of_${name}`),
  ]
  let after: FlowValue[] = []
  const recorded = recordGraph(backend, { name: `${source.name}_body`, outputs }, (input) => {
    const iteration = input('iteration', { dataType: 'int64', dims: [] })
    const running = input('condition', { dataType: 'bool', dims: [] })
    const before = variables.map((variable) => valueIn(plan, variable, { input, iteration }))
    after = interpreter.evaluate(
      variables.map(({ result }) => result),
      interpreter.scopeOf(source.body, before),
    )
    const next = variables.map(({ kind, value }, i) => (kind === 'invariant' ? value : after[i]))
    const going = trips === undefined ? conditionOf(plan, next) : running
    const made = (wanted: string) =>
      variables.flatMap((variable, i) => {
        const value = after[i]
        if (variable.kind !== wanted || value === undefined) return []
        if (isList(value) && value.elements === undefined) return []
        if (isAttempt && wanted === 'carried') return []
        checkSame(plan, variable, value)
        return [valueOf(backend, tensorIn(value))]
      })
    return [going, ...made('carried'), ...made('stacked')]
  })
  return { ...recorded, after }
}

interface Inputs {
  readonly input: MakeInput
  readonly iteration: Value
}

/** A variable's value at the beginning of a step. */
function valueIn(
  { interpreter }: Plan,
  variable: Variable,
  { input, iteration }: Inputs,
): FlowValue {
  const { kind, value, name, counter } = variable
  const { backend } = interpreter
  if (kind === 'counted') {
    const number = tensorOf(backend, backend.recorder.builder.cast(iteration, 'int32'))
    const { start = 0, step = 1 } = counter ?? {}
    const scaled = step === 1 ? number : tf.mul(number, tf.scalar(step, 'int32'))
    return start === 0 ? scaled : tf.add(scaled, tf.scalar(start, 'int32'))
  }
  if (kind !== 'carried' || (isList(value) && value.elements === undefined)) return value
  const { dataType, dims } = backend.operand(tensorIn(value))
  if (dataType === 'complex64') {
    throw new TraceError(`control flow: ${name} is complex, expected real numbers`)
  }
  const { recorder } = backend
  const opened = (variable.openAxes ?? []).map((axis) => ({
    axis,
    ...recorder.openSize(name, { label: `${name}_size`, axis }),
  }))
  const sized = dims.map((size, axis) => opened.find((each) => each.axis === axis)?.size ?? size)
  const made = input(name, { dataType, dims: sized })
  opened.forEach((each) => {
    each.made([made])
  })
  const tensor = tensorOf(backend, made)
  return isList(value) ? { ...value, elements: tensor } : tensor
}

/** Whether there is another step, as a boolean. */
function conditionOf(
  { interpreter, source }: Plan,
  values: readonly (FlowValue | undefined)[],
): Value {
  const { backend } = interpreter
  const scope = interpreter.scopeOf(
    source.condition,
    values.flatMap((value) => value ?? []),
  )
  const [result] = interpreter.evaluate(source.condition.results, scope)
  if (result === undefined || isList(result)) {
    throw new TraceError(`${source.what}: its condition gives no tensor, expected a boolean`)
  }
  const { builder } = backend.recorder
  const value = builder.cast(valueOf(backend, result), 'bool')
  return value.dims.length === 0 ? value : builder.reshape(value, [])
}

/** Refuses a variable of which a step makes another type or shape. */
function checkSame(
  { source }: Plan,
  { kind, value, name, openAxes = [] }: Variable,
  after: FlowValue,
): void {
  if (kind !== 'carried') return
  const [before, next] = [value, after].map((each) => {
    const { dtype, shape } = tensorIn(each)
    const sizes = shape.map((size, axis) => (openAxes.includes(axis) ? 'any' : size))
    return `${dtype}[${sizes.join(', ')}]`
  })
  if (before !== next) {
    throw new TraceError(
      `${source.what}: a step changes the shape of ${name}, got ${next ?? ''} from ${before ?? ''}, expected values that keep their types and ranks, and lists whose elements keep their shape`,
    )
  }
}

function tensorIn(value: FlowValue): tf.Tensor {
  const tensor = isList(value) ? value.elements : value
  if (tensor === undefined) {
    throw new TraceError(
      'control flow: a list of tensors has no elements, expected one that was written to',
    )
  }
  return tensor
}

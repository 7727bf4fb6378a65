// How often a loop runs, where that follows from constants and sizes: counters below known limits.
import type { Interpreter } from './interpreter.js'
import { maker, parameterOf, type Region } from './region.js'
import { type FlowValue, isList } from './scope.js'
import { type FlowNode, nodeAt, source } from './topology.js'

/** A loop's parts that tell how often it runs. */
export interface Counting {
  readonly interpreter: Interpreter
  readonly condition: Region
  readonly body: Region
  readonly inputs: readonly FlowValue[]
  /** By variable: whether each step gives it back as it is. */
  readonly invariant: readonly boolean[]
}

/** A whole number that grows by a step each time: what it starts with, where that is known. */
export interface Counter {
  readonly start: number | undefined
  readonly step: number
}

/** By variable: the counter that it is. */
export function countersOf(counting: Counting): (Counter | undefined)[] {
  const { body, inputs, interpreter } = counting
  return body.results.map((result, i) => {
    const node = maker(body, result)
    const input = inputs[i]
    if (node === undefined || !/^Add(V2)?$/.test(node.op)) return undefined
    if (input === undefined || isList(input) || input.dtype !== 'int32' || input.size !== 1) {
      return undefined
    }
    const [a = '', b = ''] = interpreter.inputsOf(node)
    const other = parameterOf(body, a) === i ? b : parameterOf(body, b) === i ? a : undefined
    const step = other === undefined ? undefined : known(counting, body, other)
    return step === undefined || step < 1
      ? undefined
      : { start: interpreter.constant(input)?.[0], step }
  })
}

/** How many steps a loop takes, or undefined where values decide. */
export function tripsOf(
  counting: Counting,
  counters: readonly (Counter | undefined)[],
): number | undefined {
  const [result = ''] = counting.condition.results
  const trips = tripsBelow(counting, counters, result)
  return trips !== undefined && Number.isFinite(trips) ? trips : undefined
}

function tripsBelow(
  counting: Counting,
  counters: readonly (Counter | undefined)[],
  reference: string,
): number | undefined {
  const { condition, interpreter } = counting
  const node = maker(condition, reference)
  if (node === undefined) return undefined
  const [a = '', b = ''] = interpreter.inputsOf(node)
  if (node.op === 'LogicalAnd') {
    const [one, other] = [a, b].map((each) => tripsBelow(counting, counters, each))
    return one === undefined || other === undefined ? undefined : Math.min(one, other)
  }
  const order = ORDERS[node.op]
  if (order === undefined) {
    const value = known(counting, condition, reference)
    return value === undefined ? undefined : value === 0 ? 0 : Number.POSITIVE_INFINITY
  }
  const [low, high] = order.swapped ? [b, a] : [a, b]
  const counter = counters[parameterOf(condition, low) ?? -1]
  const limit = known(counting, condition, high)
  if (counter?.start === undefined || limit === undefined) return undefined
  const steps = (limit - counter.start) / counter.step
  return Math.max(0, order.inclusive ? Math.floor(steps) + 1 : Math.ceil(steps))
}

/** By kernel that compares: whether the larger one comes first, and whether equal ones count. */
const ORDERS: Readonly<Record<string, { readonly swapped: boolean; readonly inclusive: boolean }>> =
  {
    Less: { swapped: false, inclusive: false },
    LessEqual: { swapped: false, inclusive: true },
    Greater: { swapped: true, inclusive: false },
    GreaterEqual: { swapped: true, inclusive: true },
  }

/** The number that a reference is at every step. */
function known(
  { interpreter, inputs, invariant }: Counting,
  region: Region,
  reference: string,
): number | undefined {
  const index = parameterOf(region, reference)
  const numberIn = (value: FlowValue | undefined) =>
    value === undefined || isList(value) || value.size !== 1
      ? undefined
      : interpreter.constant(value)?.[0]
  if (index !== undefined) return invariant[index] ? numberIn(inputs[index]) : undefined
  const name = source(region.graph, reference)
  const node: FlowNode = nodeAt(region.graph, name)
  if (node.op === 'Enter') {
    return numberIn(interpreter.valueOf(node.inputNames[0] ?? '', region.around))
  }
  return node.op === 'Const' ? numberIn(interpreter.valueOf(name, undefined)) : undefined
}

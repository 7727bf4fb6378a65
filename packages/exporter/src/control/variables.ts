// What becomes of a loop's variables: which are carried, which only count, which are written in order.
import { parameterOf, readers, type Region } from './region.js'
import { type FlowValue, isList } from './scope.js'
import type { LoopSource } from './loop.js'
import { WRITES } from './list-ops.js'
import type { Counter } from './trips.js'
import { identifier } from '@anyvae/onnx'
import { nodeAt, parsed, source } from './topology.js'

/** A variable of a loop. */
export interface Variable {
  /** A C identifier. */
  readonly name: string
  /** Its first value. */
  readonly value: FlowValue
  /** The reference of what a step makes of it; of a list in `stacked`, of the element that it writes. */
  readonly result: string
  /**
   * `invariant`: the same at every step, and read from around the loop. `counted`: follows from the
   * number of the step. `stacked`: a list of which each step writes the next element. `carried`: all else.
   */
  readonly kind: 'invariant' | 'counted' | 'stacked' | 'carried'
  readonly counter?: Counter
  /** Of `carried`: the axes whose sizes a step changes. */
  readonly openAxes?: readonly number[]
  /** Of `stacked`: whether elements are pushed behind what is there, or stand at the steps' numbers. */
  readonly writes?: 'pushed' | 'placed'
}

interface Facts {
  readonly source: LoopSource
  readonly invariant: readonly boolean[]
  readonly counters: readonly (Counter | undefined)[]
  readonly trips: number | undefined
}

/** The variables of a loop. */
export function variablesOf(facts: Facts): Variable[] {
  const { source: loop, invariant, counters, trips } = facts
  return loop.inputs.map((value, i) => {
    const result = loop.body.results[i] ?? ''
    const base = { name: plain(loop.names[i] ?? `value_${i}`), value, result }
    if (invariant[i]) return { ...base, kind: 'invariant' as const }
    const counter = counters[i]
    if (counter?.start !== undefined && trips !== undefined && !isList(value)) {
      return { ...base, kind: 'counted' as const, counter }
    }
    const written = isList(value) ? elementOf(facts, i) : undefined
    return written
      ? { ...base, kind: 'stacked' as const, result: written.item, writes: written.writes }
      : { ...base, kind: 'carried' as const }
  })
}

function plain(name: string): string {
  return identifier(name.split('/').at(-1) ?? name)
}

/** The element that each step writes next to a list, where it does nothing else with the list. */
function elementOf({ source: loop, counters, trips }: Facts, index: number) {
  const { body, condition } = loop
  const result = body.results[index] ?? ''
  const name = source(body.graph, result)
  if (parameterOf(body, name) !== undefined) return undefined
  const node = nodeAt(body.graph, name)
  const places = WRITES[node.op]
  if (places === undefined) return undefined
  const input = (place: number) => node.inputNames[place] ?? ''
  if (parameterOf(body, input(places.list)) !== index) return undefined
  const inCondition = condition.graph === body.graph ? [] : readers(condition, index)
  const others = [...readers(body, index), ...inCondition].filter((each) => each !== node)
  if (others.length > 0 || isReadElsewhere(body, node.name, index)) return undefined
  const list = loop.inputs[index]
  if (places.index === undefined) return { item: input(places.item), writes: 'pushed' as const }
  const counter = counters[parameterOf(body, input(places.index)) ?? -1]
  const inOrder = counter?.start === 0 && counter.step === 1
  const fits = trips !== undefined || (list !== undefined && isList(list) && list.length === 0)
  return inOrder && fits ? { item: input(places.item), writes: 'placed' as const } : undefined
}

/** Whether anything but a result of the body reads what a node gives. */
function isReadElsewhere(body: Region, name: string, index: number): boolean {
  const made = (reference: string) => parsed(source(body.graph, reference)).name === name
  const begins = new Set((body.parameters[index] ?? []).map((each) => parsed(each).name))
  const results = body.results.some((result, i) => i !== index && made(result))
  const nodes = Object.values(body.graph.nodes).filter(
    (node) => node.op !== 'Identity' && node.op !== 'NextIteration' && !begins.has(node.name),
  )
  return results || nodes.some(({ inputNames }) => inputNames.some(made))
}

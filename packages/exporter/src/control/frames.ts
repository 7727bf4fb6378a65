// Loops and choices of TensorFlow 1, found again in the Enter, Switch and Merge that they were taken apart to.
import { TraceError } from '../error.js'
import { canonical, type FlowGraph, type FlowNode, nodeAt, parsed, source } from './topology.js'

/** A loop: all that one frame holds. */
export interface Frame {
  readonly name: string
  readonly variables: readonly FrameVariable[]
  /** What enters the frame: the first values of variables, and what the loop reads from outside. */
  readonly entered: readonly string[]
  /** The reference of the condition. */
  readonly condition: string
}

/** A value that a loop carries from step to step. */
export interface FrameVariable {
  readonly name: string
  /** References: its first value; what stands for it in a step; what becomes of it. */
  readonly first: string
  readonly standIns: readonly string[]
  readonly next: string
  /** What leaves the loop with its last value. */
  readonly exits: readonly string[]
}

const frames = new WeakMap<FlowGraph, Map<string, Frame>>()

/** The loop that an Exit leaves. */
export function frameOf(graph: FlowGraph, exit: FlowNode): Frame {
  const switched = nodeAt(graph, exit.inputNames[0] ?? '')
  const merge = nodeAt(graph, switched.inputNames[0] ?? '')
  const enter = entering(graph, merge)
  if (enter === undefined) {
    throw new TraceError(
      `Exit: node ${exit.name} leaves no loop, got ${merge.op} ${merge.name}, expected a Merge of an Enter`,
    )
  }
  const name = frameName(enter)
  const known = frames.get(graph) ?? new Map<string, Frame>()
  frames.set(graph, known)
  const frame = known.get(name) ?? found(graph, name)
  known.set(name, frame)
  return frame
}

/** Whether a Merge begins a step of a loop. */
export function isLoopMerge(graph: FlowGraph, merge: FlowNode): boolean {
  return entering(graph, merge) !== undefined
}

function entering(graph: FlowGraph, merge: FlowNode): FlowNode | undefined {
  if (merge.op !== 'Merge') return undefined
  const inputs = merge.inputNames.slice(0, 2).map((each) => nodeAt(graph, each))
  return inputs.find(({ op }) => op === 'Enter')
}

function frameName(enter: FlowNode): string {
  const name = enter.attrParams['frameName']?.value
  return typeof name === 'string' ? name : ''
}

function found(graph: FlowGraph, name: string): Frame {
  const nodes = Object.values(graph.nodes)
  const enters = nodes.filter((node) => node.op === 'Enter' && frameName(node) === name)
  const merges = enters.flatMap((enter) =>
    enter.children.filter((child) => child.op === 'Merge' && entering(graph, child) === enter),
  )
  const switches = merges.flatMap(({ children }) => children.filter(({ op }) => op === 'Switch'))
  const condition = switches
    .map(({ inputNames: [, second = ''] }) => source(graph, second))
    .concat(switches.map(({ inputNames: [, second = ''] }) => canonical(second)))
    .find((each) => each !== '')
  if (condition === undefined) {
    throw new TraceError(`loop ${name}: has no condition, expected a LoopCond`)
  }
  return {
    name,
    variables: merges.map((merge) => variableOf(graph, merge)),
    entered: enters.map(({ inputNames: [first = ''] }) => first),
    condition,
  }
}

function variableOf(graph: FlowGraph, merge: FlowNode): FrameVariable {
  const [first, next] = merge.inputNames
    .slice(0, 2)
    .toSorted(
      (a, b) => Number(nodeAt(graph, b).op === 'Enter') - Number(nodeAt(graph, a).op === 'Enter'),
    )
  const switches = merge.children.filter(({ op }) => op === 'Switch')
  const exits = switches.flatMap(({ children }) => children.filter(({ op }) => op === 'Exit'))
  return {
    name: merge.name,
    first: nodeAt(graph, first ?? '').inputNames[0] ?? '',
    standIns: [canonical(merge.name), ...switches.map(({ name }) => `${name}:1`)],
    next: next ?? '',
    exits: exits.map(({ name }) => canonical(name)),
  }
}

/** A choice: the predicate, and for each of its values where the Merge gets its value from. */
export interface Fork {
  readonly predicate: string
  readonly yes: string
  readonly no: string
  /** The Switches of that predicate before the Merge. */
  readonly switches: readonly FlowNode[]
}

/** The choice that a Merge ends. */
export function forkOf(graph: FlowGraph, merge: FlowNode): Fork {
  const [a = '', b = ''] = merge.inputNames
  const candidates = [...new Set([a, b].flatMap((each) => predicates(graph, each)))]
  const forks = candidates.flatMap((predicate) => {
    const [one, other] = [a, b].map((each) => ports(graph, each, predicate))
    if (one === undefined || other === undefined) return []
    const switches = [...new Set([...one.switches, ...other.switches])]
    const rest = { predicate, switches, sure: one.at.size > 0 && other.at.size > 0 }
    if (!one.at.has(0) && !other.at.has(1)) return [{ ...rest, yes: a, no: b }]
    return !one.at.has(1) && !other.at.has(0) ? [{ ...rest, yes: b, no: a }] : []
  })
  const fork = forks.find(({ sure }) => sure) ?? forks[0]
  if (fork === undefined) {
    throw new TraceError(
      `Merge: node ${merge.name} joins no two branches of one choice, expected those of one Switch`,
    )
  }
  return fork
}

/** The predicates of the Switches before a reference, the nearest first. */
function predicates(graph: FlowGraph, reference: string): string[] {
  const found: string[] = []
  walk(graph, reference, (node) => {
    if (node.op === 'Switch') found.push(source(graph, node.inputNames[1] ?? ''))
    return true
  })
  return found
}

/** By which outputs of the Switches of a predicate a reference is reached. */
function ports(graph: FlowGraph, reference: string, predicate: string) {
  const at = new Set<number>()
  const switches = new Set<FlowNode>()
  walk(graph, reference, (node, index) => {
    if (node.op !== 'Switch' || source(graph, node.inputNames[1] ?? '') !== predicate) return true
    at.add(index)
    switches.add(node)
    return false
  })
  return { at, switches: [...switches] }
}

/** Visits the nodes before a reference, breadth first; `visit` says whether to go on beyond one. */
function walk(
  graph: FlowGraph,
  reference: string,
  visit: (node: FlowNode, index: number) => boolean,
): void {
  const seen = new Set<string>()
  const waiting = [reference]
  for (let at = 0; at < waiting.length; at++) {
    const current = canonical(waiting[at] ?? '')
    if (seen.has(current)) continue
    seen.add(current)
    const node = graph.nodes[parsed(current).name]
    if (node && visit(node, parsed(current).index)) waiting.push(...node.inputNames)
  }
}

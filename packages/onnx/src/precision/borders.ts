// How the values around a Loop, Scan or If are called inside of it.
import type { Graph, Node } from '../types.js'

/** By place: the names within the node's graphs of each of its inputs and outputs. */
export interface Borders {
  readonly inputs: readonly (readonly string[])[]
  readonly outputs: readonly (readonly string[])[]
  /** Names of what must be of one type: a value and what it is called inside, a state and the next. */
  readonly pairs: readonly (readonly [string, string])[]
}

/** The graphs that a node holds. */
export function subgraphsOf(node: Node): Graph[] {
  return Object.values(node.attributes).flatMap((attribute) =>
    attribute.type === 'graph' ? [attribute.value] : [],
  )
}

/** The borders of a node's graphs; of a node without graphs there are none. */
export function bordersOf(node: Node): Borders {
  const bodies = subgraphsOf(node)
  // A Loop's body first says whether to go on, which no output of the Loop is.
  const ahead = node.opType === 'Loop' ? 1 : 0
  const inputs = node.inputs.map((_, i) => bodies.flatMap((body) => body.inputs[i]?.name ?? []))
  const outputs = node.outputs.map((_, i) =>
    bodies.flatMap((body) => body.outputs[i + ahead]?.name ?? []),
  )
  return { inputs, outputs, pairs: pairsOf(node, { inputs, outputs }) }
}

function pairsOf(
  node: Node,
  { inputs, outputs }: Pick<Borders, 'inputs' | 'outputs'>,
): (readonly [string, string])[] {
  const paired = (names: readonly string[], inside: Borders['inputs']) =>
    names.flatMap((name, i) => (inside[i] ?? []).map((inner) => [name, inner] as const))
  const [first, count] = statesOf(node)
  const states = Array.from({ length: count }, (_, i) =>
    (inputs[first + i] ?? []).flatMap((before) =>
      (outputs[i] ?? []).map((next) => [before, next] as const),
    ),
  )
  return [...paired(node.inputs, inputs), ...paired(node.outputs, outputs), ...states.flat()]
}

/** Which input is the first state that is carried on, and how many states there are. */
function statesOf({ opType, inputs, attributes }: Node): readonly [first: number, count: number] {
  if (opType === 'Loop') return [2, Math.max(0, inputs.length - 2)]
  const { num_scan_inputs: scanned } = attributes
  return opType === 'Scan' && scanned?.type === 'int' ? [0, inputs.length - scanned.value] : [0, 0]
}

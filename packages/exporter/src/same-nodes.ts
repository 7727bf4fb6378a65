// Whether traces at several sizes did the same, and what to tell where they did not.
import type { Graph, Node } from '@anyvae/onnx'
import type { Sizes } from './affine.js'
import type { TraceError } from './error.js'
import { about } from './explain.js'

/** Throws TraceError, about the first node that differs, unless all graphs have the same ones. */
export function checkSameNodes(
  graphs: readonly [Graph, ...Graph[]],
  probes: readonly Sizes[],
): void {
  const [first, ...others] = graphs
  others.forEach((other, at) => {
    const count = Math.max(first.nodes.length, other.nodes.length)
    for (let i = 0; i < count; i++) {
      const [one, two] = [first.nodes[i], other.nodes[i]]
      if (one === undefined || two === undefined || !sameNode(one, two)) {
        throw differing(first.name, [one, two], [probes[0], probes[at + 1]])
      }
    }
  })
}

function sameNode(a: Node, b: Node): boolean {
  return JSON.stringify(signature(a)) === JSON.stringify(signature(b))
}

/** What must be the same at every size; of graphs within a node, all but the sizes. */
export function signature({ opType, inputs, outputs, attributes }: Node): unknown[] {
  const inner = Object.entries(attributes).map(([name, attribute]) =>
    attribute.type === 'graph'
      ? [
          name,
          attribute.value.nodes.map(signature),
          attribute.value.outputs.map((each) => each.name),
        ]
      : [name, attribute],
  )
  return [opType, inputs, outputs, inner]
}

type Pair<T> = readonly [T | undefined, T | undefined]

function differing(graph: string, [one, two]: Pair<Node>, sizes: Pair<Sizes>): TraceError {
  const [before, after] = sizes.map((each) => sizesText(each ?? {}))
  const when = before === after ? 'at each call' : `at ${before} and ${after}`
  const node = (one ?? two)?.name ?? ''
  const name = Object.keys(one?.attributes ?? {}).find(
    (each) => JSON.stringify(one?.attributes[each]) !== JSON.stringify(two?.attributes[each]),
  )
  if (one?.opType === two?.opType && name !== undefined) {
    const values = [one, two].map((each) => attributeText(each?.attributes[name]))
    return about(
      node,
      `${graph}: attribute ${name} of node ${node} differs ${when}, got ${values.join(' and ')}, expected one value; ${
        name === 'pads'
          ? "'same' padding depends on the size where a stride is above 1: fix the size, pad by yourself, or say what the sizes are multiples of (multiples)"
          : 'fix the size that it depends on'
      }`,
    )
  }
  return about(
    node,
    `${graph}: the function does something else at each size or each call (${when}), got a difference at node ${node}, expected the same operators; fix the size that the function depends on`,
  )
}

/** Such as `height = 13, width = 17`. */
export function sizesText(sizes: Sizes): string {
  return Object.entries(sizes)
    .map(([symbol, size]) => `${symbol} = ${size}`)
    .join(', ')
}

function attributeText(attribute: Node['attributes'][string] | undefined): string {
  return attribute && attribute.type !== 'graph' && attribute.type !== 'tensor'
    ? JSON.stringify(attribute.value)
    : 'another'
}

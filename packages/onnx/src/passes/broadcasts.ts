// Removes what repeats a value for operators that do so themselves.
import type { Dim, Graph, Node } from '../types.js'
import { isElementwise } from './movers.js'
import { type Change, rewritten, sameAs, type Site } from './rewrite.js'
import { dimsOf, sameDims } from './scope.js'

/**
 * Removes Tile and Expand, where they repeat axes of size 1 alone, before element-wise operators that
 * give the same shape without. Where the shape would be smaller, the operator computes the smaller one
 * first. A Reshape that puts axes of size 1 in front goes behind such operators, too. No value changes.
 */
export function removeBroadcasts(graph: Graph): Graph {
  return rewritten(graph, (node, site) => {
    if (stretchOf(node, site)?.nothing === true)
      return { nodes: [sameAs(node, node.inputs[0] ?? '')] }
    if (!isElementwise(node) || node.opType === 'PRelu') return undefined
    return without(node, site) ?? behind(node, site)
  })
}

/** A node that repeats a value or puts axes of size 1 in front of it. */
interface Stretch {
  readonly node: Node
  readonly source: string
  /** The shape of what it repeats. */
  readonly dims: readonly Dim[]
  /** Whether it does nothing. */
  readonly nothing: boolean
}

function stretchOf(node: Node | undefined, site: Site): Stretch | undefined {
  if (node === undefined || !/^(Tile|Expand|Reshape)$/.test(node.opType) || node.domain) {
    return undefined
  }
  const [source = ''] = node.inputs
  const [from, to] = [dimsOf(source, site), dimsOf(node.outputs[0], site)]
  if (from === undefined || to === undefined || from.length > to.length) return undefined
  const front = to.slice(0, to.length - from.length)
  const rest = to.slice(front.length)
  const kept = sameDims(from, rest)
  if (node.opType === 'Reshape') {
    const ones = front.length > 0 && front.every((dim) => dim === 1)
    return kept && ones ? { node, source, dims: from, nothing: false } : undefined
  }
  const repeats = from.every((dim, axis) => dim !== '' && (dim === 1 || dim === rest[axis]))
  const nothing = kept && front.length === 0
  return repeats ? { node, source, dims: from, nothing } : undefined
}

/** The operator on what is repeated, where the others stretch it to the same shape. */
function without(node: Node, site: Site): Change | undefined {
  for (const name of node.inputs) {
    const stretch = stretchOf(site.maker(name), site)
    const inputs = stretch && replaced(node.inputs, name, stretch.source)
    const result = inputs && broadcastOf(inputs, site)
    if (result && sameDims(result, dimsOf(node.outputs[0], site))) {
      return { nodes: [{ ...node, inputs }] }
    }
  }
  return undefined
}

/** The operator on what is repeated, and the repetition behind it, where the others are no larger. */
function behind(node: Node, site: Site): Change | undefined {
  for (const name of node.inputs) {
    const stretch = stretchOf(site.soleMaker(name), site)
    const change = stretch && swapped(node, { name, stretch }, site)
    if (change) return change
  }
  return undefined
}

interface Stretched {
  /** The operand that is repeated. */
  readonly name: string
  readonly stretch: Stretch
}

function swapped(node: Node, { name, stretch }: Stretched, site: Site): Change | undefined {
  const others = node.inputs.filter((each) => each !== name)
  if (stretch.node.opType === 'Reshape' && !others.some((each) => isLarge(each, site))) {
    return undefined
  }
  const [output = ''] = node.outputs
  const inputs = replaced(node.inputs, name, stretch.source)
  const sizes = [broadcastOf(inputs, site), dimsOf(output, site)] as const
  const dataType = site.scope.types.get(output)?.dataType
  if (
    !sameDims(sizes[0], stretch.dims) ||
    !sameDims(sizes[1], dimsOf(name, site)) ||
    dataType === undefined
  ) {
    return undefined
  }
  const small = site.names.take(`${output}_once`)
  const [, ...shape] = stretch.node.inputs
  return {
    nodes: [
      { ...node, inputs, outputs: [small] },
      { ...stretch.node, inputs: [small, ...shape], outputs: node.outputs },
    ],
    dropped: [stretch.node],
    values: [{ name: small, dataType, dims: stretch.dims }],
  }
}

/** Whether an operand is more than one number; past those, changes of shape move to the front. */
function isLarge(name: string, { scope }: Site): boolean {
  const dims = scope.constants.get(name)?.dims
  return name !== '' && (dims === undefined || dims.length > 1 || dims.some((dim) => dim !== 1))
}

function replaced(names: readonly string[], from: string, to: string): string[] {
  return names.map((name) => (name === from ? to : name))
}

/** The shape that operands are stretched to; undefined where that is not known. */
function broadcastOf(names: readonly string[], site: Site): Dim[] | undefined {
  const shapes = names.flatMap((name) => (name === '' ? [] : [dimsOf(name, site)]))
  const known = shapes.filter((dims) => dims !== undefined)
  const rank = Math.max(0, ...known.map((dims) => dims.length))
  const sizes = Array.from({ length: rank }, (_, axis) => {
    const all = known.map((dims) => dims[axis - rank + dims.length] ?? 1)
    return [...new Set(all.filter((dim) => dim !== 1))]
  })
  const clear = known.length === shapes.length && sizes.every((all) => all.length <= 1)
  return clear ? sizes.map(([dim = 1]) => dim) : undefined
}

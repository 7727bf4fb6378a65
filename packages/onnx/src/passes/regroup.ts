// A Reshape before a Transpose instead of behind it, where it splits or joins only axes that stay neighbours.
import { tensorOf } from '../builder/tensor.js'
import type { Dim } from '../types.js'
import type { Mover } from './movers.js'
import { inverse, permuted } from './permutation.js'
import { shapeSizes } from './sizes.js'

/** Axes of an operand, and those of the result that hold the same elements. */
interface Group {
  readonly from: readonly number[]
  readonly to: readonly number[]
}

/**
 * Moves a Reshape before the Transpose of its operand: axes of the operand that become one, or that
 * come from one, must be neighbours in the same order before the Transpose too; axes of size 1 are
 * free. Undefined for any other, and where sizes are not known well enough.
 */
export const regrouped: Mover = (node, { perm, scope, exact, constant }) => {
  const [input = '', shape = ''] = node.inputs
  const dims = scope.types.get(input)?.dims
  const target = scope.types.get(node.outputs[0] ?? '')?.dims
  const groups = dims && target && groupsOf(dims, target)
  const operand = exact(input)
  if (!dims || !target || !groups || !operand) return undefined
  const sources = groups.map((group) => group.from.map((axis) => perm[axis] ?? axis))
  const source = permuted(dims, inverse(perm))
  if (!sources.every((axes) => areNeighbours(axes, source))) return undefined
  const order = sourceOrder(groups, sources, target)
  const sizes = shapeSizes(permuted(target, order), source)
  if (sizes === undefined) return undefined
  const list = constant(shape, tensorOf('int64', [sizes.length], sizes))
  return { operands: [operand, list], attributes: {}, perm: inverse(order) }
}

/** The smallest groups of axes longer than 1 that hold the same elements. */
function groupsOf(from: readonly Dim[], to: readonly Dim[]): Group[] | undefined {
  const [a, b] = [longAxes(from), longAxes(to)]
  const groups: Group[] = []
  let [i, j] = [0, 0]
  while (i < a.length || j < b.length) {
    const group = nextGroup({ from, to }, { from: a.slice(i), to: b.slice(j) })
    if (group === undefined) return undefined
    groups.push(group)
    i += group.from.length
    j += group.to.length
  }
  return groups
}

function nextGroup(
  dims: { readonly from: readonly Dim[]; readonly to: readonly Dim[] },
  axes: Group,
): Group | undefined {
  const size = (side: 'from' | 'to', at: number) => dims[side][axes[side][at] ?? -1]
  let [left, right] = [size('from', 0), size('to', 0)]
  let [i, j] = [1, 1]
  while (left !== right) {
    // A symbolic size only ever is a group of its own.
    if (typeof left !== 'number' || typeof right !== 'number') return undefined
    const next = left < right ? size('from', i++) : size('to', j++)
    if (typeof next !== 'number') return undefined
    if (left < right) left *= next
    else right *= next
  }
  return left === undefined || left === '' || left === 0
    ? undefined
    : { from: axes.from.slice(0, i), to: axes.to.slice(0, j) }
}

function longAxes(dims: readonly Dim[]): number[] {
  return dims.flatMap((dim, axis) => (dim === 1 ? [] : [axis]))
}

/** Whether axes follow each other, with nothing but axes of size 1 in between. */
function areNeighbours(axes: readonly number[], dims: readonly Dim[]): boolean {
  const long = longAxes(dims)
  const places = axes.map((axis) => long.indexOf(axis))
  return places.every((place, i) => i === 0 || place === (places[i - 1] ?? 0) + 1)
}

/** The result's axes as they come before the Transpose; one of size 1 stays behind the one before it. */
function sourceOrder(
  groups: readonly Group[],
  sources: readonly (readonly number[])[],
  target: readonly Dim[],
): number[] {
  const first = Math.min(...groups.flatMap((group) => group.to), target.length)
  const leading = Array.from({ length: first }, (_, axis) => axis)
  const sorted = groups
    .map((group, i) => ({ to: group.to, place: sources[i]?.[0] ?? 0 }))
    .sort((a, b) => a.place - b.place)
  return [...leading, ...sorted.flatMap(({ to }) => to.flatMap((axis) => withOnes(axis, target)))]
}

function withOnes(axis: number, target: readonly Dim[]): number[] {
  const axes = [axis]
  for (let next = axis + 1; target[next] === 1; next++) axes.push(next)
  return axes
}

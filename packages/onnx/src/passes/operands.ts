// Operands of element-wise operators in another order of axes.
import { tensorOf } from '../builder/tensor.js'
import { attr } from '../builder/value.js'
import type { Names } from '../builder/names.js'
import type { Dim, Initializer, Node, ValueInfo } from '../types.js'
import { derived } from './origin.js'
import { inverse, permuted, transposed } from './permutation.js'
import type { Scope } from './scope.js'
import { shapeSizes } from './sizes.js'

/** What a change adds to a graph. */
export interface Additions {
  readonly nodes: readonly Node[]
  readonly initializers: readonly Initializer[]
  readonly values: readonly ValueInfo[]
}

/** The value to read, and what must be added for it. */
export interface Arranged extends Partial<Additions> {
  readonly name: string
}

/** The axes that an operator loses, and the shape that its transposed operand has. */
export interface Layout {
  readonly perm: readonly number[]
  readonly dims: readonly Dim[] | undefined
}

interface Known {
  readonly scope: Scope
  readonly names: Names
}

/**
 * An operand such that transposing it by `perm` gives what it broadcasts to: itself where it has one
 * element, a transposed constant, or a Reshape where the axes longer than 1 keep their order. Undefined
 * for any other, and where it would make the result larger than the layout.
 */
export function broadcastOperand(name: string, layout: Layout, known: Known): Arranged | undefined {
  const dims = known.scope.types.get(name)?.dims
  const missing = layout.perm.length - (dims?.length ?? 0)
  if (dims === undefined || missing < 0) return undefined
  if (dims.every((dim) => dim === 1)) return { name }
  const aligned = [...Array.from({ length: missing }, () => 1), ...dims]
  if (!aligned.every((dim, axis) => dim === 1 || isSame(dim, layout.dims?.[axis]))) return undefined
  return rearranged(name, { dims: aligned, perm: inverse(layout.perm) }, known)
}

/** The same for an operand that is stretched to nothing: it must have the rank of the layout. */
export function exactOperand(name: string, { perm }: Layout, known: Known): Arranged | undefined {
  const dims = known.scope.types.get(name)?.dims
  if (dims?.length !== perm.length) return undefined
  return rearranged(name, { dims, perm: inverse(perm) }, known)
}

function isSame(dim: Dim, other: Dim | undefined): boolean {
  return dim !== '' && dim === other
}

/** A constant transposed, or a value reshaped. */
function rearranged(
  name: string,
  { dims, perm }: { readonly dims: readonly Dim[]; readonly perm: readonly number[] },
  known: Known,
): Arranged | undefined {
  const constant = known.scope.constants.get(name)
  if (constant) {
    const sizes = dims.filter((dim) => typeof dim === 'number')
    const tensor = transposed({ ...constant, dims: sizes }, perm)
    const added = known.names.take(`${name}_transposed`)
    return { name: added, initializers: [derived(added, tensor, constant)] }
  }
  const longer = perm.filter((axis) => dims[axis] !== 1)
  const keepsOrder = longer.every((axis, i) => axis > (longer[i - 1] ?? -1))
  return keepsOrder ? reshaped(name, permuted(dims, perm), known) : undefined
}

function reshaped(
  name: string,
  dims: readonly Dim[],
  { scope, names }: Known,
): Arranged | undefined {
  const type = scope.types.get(name)
  const sizes = shapeSizes(dims, type?.dims)
  if (type === undefined || sizes === undefined) return undefined
  const output = names.take(`${name}_reshaped`)
  const shape = names.take(`${output}_shape`)
  const inputs = [name, shape]
  return {
    name: output,
    nodes: [{ name: output, opType: 'Reshape', inputs, outputs: [output], attributes: {} }],
    initializers: [derived(shape, tensorOf('int64', [sizes.length], sizes), { name: 'shape' })],
    values: [{ name: output, dataType: type.dataType, dims }],
  }
}

/** A value transposed by a node of its own, which costs a copy of it. */
export function transposedOperand(
  name: string,
  perm: readonly number[],
  { scope, names }: Known,
): Arranged | undefined {
  const type = scope.types.get(name)
  if (type?.dims?.length !== perm.length) return undefined
  const output = names.take(`${name}_transposed`)
  const dims = permuted(type.dims, perm)
  const attributes = { perm: attr.ints(perm) }
  return {
    name: output,
    nodes: [{ name: output, opType: 'Transpose', inputs: [name], outputs: [output], attributes }],
    values: [{ name: output, dataType: type.dataType, dims }],
  }
}

/** A list that the graph computes, in another order: the place that each of its numbers comes from. */
export function reorderedList(
  name: string,
  order: readonly number[],
  { scope, names }: Known,
): Arranged | undefined {
  const type = scope.types.get(name)
  if (type?.dims?.length !== 1 || type.dims[0] !== order.length) return undefined
  const output = names.take(`${name}_reordered`)
  const places = names.take(`${name}_order`)
  const inputs = [name, places]
  const attributes = { axis: attr.int(0) }
  return {
    name: output,
    nodes: [{ name: output, opType: 'Gather', inputs, outputs: [output], attributes }],
    initializers: [derived(places, tensorOf('int64', [order.length], order), { name: 'order' })],
    values: [{ ...type, name: output }],
  }
}

// Operands of element-wise operators in another order of axes.
import { elementCount } from '../builder/value.js'
import { tensorOf } from '../builder/tensor.js'
import type { Names } from '../builder/names.js'
import type { Dim, Initializer, Node, ValueInfo } from '../types.js'
import { inverse, permuted, transposed } from './permutation.js'
import type { Scope } from './scope.js'

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

/**
 * An operand such that transposing it by `perm` gives what it broadcasts to: itself where it has one
 * element, a transposed constant, or a Reshape where only one axis is longer than 1. Undefined for
 * any other, and where it would make the result larger than the layout.
 */
export function arrangedOperand(
  name: string,
  layout: Layout,
  known: { readonly scope: Scope; readonly names: Names },
): Arranged | undefined {
  const type = known.scope.types.get(name)
  const dims = type?.dims?.filter((dim) => typeof dim === 'number')
  const missing = layout.perm.length - (dims?.length ?? 0)
  if (type === undefined || dims?.length !== type.dims?.length || dims === undefined)
    return undefined
  if (missing < 0) return undefined
  if (elementCount(dims) === 1) return { name }
  const aligned = [...Array.from({ length: missing }, () => 1), ...dims]
  if (!aligned.every((dim, axis) => dim === 1 || dim === layout.dims?.[axis])) return undefined
  const constant = known.scope.constants.get(name)
  const back = inverse(layout.perm)
  if (constant) {
    const tensor = transposed({ ...constant, dims: aligned }, back)
    const added = known.names.take(`${name}_transposed`)
    return { name: added, initializers: [{ name: added, ...tensor }] }
  }
  if (aligned.filter((dim) => dim !== 1).length > 1) return undefined
  return reshaped({ name, dataType: type.dataType, dims: permuted(aligned, back) }, known.names)
}

function reshaped(value: ValueInfo & { readonly dims: readonly number[] }, names: Names): Arranged {
  const { name, dataType, dims } = value
  const output = names.take(`${name}_reshaped`)
  const shape = names.take(`${output}_shape`)
  const inputs = [name, shape]
  return {
    name: output,
    nodes: [{ name: output, opType: 'Reshape', inputs, outputs: [output], attributes: {} }],
    initializers: [{ name: shape, ...tensorOf('int64', [dims.length], dims) }],
    values: [{ name: output, dataType, dims }],
  }
}

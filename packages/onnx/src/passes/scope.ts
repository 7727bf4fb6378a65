// What is known of the values that a graph's nodes can see: types, and the data of constants.
import { elementCount } from '../builder/value.js'
import type { Dim, Graph, Initializer, ValueInfo } from '../types.js'

/** Types and constants by name, those of the surrounding graphs included. */
export interface Scope {
  readonly types: ReadonlyMap<string, Omit<ValueInfo, 'name'>>
  readonly constants: ReadonlyMap<string, Initializer>
}

export function scopeOf(graph: Graph, outer?: Scope): Scope {
  const inputs = new Set(graph.inputs.map((input) => input.name))
  // An initializer under an input's name is only a default: a caller may replace it.
  const fixed = graph.initializers.filter((tensor) => !inputs.has(tensor.name))
  const values = [...fixed, ...graph.values, ...graph.inputs, ...graph.outputs]
  return {
    types: new Map([...(outer?.types ?? []), ...values.map((each) => [each.name, each] as const)]),
    constants: new Map([
      ...(outer?.constants ?? []),
      ...fixed.map((each) => [each.name, each] as const),
    ]),
  }
}

/** The shape of a value, where it is known. */
export function dimsOf(
  name: string | undefined,
  { scope }: { readonly scope: Scope },
): readonly Dim[] | undefined {
  return scope.types.get(name ?? '')?.dims
}

/** How many values a shape has; NaN where that is not known. */
export function sizeOf(dims: readonly Dim[] = ['']): number {
  return elementCount(dims.map((dim) => (typeof dim === 'number' ? dim : NaN)))
}

/** Whether two shapes are known, and known to be the same. */
export function sameDims(a: readonly Dim[] | undefined, b: readonly Dim[] | undefined): boolean {
  if (a === undefined || a.length !== b?.length) return false
  return a.every((dim, axis) => dim !== '' && dim === b[axis])
}

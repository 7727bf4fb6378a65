// Constants that passes derive from others remember whose place, and name, they take in the end.
import type { Initializer, TensorData } from '../types.js'

/** A constant that a pass has made, and the constant that it stands for. */
interface Derived extends Initializer {
  readonly origin: string
}

/** A constant made from another one: named for it, or for what that one was made from. */
export function derived(
  name: string,
  { dataType, dims, bytes }: TensorData,
  from: { readonly name: string },
): Initializer {
  const made: Derived = { name, dataType, dims, bytes, origin: originOf(from) ?? from.name }
  return made
}

/** The name of the constant that one was made from, where a pass has made it. */
export function originOf(tensor: object): string | undefined {
  return 'origin' in tensor && typeof tensor.origin === 'string' ? tensor.origin : undefined
}

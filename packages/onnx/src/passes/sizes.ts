// The shapes that Reshape is given for results whose sizes are partly symbolic.
import type { Dim } from '../types.js'

/**
 * The shape to give to Reshape for a result of known and symbolic sizes: -1 for a symbolic one, or 0
 * where the operand has it at the same place. Undefined where that does not suffice.
 */
export function shapeSizes(
  dims: readonly Dim[],
  from: readonly Dim[] | undefined,
): number[] | undefined {
  // A size of 0 would read as 'copy', and leaves -1 without a meaning.
  if ([...dims, ...(from ?? [])].includes(0)) return undefined
  const open = dims.filter((dim) => typeof dim === 'string').length
  const sizes = dims.map((dim, axis) => {
    if (typeof dim === 'number') return dim
    return open > 1 && dim !== '' && dim === from?.[axis] ? 0 : -1
  })
  return sizes.filter((size) => size === -1).length > 1 ? undefined : sizes
}

// Finds random numbers that a traced function drew on the host.
import { TraceError } from './error.js'

/** So few numbers may well be meant as constants; tensors of random numbers are larger. */
const FEW = 16

/**
 * Refuses values that the host wrote during a trace and that look drawn: many, no whole numbers
 * and next to none twice. Such a tensor would be the same at every run of the graph; this also
 * catches seeded draws, which are the same in two traces and so cannot be told by comparing them.
 */
export function checkHostValues(values: readonly number[], shape: readonly number[]): void {
  if (values.length <= FEW || values.every(Number.isInteger)) {
    return
  }
  if (new Set(values).size < values.length / 2 && !looksLikeMask(values)) {
    return
  }
  throw new TraceError(
    `trace: the function makes a tensor of values on the host, got shape [${shape.join(', ')}], expected tensor operations alone; make random numbers an input, create true constants outside the function or allow them with allowHostValues`,
  )
}

/** A drawn mask of two values, as dropout makes it. */
function looksLikeMask(values: readonly number[]): boolean {
  return new Set(values).size === 2 && values.includes(0)
}

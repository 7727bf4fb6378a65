// Copies of what callers pass in, taken before anything is awaited.
import { allocate } from './check.js'

/** What an argument with values may carry beside them. A tensor's and an ImageData's are no own properties. */
const PARTS = ['data', 'shape', 'dims', 'width', 'height']

/**
 * An argument with copies of its arrays, so that a caller who writes to them later changes nothing, and
 * that memory which threads share is left behind. What is no array of pixels, latents or bytes is
 * returned as it is, for checks to refuse.
 *
 * @throws RuntimeError where there is no memory for it
 */
export function ownCopy<T>(argument: T): T {
  return copied(argument) as T
}

function copied(value: unknown): unknown {
  if (Array.isArray(value)) return [...(value as unknown[])]
  // Of a Buffer, slice is no copy.
  if (value instanceof Float32Array) return copy(value, Float32Array)
  if (value instanceof Uint8Array) return copy(value, Uint8Array)
  if (value instanceof Uint8ClampedArray) return copy(value, Uint8ClampedArray)
  if (typeof value !== 'object' || value === null || !('data' in value)) return value
  const parts: Readonly<Record<string, unknown>> = value
  return Object.fromEntries(
    PARTS.flatMap((part) => (part in parts ? [[part, copied(parts[part])]] : [])),
  )
}

/** An array of length 0 may be one whose memory was moved away. */
function copy<T extends { readonly length: number }>(values: T, Class: new (values: T) => T): T {
  return values.length === 0 ? values : allocate(values.length, () => new Class(values))
}

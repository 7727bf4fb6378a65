// Bytes to the numbers that networks take.
import { ImagesError } from './error.js'

/**
 * Bytes 0 to 255 as float32 0 to 1: each divided by 255, rounded once.
 *
 * @param pixels where they are written, as many as there are bytes; new memory unless given
 */
export function unitPixels(
  bytes: Uint8Array,
  pixels = new Float32Array(bytes.length),
): Float32Array<ArrayBuffer> {
  // A plain loop: Float32Array.from takes ten times as long.
  for (let i = 0; i < bytes.length; i++) {
    pixels[i] = (bytes[i] ?? 0) / 255
  }
  return pixels
}

/**
 * Numbers 0 to 1 as bytes: each times 255, rounded to the nearest. Outside that range they are
 * clamped, since a decoder's rounding may pass it by a little.
 *
 * @throws ImagesError where a value is not a number
 */
export function bytePixels(pixels: Float32Array): Uint8Array {
  const bytes = new Uint8Array(pixels.length)
  for (let i = 0; i < pixels.length; i++) {
    const value = pixels[i] ?? 0
    if (Number.isNaN(value)) {
      throw new ImagesError(`pixels: not a number, got NaN at index ${i}, expected values 0 to 1`)
    }
    bytes[i] = Math.round(255 * Math.min(1, Math.max(0, value)))
  }
  return bytes
}

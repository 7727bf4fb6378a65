// Bytes to the numbers that networks take.

/** Bytes 0 to 255 as float32 0 to 1: each divided by 255, rounded once. */
export function unitPixels(bytes: Uint8Array): Float32Array<ArrayBuffer> {
  const pixels = new Float32Array(bytes.length)
  // A plain loop: Float32Array.from takes ten times as long.
  for (let i = 0; i < bytes.length; i++) {
    pixels[i] = (bytes[i] ?? 0) / 255
  }
  return pixels
}

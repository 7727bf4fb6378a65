// The normals of a stream in little code, for pages.
import { decide } from './box-muller.js'
import { wordSource } from './stream.js'

/**
 * The first normals of a stream: those of `randomStream(seed, name).normals(count)`, bit for bit. It
 * takes twice the time, and a page that needs nothing else of a stream downloads half as much.
 *
 * @param seed a whole number from 0 to 2^53 - 1
 * @throws RangeError where the seed is no such number
 */
export function drawNormals(seed: number, name: string, count: number): Float32Array {
  const drawn = new Float32Array(2 * Math.ceil(count / 2))
  const words = wordSource(seed, name)(drawn.length)
  for (let i = 0; i < drawn.length; i += 2) {
    decide(words[i] ?? 0, words[i + 1] ?? 0, drawn.subarray(i, i + 2))
  }
  return drawn.subarray(0, count)
}

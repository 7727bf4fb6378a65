// Some images of a set that show what is in all of it.
import { randomStream } from '@anyvae/random'

/**
 * Indices of some images that are spread over a set (and so over its classes, where they lie one after another): one from each of `most` equal stretches of it, or all
 * where there are no more, in rising order. They follow from the two numbers alone (uniforms of seed 0, stream
 * `spread`, place them within their stretches, so that no period of the set meets theirs).
 */
export function spreadIndices(count: number, most: number): Uint32Array {
  const shown = Math.min(count, most)
  if (shown === count) return Uint32Array.from({ length: count }, (_, i) => i)
  const within = randomStream(0, 'spread').uniforms(shown)
  const start = (i: number) => Math.floor((i * count) / shown)
  return Uint32Array.from(within, (u, i) => start(i) + Math.floor(u * (start(i + 1) - start(i))))
}

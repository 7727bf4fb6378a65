// A grid over two latents, even in probability under the prior (Kingma and Welling 2014, figure 4).
import { inverseNormal } from './normal.js'

/** Where the latents of a manifold lie. */
export interface ManifoldOptions {
  /** Rows and columns. */
  readonly size: number
  readonly latentSize: number
  /** The latents that change to the right and downwards; all others are 0, the prior's mean. */
  readonly axes: readonly [number, number]
}

/** The coordinate of each column and row: the inverse normal CDF of the middles of equal shares. */
export function coordinates(size: number): number[] {
  return Array.from({ length: size }, (_, i) => inverseNormal((i + 0.5) / size))
}

/** Latents of size x size images, row by row from the top: there the second axis is largest. */
export function manifoldLatents({ size, latentSize, axes }: ManifoldOptions): Float32Array {
  const values = coordinates(size)
  const latents = new Float32Array(size * size * latentSize)
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const start = (row * size + column) * latentSize
      latents[start + axes[0]] = values[column] ?? 0
      latents[start + axes[1]] = values[size - 1 - row] ?? 0
    }
  }
  return latents
}

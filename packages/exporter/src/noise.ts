// Random numbers that a function draws on the host, as inputs of its graph.
import type * as tf from '@tensorflow/tfjs-core'
import { type Distribution, distributionOf } from './distribution.js'
import { drawingScope } from './host.js'
import { scopeNames } from './register.js'

/** An input that takes the place of random numbers. Its size follows from the function's inputs. */
export interface NoiseInput {
  readonly name: string
  /** What it must be fed with: a fresh, independent draw for each element and run. */
  readonly distribution: Distribution
}

/** Collects the noise inputs of a function over all of its traces. */
export class NoiseInputs {
  readonly #distributions = new Map<string, Distribution>()
  #seed: number | undefined
  #reference = false
  #drawn: ArrayLike<number> = []

  /** The name of the operation that draws what the host writes now; undefined where none does. */
  drawing(): string | undefined {
    return drawingScope(scopeNames())
  }

  /** Takes values of a draw that is made for comparison; whether it was one. */
  takeReference(values: ArrayLike<number>): boolean {
    if (this.#reference) this.#drawn = values
    return this.#reference
  }

  /** Notes an input and finds out what its values are drawn from. */
  add(name: string, { op, values }: { readonly op: string; readonly values: ArrayLike<number> }) {
    if (this.#distributions.has(name)) return
    const draw = (make: () => tf.Tensor) => this.#referenceDraw(make)
    this.#distributions.set(name, distributionOf({ op, values, seed: this.#seed, draw }))
  }

  /** Those that a graph has, in its order. */
  of(names: readonly string[]): NoiseInput[] {
    return names.flatMap((name) => {
      const distribution = this.#distributions.get(name)
      return distribution === undefined ? [] : [{ name, distribution }]
    })
  }

  /** Runs a trace, noting each number that the host draws: an unseeded draw takes it for its seed. */
  around<T>(run: () => T): T {
    const random = Math.random
    Math.random = () => {
      this.#seed = random()
      return this.#seed
    }
    try {
      return run()
    } finally {
      Math.random = random
    }
  }

  #referenceDraw(make: () => tf.Tensor): ArrayLike<number> {
    const seed = this.#seed
    this.#reference = true
    try {
      make()
      return this.#drawn
    } finally {
      this.#reference = false
      this.#seed = seed
    }
  }
}

// Finds out what random numbers were drawn from, by drawing them again.
import * as tf from '@tensorflow/tfjs-core'

/** What a noise input must be fed with. */
export type Distribution =
  | { readonly kind: 'normal'; readonly mean: number; readonly deviation: number }
  /** Normal numbers, drawn again where they are beyond two deviations. */
  | { readonly kind: 'truncated-normal'; readonly mean: number; readonly deviation: number }
  /** From `low` up to, but without, `high`. */
  | { readonly kind: 'uniform'; readonly low: number; readonly high: number }
  /** What TensorFlow.js's operation of that name draws there: its settings are not known. */
  | { readonly kind: 'unknown'; readonly op: string }

/** A draw, and how to make others without a trace of them in the graph. */
export interface Drawn {
  /** The operation's name, such as `randomNormal`. */
  readonly op: string
  readonly values: ArrayLike<number>
  /** The last number that `Math.random` gave. */
  readonly seed: number | undefined
  readonly draw: (make: () => tf.Tensor) => ArrayLike<number>
}

/**
 * The distribution of a draw. The same seed draws the same numbers, shifted and scaled, so that two
 * draws tell mean and deviation exactly; seeds that a program gives are found where they are small.
 */
export function distributionOf({ op, values, seed, draw }: Drawn): Distribution {
  const standard = STANDARDS[op]
  const count = Math.min(values.length, COMPARED)
  if (standard === undefined || count === 0) return { kind: 'unknown', op }
  const first = Array.prototype.slice.call(values, 0, count) as number[]
  for (const candidate of seed === undefined ? SMALL_SEEDS : [seed, ...SMALL_SEEDS]) {
    const reference = draw(() => standard.draw(count, candidate))
    const fit = fitted(first, reference)
    if (fit) return standard.of(fit.offset, fit.scale)
  }
  return { kind: 'unknown', op }
}

/** So many numbers tell whether they are the same draw. */
const COMPARED = 16

const SMALL_SEEDS = Array.from({ length: 128 }, (_, seed) => seed)

interface Standard {
  readonly draw: (count: number, seed: number) => tf.Tensor
  readonly of: (offset: number, scale: number) => Distribution
}

const normal: Standard = {
  draw: (count, seed) => tf.randomNormal([count], 0, 1, 'float32', seed),
  of: (mean, deviation) => ({ kind: 'normal', mean, deviation }),
}

const STANDARDS: Readonly<Partial<Record<string, Standard>>> = {
  randomNormal: normal,
  randomStandardNormal: normal,
  truncatedNormal: {
    draw: (count, seed) => tf.truncatedNormal([count], 0, 1, 'float32', seed),
    of: (mean, deviation) => ({ kind: 'truncated-normal', mean, deviation }),
  },
  randomUniform: {
    draw: (count, seed) => tf.randomUniform([count], 0, 1, 'float32', seed),
    of: (low, width) => ({ kind: 'uniform', low, high: rounded(low + width) }),
  },
}

/** Offset and scale of one draw in terms of another; undefined where they are different draws. */
function fitted(values: readonly number[], reference: ArrayLike<number>) {
  const [a = 0, ...others] = Array.prototype.slice.call(reference, 0, values.length) as number[]
  const far = others.reduce(
    (best, b, i) => (Math.abs(b - a) > Math.abs(best.b - a) ? { b, i: i + 1 } : best),
    { b: a, i: 0 },
  )
  const scale = far.i === 0 ? 1 : ((values[far.i] ?? 0) - (values[0] ?? 0)) / (far.b - a)
  const offset = (values[0] ?? 0) - scale * a
  const near = 2e-6 * (Math.abs(scale) * 4 + Math.abs(offset))
  const same = values.every(
    (value, i) => Math.abs(value - offset - scale * (reference[i] ?? 0)) <= near,
  )
  // Two numbers fit any draw: without a third they say only whether it is the standard draw itself.
  const known = (far.i > 0 && values.length > 2) || (Math.abs(offset) <= near && scale === 1)
  return same && known && scale > 0
    ? { offset: rounded(offset, scale), scale: rounded(scale) }
    : undefined
}

/** To five digits, about what float32 holds of a difference of draws. */
function rounded(value: number, scale = Math.abs(value)): number {
  const digits = 5 - Math.ceil(Math.log10(Math.max(scale, Math.abs(value), 1e-30)))
  const factor = 10 ** digits
  return Math.round(value * factor) / factor + 0
}

/** In words, for people who feed it: `normal, mean 0, standard deviation 1`. */
export function distributionText(distribution: Distribution): string {
  switch (distribution.kind) {
    case 'normal':
      return `normal, mean ${distribution.mean}, standard deviation ${distribution.deviation}`
    case 'truncated-normal':
      return `normal, mean ${distribution.mean}, standard deviation ${distribution.deviation}, within two deviations`
    case 'uniform':
      return `uniform, ${distribution.low} to ${distribution.high}`
    case 'unknown':
      return `as tf.${distribution.op} draws it in the model`
  }
}

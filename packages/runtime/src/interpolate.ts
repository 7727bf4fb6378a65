// The way from one latent to another.
import { allocate, checkAlike, checkOptions, checkWhole } from './check.js'
import { refuse } from './error.js'
import { checkLatents, type LatentBatch, type Latents } from './latents.js'

/** How to go from one latent to another. */
export interface InterpolateOptions {
  /** Latents in all, both ends included: at least 2. */
  readonly steps: number
  /** `spherical` where left out: it keeps to the lengths that latents of the prior have. */
  readonly mode?: 'linear' | 'spherical' | undefined
}

/**
 * The way from `a` to `b` in equal steps, at t = i / (steps - 1), in float64 and rounded once.
 *
 * - `linear`: (1 - t) a + t b.
 * - `spherical` (Shoemake, "Animating rotation with quaternion curves", 1985; for latents: White,
 *   "Sampling generative networks", 2016): (sin((1 - t) w) a + sin(t w) b) / sin(w), where w is the
 *   angle between a and b, acos(a·b / (|a| |b|)). Where sin(w) is below 1e-6 (parallel or opposite)
 *   or a or b is zero, no arc is defined: it is linear then.
 *
 * The ends are a and b themselves.
 *
 * @throws RuntimeError where a and b differ in length, on fewer than two steps, an unknown mode
 * or an unknown option
 */
export function interpolateLatents(
  a: Float32Array,
  b: Float32Array,
  options: InterpolateOptions,
): LatentBatch {
  checkOptions('interpolate', options, ['steps', 'mode'])
  const { steps, mode = 'spherical' } = options
  checkWhole('steps', steps, 2)
  checkAlike('a and b', a, b)
  const weights = weightsOf(mode, a, b)
  const data = allocate(steps * a.length)
  for (let step = 0; step < steps; step++) {
    const [forA, forB] = weights(step / (steps - 1))
    data.set(
      a.map((value, i) => forA * value + forB * (b[i] ?? 0)),
      step * a.length,
    )
  }
  return { data, shape: [steps, a.length] }
}

type Weights = (t: number) => readonly [number, number]

function weightsOf(mode: string, a: Float32Array, b: Float32Array): Weights {
  if (mode !== 'linear' && mode !== 'spherical') {
    refuse('mode: unknown', `'${mode}'`, 'linear or spherical')
  }
  const cosine = dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))
  const angle = Math.acos(Math.min(1, Math.max(-1, cosine)))
  const sine = Math.sin(angle)
  // A zero vector makes the cosine NaN, and NaN fails this comparison.
  const arc = sine >= 1e-6
  return mode === 'spherical' && arc
    ? (t) => (t === 1 ? [0, 1] : [Math.sin((1 - t) * angle) / sine, Math.sin(t * angle) / sine])
    : (t) => [1 - t, t]
}

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0)
}

/** The way between two latents of a model. Throws RuntimeError as `interpolateLatents` does. */
export function wayBetween(
  [a, b]: readonly [Latents, Latents],
  latentSize: number,
  options: InterpolateOptions,
): LatentBatch {
  const [from, to] = [oneLatent('a', a, latentSize), oneLatent('b', b, latentSize)]
  return interpolateLatents(from, to, options)
}

/** The one latent that an end of an interpolation is. Throws RuntimeError where it is not one. */
function oneLatent(name: string, latents: Latents, latentSize: number): Float32Array {
  const { data } = checkLatents(name, latents, latentSize)
  if (data.length === latentSize) return data
  refuse(`${name}: not exactly one latent`, data.length / latentSize, 1)
}

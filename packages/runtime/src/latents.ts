// Latent vectors: checked, drawn from the prior, and interpolated.
import { drawNormals } from '@anyvae/random'
import { checkLength, checkOptions, checkValues, checkWhole } from './check.js'
import { isDims, kindOf, rowCount, valuesAndShape } from './check.js'
import { RuntimeError, refuse } from './error.js'

/** Latent vectors one after another: the values alone, or with their shape [count, latent size]. */
export type Latents = Float32Array | LatentBatch

/** Latent vectors with their shape, [count, latent size]. */
export interface LatentBatch {
  readonly data: Float32Array
  readonly shape: readonly number[]
}

/** Checks latents against a model's latent size; a single vector may be of shape [latent size]. */
export function checkLatents(name: string, latents: Latents, size: number): LatentBatch {
  const { data, shape } = valuesAndShape(latents)
  if (!(data instanceof Float32Array)) {
    refuse(`${name}: wrong type`, kindOf(data), 'a Float32Array')
  }
  if (shape !== undefined) {
    if (!isDims(shape) || shape.length < 1 || shape.length > 2 || shape.at(-1) !== size) {
      refuse(`${name}: wrong shape`, shape, `[count, ${size}]`)
    }
    checkLength(name, data.length, shape)
  }
  const count = rowCount(name, data.length, size)
  checkValues(name, data)
  return { data, shape: [count, size] }
}

/** How to draw latents from the prior. */
export interface SampleOptions {
  /** A whole number from 0 to 2^53 - 1; 0 where left out. */
  readonly seed?: number
  /** The prior's standard deviation: 1 where left out, less for tamer samples, 0 for the mean. */
  readonly temperature?: number
}

/**
 * Draws latents from the prior, N(0, temperature² I): value i of the whole batch is `temperature`
 * times normal i of the stream `latent`, rounded to float32. The first n of any count are the same.
 *
 * @throws RuntimeError where count, seed or temperature are out of range, or on an unknown option
 */
export function drawLatents(
  count: number,
  latentSize: number,
  options: SampleOptions = {},
): LatentBatch {
  checkOptions('sample', options, ['seed', 'temperature'])
  const { seed = 0, temperature = 1 } = options
  checkWhole('count', count, 1)
  if (!(temperature >= 0 && Number.isFinite(temperature))) {
    refuse('temperature: not usable', temperature, 'a finite number of at least 0')
  }
  const data = normals(seed, 'latent', count * latentSize)
  return { data: data.map((value) => temperature * value), shape: [count, latentSize] }
}

/** The first normals of a stream. Throws RuntimeError where the seed is unusable. */
export function normals(seed: number, stream: string, count: number): Float32Array {
  try {
    return drawNormals(seed, stream, count)
  } catch (cause) {
    throw new RuntimeError(cause instanceof Error ? cause.message : String(cause), { cause })
  }
}

/** How to go from one latent to another. */
export interface InterpolateOptions {
  /** Latents in all, both ends included: at least 2. */
  readonly steps: number
  /** `spherical` where left out: it keeps to the lengths that latents of the prior have. */
  readonly mode?: 'linear' | 'spherical'
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
  const data = new Float32Array(steps * a.length)
  for (let step = 0; step < steps; step++) {
    const [forA, forB] = weights(step / (steps - 1))
    data.set(
      a.map((value, i) => forA * value + forB * (b[i] ?? 0)),
      step * a.length,
    )
  }
  return { data, shape: [steps, a.length] }
}

/** Throws RuntimeError where two arrays are not of one length. */
export function checkAlike(names: string, first: Float32Array, second: Float32Array): void {
  if (first.length === second.length) return
  const got = `${first.length} and ${second.length} values`
  refuse(`${names}: not of one length`, got, 'as many of both')
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

// Latent vectors: checked, and drawn from the prior.
import { drawNormals } from '@anyvae/random'
import { allocate, checkLength, checkOptions, checkValues, checkWhole } from './check.js'
import { isDims, kindOf, quoted, rowCount, valuesAndShape } from './check.js'
import { refuse } from './error.js'
import { ownCopy } from './own-copy.js'

/**
 * Latent vectors one after another: the values alone, or with their shape [count, latent size], which
 * a tensor of onnxruntime has as its `dims`.
 */
export type Latents =
  Float32Array | LatentBatch | { readonly data: Float32Array; readonly dims: readonly number[] }

/** Latent vectors with their shape, [count, latent size]. */
export interface LatentBatch {
  readonly data: Float32Array
  readonly shape: readonly number[]
}

/**
 * Checks latents against a model's latent size, and copies them; a single vector may be of shape
 * [latent size].
 */
export function checkLatents(name: string, latents: Latents, size: number): LatentBatch {
  const { data, shape } = valuesAndShape(ownCopy(latents))
  if (!(data instanceof Float32Array)) {
    refuse(`${name}: wrong type`, kindOf(data), 'a Float32Array (see Float32Array.from)')
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
  readonly seed?: number | undefined
  /** The prior's standard deviation: 1 where left out, less for tamer samples, 0 for the mean. */
  readonly temperature?: number | undefined
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
    refuse('temperature: not usable', quoted(temperature), 'a finite number of at least 0')
  }
  const data = normals(seed, 'latent', count * latentSize)
  data.forEach((value, i) => {
    data[i] = temperature * value
  })
  return { data, shape: [count, latentSize] }
}

/** The first normals of a stream. Throws RuntimeError where the seed is unusable, or on too many. */
export function normals(seed: number, stream: string, count: number): Float32Array {
  checkWhole('seed', seed, 0)
  return allocate(count, (length) => drawNormals(seed, stream, length))
}

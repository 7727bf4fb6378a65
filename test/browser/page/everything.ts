// Every method of a Vae, called the same way in a page and in Node.
import type { Vae } from '@anyvae/runtime-web'

/** Something of every method of a `Vae`, as plain data. */
export interface Everything {
  readonly sampled: Float32Array
  readonly latents: Float32Array
  readonly logits: Float32Array
  readonly mean: Float32Array
  readonly logVariance: Float32Array
  readonly reconstructed: Float32Array
  readonly drawn: Float32Array
  readonly interpolated: Float32Array
  readonly shapes: readonly (readonly number[])[]
}

/** Calls every method; in a page and in Node. */
export async function callEverything(vae: Vae): Promise<Everything> {
  const images = await vae.sample(5, { seed: 3, temperature: 0.9 })
  const decoded = await vae.decode(images.latents, { logits: true })
  const posterior = await vae.encode(images)
  const mean = await vae.reconstruct(images)
  const drawn = await vae.reconstruct(images, { seed: 4 })
  const [size = 0] = images.latents.shape.slice(1)
  const [a, b] = [images.latents.data.slice(0, size), images.latents.data.slice(size, 2 * size)]
  const way = await vae.interpolate(a, b, { steps: 4 })
  return {
    sampled: images.data,
    latents: images.latents.data,
    logits: decoded.logits ?? new Float32Array(0),
    mean: posterior.mean,
    logVariance: posterior.logVariance,
    reconstructed: mean.data,
    drawn: drawn.latents.data,
    interpolated: way.data,
    shapes: [images.shape, images.latents.shape, decoded.shape, posterior.shape, way.shape],
  }
}

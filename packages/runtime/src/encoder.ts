// The encoder: images to posteriors.
import { runRows } from './batches.js'
import { checkOptions } from './check.js'
import type { DecodedBatch, ImageBatch } from './decoder.js'
import { openHalf, ownModel, rowDims, type Half, type OpenOptions } from './half.js'
import type { Promised, RuntimeInfo, VaeShape } from './half.js'
import { checkImages, type Images } from './images.js'
import type { Latents } from './latents.js'
import { drawPosterior } from './posterior.js'
import { releasable, type Releasable } from './release.js'
import type { Session, SessionBackend } from './session.js'

/** How to reconstruct. */
export interface ReconstructOptions {
  /** Draw each latent from its posterior with this seed; the posterior mean where left out. */
  readonly seed?: number | undefined
}

/** The posteriors q(z given x) of some images, diagonal normals. */
export interface Encoded {
  /** Means, [images, latent size]. */
  readonly mean: Float32Array
  /** Natural logarithms of the variances, [images, latent size]. */
  readonly logVariance: Float32Array
  /** [images, latent size], of both. */
  readonly shape: readonly [number, number]
}

/** A loaded encoder.onnx. */
export interface Encoder extends VaeShape, Releasable {
  readonly info: RuntimeInfo
  /**
   * Encodes one image or more; large batches are split.
   *
   * @throws RuntimeError (by rejection) on images of another size, values outside 0 to 1, or after
   * release
   */
  encode(images: Images): Promise<Encoded>
}

/**
 * Opens a bare encoder.onnx: input `image` [batch, channels, height, width], outputs `mean` and
 * `log_variance` [batch, latent]. Sizes are read from the graph.
 *
 * @throws RuntimeError (by rejection) where it is no such model or the provider cannot start
 */
export async function openEncoder(
  model: Uint8Array,
  backend: SessionBackend,
  options: OpenOptions = {},
): Promise<Encoder> {
  return createEncoder({ model: ownModel(model), backend, options, promised: undefined })
}

/** What an encoder or decoder is made from. */
export interface HalfSource {
  readonly model: Uint8Array
  readonly backend: SessionBackend
  readonly options: OpenOptions
  readonly promised: Promised | undefined
}

/** An encoder, checked against what a manifest promised, if anything. */
export async function createEncoder(source: HalfSource): Promise<Encoder> {
  const half = await openHalf({ ...source, shapeOf: encoderShape })
  const { info, latentSize, image, session } = half
  const encoding = { encode: (images: Images) => encode(half, images) }
  return { info, latentSize, image, ...releasable(encoding, () => session.release()) }
}

function encoderShape({ inputs, outputs }: Session): VaeShape {
  const [channels = 0, height = 0, width = 0] = rowDims(inputs, 'image', 4)
  const [latentSize = 0] = rowDims(outputs, 'mean', 2)
  rowDims(outputs, 'log_variance', 2)
  return { latentSize, image: { channels, height, width } }
}

async function encode(half: Half, images: Images): Promise<Encoded> {
  const { session, latentSize, image, maxBatch } = half
  const checked = checkImages(images, image)
  const { mean, log_variance } = await runRows(session, {
    input: { name: 'image', dims: [image.channels, image.height, image.width] },
    count: checked.count,
    maxBatch,
    batch: (start, number) => checked.batch(start, number),
    outputs: { mean: latentSize, log_variance: latentSize },
  })
  return { mean, logVariance: log_variance, shape: [checked.count, latentSize] }
}

/** What `Vae.reconstruct` needs: it is here since it is downloaded only where images are encoded. */
export interface Coders {
  encode(images: Images): Promise<Encoded>
  decode(latents: Latents): Promise<ImageBatch>
}

/** Encodes and decodes: the means, or with a seed a draw of each posterior. Throws RuntimeError. */
export async function reconstruct(
  coders: Coders,
  images: Images,
  options: ReconstructOptions = {},
): Promise<DecodedBatch> {
  checkOptions('reconstruct', options, ['seed'])
  const { seed } = options
  const posterior = await coders.encode(images)
  const data = seed === undefined ? posterior.mean : drawPosterior(posterior, seed)
  const latents = { data, shape: posterior.shape }
  return { ...(await coders.decode(latents)), latents }
}

// The decoder: latents to images, sampling and interpolation.
import { runRows } from './batches.js'
import type { HalfSource } from './encoder.js'
import { checkOptions } from './check.js'
import { refuse } from './error.js'
import { openHalf, ownModel, rowDims, type Half, type OpenOptions } from './half.js'
import type { RuntimeInfo, VaeShape } from './half.js'
import type { InterpolateOptions } from './interpolate.js'
import { checkLatents, drawLatents } from './latents.js'
import type { LatentBatch, Latents, SampleOptions } from './latents.js'
import { ownCopy } from './own-copy.js'
import { releasable, type Releasable } from './release.js'
import type { Session, SessionBackend } from './session.js'

/** Images that a model computed. */
export interface ImageBatch {
  /** The mean of p(x given z), pixel by pixel, 0 to 1. */
  readonly data: Float32Array
  /** [images, channels, height, width] */
  readonly shape: readonly [number, number, number, number]
  /** The likelihood's logits, shaped as `data`, where they were asked for. */
  readonly logits?: Float32Array
}

/** Images with the latents that they were decoded from. */
export interface DecodedBatch extends ImageBatch {
  readonly latents: LatentBatch
}

/** What to compute beside the images. */
export interface DecodeOptions {
  /** Also the logits, in which alone a Bernoulli likelihood can be evaluated exactly. */
  readonly logits?: boolean | undefined
}

/** What needs a decoder alone. */
export interface Decoding {
  /**
   * Decodes one latent or more; large batches are split. Results are not checked: latents far outside
   * the prior (3e38) may give NaN.
   *
   * @throws RuntimeError (by rejection) on latents of another length, NaN or infinity, on logits
   * asked of a decoder that has none, or after release
   */
  decode(latents: Latents, options?: DecodeOptions): Promise<ImageBatch>
  /**
   * Decodes latents drawn from the prior: the same for a seed in every runtime (`drawLatents`).
   *
   * @throws RuntimeError (by rejection) where count, seed or temperature are out of range
   */
  sample(count: number, options?: SampleOptions): Promise<DecodedBatch>
  /**
   * Decodes the way from one latent to another, both ends included (`interpolateLatents`).
   *
   * @throws RuntimeError (by rejection) where an end is not exactly one latent, or on fewer than two
   * steps
   */
  interpolate(a: Latents, b: Latents, options: InterpolateOptions): Promise<DecodedBatch>
}

/** A loaded decoder.onnx. */
export interface Decoder extends Decoding, VaeShape, Releasable {
  readonly info: RuntimeInfo
}

/**
 * Opens a bare decoder.onnx: input `latent` [batch, latent], output `image` [batch, channels,
 * height, width] and perhaps `logits`. Sizes are read from the graph.
 *
 * @throws RuntimeError (by rejection) where it is no such model or the provider cannot start
 */
export async function openDecoder(
  model: Uint8Array,
  backend: SessionBackend,
  options: OpenOptions = {},
): Promise<Decoder> {
  const source = { model: ownModel(model), backend, options, promised: undefined }
  const { half, decoding } = await createDecoder(source)
  const { info, latentSize, image, session } = half
  return { info, latentSize, image, ...releasable(decoding, () => session.release()) }
}

/** A decoder, checked against what a manifest promised, if anything. */
export async function createDecoder(
  source: HalfSource,
): Promise<{ readonly half: Half; readonly decoding: Decoding }> {
  const half = await openHalf({ ...source, shapeOf: decoderShape })
  const { latentSize } = half
  const decodeAll = async (latents: LatentBatch): Promise<DecodedBatch> => ({
    ...(await decode(half, latents, {})),
    latents,
  })
  const decoding: Decoding = {
    decode: (latents, options = {}) => decode(half, latents, options),
    sample: async (count, options) => decodeAll(drawLatents(count, latentSize, options)),
    interpolate: async (a, b, options) => {
      const ends = [ownCopy(a), ownCopy(b)] as const
      // Seldom needed, so that pages download it only then.
      const { wayBetween } = await import('./interpolate.js')
      return decodeAll(wayBetween(ends, latentSize, options))
    },
  }
  return { half, decoding }
}

function decoderShape({ inputs, outputs }: Session): VaeShape {
  const [latentSize = 0] = rowDims(inputs, 'latent', 2)
  const [channels = 0, height = 0, width = 0] = rowDims(outputs, 'image', 4)
  return { latentSize, image: { channels, height, width } }
}

async function decode(half: Half, latents: Latents, options: DecodeOptions): Promise<ImageBatch> {
  const { session, latentSize, image, maxBatch } = half
  const { channels, height, width } = image
  checkOptions('decode', options, ['logits'])
  const wanted = options.logits
  const { data } = checkLatents('latents', latents, latentSize)
  if (wanted && !session.outputs.some((output) => output.name === 'logits')) {
    refuse('logits: none in this decoder', 'a request for them', 'a Bernoulli likelihood')
  }
  const count = data.length / latentSize
  const size = channels * height * width
  const { image: pixels, logits } = await runRows<'image' | 'logits'>(session, {
    input: { name: 'latent', dims: [latentSize] },
    count,
    maxBatch,
    batch: (start, number) => data.subarray(start * latentSize, (start + number) * latentSize),
    outputs: { image: size, ...(wanted && { logits: size }) },
  })
  return {
    data: pixels,
    shape: [count, channels, height, width],
    ...(wanted && { logits }),
  }
}

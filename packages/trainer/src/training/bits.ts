// Nats per image as bits per dimension: figures of images of every size on one scale.
import { imageSize, type ImageShape } from '@anyvae/images'
import type { Likelihood } from '../network/types.js'

/**
 * Nats per image as bits per dimension: divided by ln 2 and by the number of values of an image (pixels times
 * channels). For comparing with figures of 8-bit images in the literature see {@link bitsNote}.
 */
export function bitsPerDimension(nats: number, shape: ImageShape): number {
  return nats / (Math.LN2 * imageSize(shape))
}

/** What bits per dimension are of under a likelihood, in one sentence. */
export function bitsNote(likelihood: Likelihood): string {
  return NOTES[likelihood]
}

const NOTES: { readonly [K in Likelihood]: string } = {
  bernoulli:
    'a cross-entropy of grey values as probabilities, which is no likelihood of 8-bit values and not to be compared with one',
  gaussian:
    'a density of values from 0 to 1; add 8 to compare with figures of values from 0 to 255',
}

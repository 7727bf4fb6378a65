// Where channels stand: last inside a network, first in its images and in what the objective reads.
import * as tf from '@tensorflow/tfjs-core'
import type { ImageShape } from '@anyvae/images'

/** [b, c, h, w] to [b, h, w, c]; one channel needs no transposition. */
export function channelsLast(
  { channels, height, width }: ImageShape,
  images: tf.Tensor4D,
): tf.Tensor4D {
  if (channels === 1) return tf.reshape(images, [-1, height, width, channels])
  return tf.transpose(images, [0, 2, 3, 1])
}

/** sum + bias, [b, h, w, c] to [b, c * h * w], channels first. */
export function flatWithBias(
  { channels, height, width }: ImageShape,
  sum: tf.Tensor4D,
  bias: tf.Tensor,
): tf.Tensor2D {
  const pixels = channels * height * width
  // One channel: flattened before the bias, since a last dimension of 1 is slow to broadcast over.
  if (channels === 1) return tf.add(tf.reshape(sum, [-1, pixels]), bias)
  return tf.reshape(tf.transpose(tf.add(sum, bias), [0, 3, 1, 2]), [-1, pixels])
}

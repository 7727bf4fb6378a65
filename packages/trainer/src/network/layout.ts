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

/** [b, h, w, c] to [b, c * h * w], channels first. */
export function flatChannelsFirst(
  { channels, height, width }: ImageShape,
  values: tf.Tensor4D,
): tf.Tensor2D {
  const first = channels === 1 ? values : tf.transpose(values, [0, 3, 1, 2])
  return tf.reshape(first, [-1, channels * height * width])
}

/** sum + bias, [b, h, w, c] to [b, c * h * w], channels first. */
export function flatWithBias(shape: ImageShape, sum: tf.Tensor4D, bias: tf.Tensor): tf.Tensor2D {
  // One channel: flattened before the bias, since a last dimension of 1 is slow to broadcast over.
  if (shape.channels === 1) return tf.add(flatChannelsFirst(shape, sum), bias)
  return flatChannelsFirst(shape, tf.add(sum, bias))
}

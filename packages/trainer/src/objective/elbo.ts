// The negative evidence lower bound, in its two terms, as a pure function of tensors.
import * as tf from '@tensorflow/tfjs-core'
import { tensor } from '../network/layers.js'
import { LOG_SCALE } from '../network/network.js'
import type { Network, Posterior, Tensors } from '../network/types.js'

/** Images and the standard normals that pick one posterior sample of each. */
export interface ElboInputs {
  /** [batch, channels, height, width], range 0 to 1 */
  readonly images: tf.Tensor4D
  /** [batch, latent] */
  readonly noise: tf.Tensor2D
}

/** The negative ELBO's terms, nats per image, and the posterior that they came from. */
export interface ElboTerms extends Posterior {
  /** -log p(x given z), [batch] */
  readonly reconstruction: tf.Tensor1D
  /** KL(q(z given x) || p(z)), [batch] */
  readonly kl: tf.Tensor1D
}

/**
 * The two terms of the negative ELBO with one reparameterised sample, z = mean + exp(logVariance / 2) * noise
 * (Kingma and Welling 2014).
 */
export function elboTerms(network: Network, parameters: Tensors, inputs: ElboInputs): ElboTerms {
  const { mean, logVariance } = network.encode(parameters, inputs.images)
  const latent: tf.Tensor2D = tf.tidy('sample', () =>
    tf.add(mean, tf.mul(tf.exp(tf.mul(logVariance, 0.5)), inputs.noise)),
  )
  const flat = network.decodeFlat(parameters, latent)
  const images: tf.Tensor2D = tf.reshape(inputs.images, [-1, pixelsOf(network)])
  const reconstruction = tf.tidy('reconstruction', () =>
    network.config.likelihood === 'bernoulli'
      ? bernoulliLoss(flat, images)
      : gaussianLoss(flat, images, tensor(parameters, LOG_SCALE)),
  )
  return { reconstruction, kl: tf.tidy('kl', () => klTerm(mean, logVariance)), mean, logVariance }
}

/** -log Bernoulli(x; sigmoid(l)) summed over pixels, as softplus(l) - x l, which no logit overflows. */
function bernoulliLoss(logits: tf.Tensor2D, images: tf.Tensor2D): tf.Tensor1D {
  return tf.sum(tf.sub(tf.softplus(logits), tf.mul(images, logits)), 1)
}

/**
 * -log N(x; sigmoid(l), sigma^2) summed over pixels, with one learned sigma for all of them: the sigma-VAE
 * (Rybkin, Daniilidis and Levine 2021). A density, so that it may be negative.
 */
function gaussianLoss(flat: tf.Tensor2D, images: tf.Tensor2D, logScale: tf.Tensor): tf.Tensor1D {
  const pixels = images.shape[1]
  const squares: tf.Tensor1D = tf.sum(tf.square(tf.sub(images, tf.sigmoid(flat))), 1)
  const weighted = tf.mul(squares, tf.mul(tf.exp(tf.mul(logScale, -2)), 0.5))
  return tf.add(weighted, tf.mul(tf.add(logScale, 0.5 * Math.log(2 * Math.PI)), pixels))
}

/** KL(N(mean, exp(logVariance)) || N(0, 1)) summed over latents (Kingma and Welling 2014, appendix B). */
function klTerm(mean: tf.Tensor2D, logVariance: tf.Tensor2D): tf.Tensor1D {
  const inner = tf.sub(tf.add(tf.square(mean), tf.exp(logVariance)), tf.add(logVariance, 1))
  return tf.mul(tf.sum(inner, 1), 0.5)
}

function pixelsOf({ config }: Network): number {
  return config.image.channels * config.image.height * config.image.width
}

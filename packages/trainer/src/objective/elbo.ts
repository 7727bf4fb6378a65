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

/**
 * -log Bernoulli(x; p) with p = sigmoid(l), summed over pixels, which no logit overflows:
 * softplus(l) - x l, where softplus(l) = relu(l) - log max(p, 1 - p). Its gradient by l is p - x: given
 * here, so that the one sigmoid serves both.
 */
function bernoulliLoss(logits: tf.Tensor2D, images: tf.Tensor2D): tf.Tensor1D {
  const loss = tf.customGrad((...values) => {
    const [l, save] = values as [tf.Tensor2D, tf.GradSaveFunc]
    const p = tf.sigmoid(l)
    save([p, images])
    const linear: tf.Tensor1D = tf.sum(tf.sub(tf.relu(l), tf.mul(images, l)), 1)
    const value = tf.sub(linear, sumOfLogs(tf.maximum(p, tf.sub(1, p))))
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [mean = p, target = images] = saved
      return tf.mul(tf.sub(mean, target), tf.expandDims(dy, 1))
    }
    return { value, gradFunc }
  })
  return loss(logits) as tf.Tensor1D
}

/** 2^-MOST is still a normal number in float32, with room for what rounding takes. */
const MOST = 112

/**
 * The sum over pixels of the logarithms of numbers from 1/2 to 1, [batch, pixels] to [batch]: products of
 * up to 112 of them first, since a logarithm costs far more than a product.
 */
function sumOfLogs(values: tf.Tensor2D): tf.Tensor1D {
  const [, pixels] = values.shape
  let size = Math.min(pixels, MOST)
  while (pixels % size > 0) size--
  const products = tf.prod(tf.reshape(values, [-1, pixels / size, size]), 2)
  return tf.sum(tf.log(products), 1)
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

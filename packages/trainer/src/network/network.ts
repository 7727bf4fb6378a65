// From a configuration to a network: the body of its architecture, two heads and the likelihood's outputs.
import * as tf from '@tensorflow/tfjs-core'
import { TrainError } from '../error.js'
import { parseNetworkConfig } from './config.js'
import { convBody } from './conv.js'
import { size } from './initial.js'
import { dense, tensor } from './layers.js'
import { mlpBody } from './mlp.js'
import { resnetBody } from './resnet.js'
import type { Decoded, Network, NetworkConfig, NetworkOptions } from './types.js'
import type { ParameterSpec, Tensors } from './types.js'

/** What an architecture supplies: the way to the features that the heads read, and the way back. */
export interface Body {
  /** Number of features that the heads read. */
  readonly features: number
  readonly encoder: readonly ParameterSpec[]
  readonly decoder: readonly ParameterSpec[]
  /** [batch, channels, height, width] to [batch, features] */
  encode(parameters: Tensors, image: tf.Tensor4D): tf.Tensor2D
  decodeFlat(parameters: Tensors, latent: tf.Tensor2D): tf.Tensor2D
}

/** With gradients and Adam's moments, 2 GB in float32. */
const MOST_PARAMETERS = 100_000_000

/** The Gaussian likelihood's only own parameter: log sigma, shared by all pixels. */
export const LOG_SCALE = 'decoder/log_scale'

/**
 * A variational autoencoder (Kingma and Welling 2014) as pure functions of its parameters.
 *
 * @throws TrainError for a configuration that {@link parseNetworkConfig} refuses, or of too many parameters
 */
export function createNetwork(options: NetworkOptions): Network {
  const config = parseNetworkConfig(options)
  const body = bodyOf(config)
  const head = { inputs: body.features, outputs: config.latent, activation: 'none' } as const
  const mean = dense('encoder/mean', head)
  const logVariance = dense('encoder/log_variance', head)
  const parameters = [
    ...body.encoder,
    ...mean.parameters,
    ...logVariance.parameters,
    ...body.decoder,
    ...likelihoodParameters(config),
  ]
  checkSize(parameters)
  return {
    config,
    parameters,
    encode(parameters, image) {
      const features = body.encode(parameters, image)
      return {
        mean: mean.apply(parameters, features),
        logVariance: logVariance.apply(parameters, features),
      }
    },
    decodeFlat: (parameters, latent) => body.decodeFlat(parameters, latent),
    decode: (parameters, latent) =>
      decoded(config, parameters, body.decodeFlat(parameters, latent)),
  }
}

function bodyOf(config: NetworkConfig): Body {
  if (config.architecture === 'mlp') return mlpBody(config)
  return config.architecture === 'conv' ? convBody(config) : resnetBody(config)
}

function checkSize(parameters: readonly ParameterSpec[]): void {
  const count = parameters.reduce((sum, spec) => sum + size(spec), 0)
  if (count <= MOST_PARAMETERS) return
  throw new TrainError(
    `network: too large, got ${count} parameters, expected at most ${MOST_PARAMETERS}: fewer latents, hidden units or filters, or smaller images`,
  )
}

function likelihoodParameters({ likelihood }: NetworkConfig): readonly ParameterSpec[] {
  if (likelihood === 'bernoulli') return []
  return [{ name: LOG_SCALE, shape: [], init: { kind: 'constant', value: 0 } }]
}

function decoded(config: NetworkConfig, parameters: Tensors, flat: tf.Tensor2D): Decoded {
  const { channels, height, width } = config.image
  const shape: [number, number, number, number] = [-1, channels, height, width]
  const image: tf.Tensor4D = tf.tidy('decoder/image', () => tf.reshape(tf.sigmoid(flat), shape))
  if (config.likelihood === 'bernoulli') return { image, logits: tf.reshape(flat, shape) }
  return { image, logScale: tf.clone(tensor(parameters, LOG_SCALE)) as tf.Scalar }
}

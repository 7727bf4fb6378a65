// What a network is: a configuration, an ordered list of parameters and two pure functions of tensors.
import type * as tf from '@tensorflow/tfjs-core'
import type { ImageShape } from '@anyvae/images'

/** What a network's layers are: those of {@link MlpConfig}, {@link ConvConfig} or {@link ResnetConfig}. */
export type Architecture = 'mlp' | 'conv' | 'resnet'
/** What an `mlp`'s hidden layers end in: max(0, x) or ln(1 + exp(x)). */
export type HiddenActivation = 'relu' | 'softplus'
/**
 * p(x given z), pixel by pixel: `bernoulli` takes grey values as probabilities, `gaussian` has one learned
 * standard deviation for all pixels.
 */
export type Likelihood = 'bernoulli' | 'gaussian'

interface CommonConfig {
  /** Shape of an image: channels x height x width. */
  readonly image: ImageShape
  /** Number of latent variables. */
  readonly latent: number
  readonly likelihood: Likelihood
}

/** Fully connected layers; the decoder mirrors the encoder. */
export interface MlpConfig extends CommonConfig {
  readonly architecture: 'mlp'
  /** Widths of the encoder's hidden layers, from the image on. */
  readonly hidden: readonly number[]
  readonly activation: HiddenActivation
}

/** Convolutions of stride 2; the decoder mirrors them with transposed convolutions. */
export interface ConvConfig extends CommonConfig {
  readonly architecture: 'conv'
  /** Filters of the encoder's convolutions, from the image on. */
  readonly filters: readonly number[]
  /** Height and width of every filter. */
  readonly kernelSize: number
}

/** Residual blocks at sizes that halve from level to level; the decoder mirrors the encoder. */
export interface ResnetConfig extends CommonConfig {
  readonly architecture: 'resnet'
  /** Filters of each level, from the image on. */
  readonly filters: readonly number[]
  /** Residual blocks a level. */
  readonly blocks: number
}

/** A whole network configuration, nothing left to a default. */
export type NetworkConfig = MlpConfig | ConvConfig | ResnetConfig

/** What a caller may leave to a default. See {@link parseNetworkConfig}. */
export interface NetworkOptions {
  readonly architecture?: Architecture
  readonly image: ImageShape
  readonly latent?: number
  readonly likelihood?: Likelihood
  readonly hidden?: readonly number[]
  readonly activation?: HiddenActivation
  readonly filters?: readonly number[]
  readonly kernelSize?: number
  readonly blocks?: number
}

/** How a parameter starts: uniform in (-limit, limit), or one value throughout. */
export type Initialiser =
  | { readonly kind: 'uniform'; readonly limit: number }
  | { readonly kind: 'constant'; readonly value: number }

/** One parameter of a network. */
export interface ParameterSpec {
  /** Layer and role, such as `encoder/hidden/kernel`. */
  readonly name: string
  readonly shape: readonly number[]
  readonly init: Initialiser
}

/** Tensors by name. */
export type Tensors = Readonly<Record<string, tf.Tensor>>

/** The diagonal normal q(z given x). */
export interface Posterior {
  /** [batch, latent] */
  readonly mean: tf.Tensor2D
  /** [batch, latent] */
  readonly logVariance: tf.Tensor2D
}

/** p(x given z) as a picture and as the likelihood's own parameters. */
export interface Decoded {
  /** The mean of p(x given z), range 0 to 1, [batch, channels, height, width]. */
  readonly image: tf.Tensor4D
  /** Bernoulli only, of the shape of `image`. */
  readonly logits?: tf.Tensor4D
  /** Gaussian only: the natural logarithm of the standard deviation, a scalar. */
  readonly logScale?: tf.Scalar
}

/** A variational autoencoder without its weights. Its functions keep no state and draw no numbers. */
export interface Network {
  readonly config: NetworkConfig
  readonly parameters: readonly ParameterSpec[]
  /** @param image [batch, channels, height, width], range 0 to 1 */
  encode(parameters: Tensors, image: tf.Tensor4D): Posterior
  /** @param latent [batch, latent] */
  decode(parameters: Tensors, latent: tf.Tensor2D): Decoded
  /**
   * The decoder's last layer before its sigmoid, [batch, channels * height * width], channels first:
   * what the objective works on.
   *
   * @param latent [batch, latent]
   */
  decodeFlat(parameters: Tensors, latent: tf.Tensor2D): tf.Tensor2D
}

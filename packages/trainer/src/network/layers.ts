// The layers that networks are made of: each knows its parameters and applies them to a tensor.
import * as tf from '@tensorflow/tfjs-core'
import { TrainError } from '../error.js'
import { flatWithBias } from './layout.js'
import type { Initialiser, ParameterSpec, Tensors } from './types.js'

/** Slope of leaky ReLU below zero. */
const LEAK = 0.2

export type Activation = 'relu' | 'leakyRelu' | 'softplus' | 'none'

/** A part of a network with parameters of its own. `apply` opens a tidy scope of the layer's name. */
export interface Layer<In extends tf.Tensor, Out extends tf.Tensor> {
  readonly parameters: readonly ParameterSpec[]
  apply(parameters: Tensors, input: In): Out
}

/** A tensor by its name. */
export function tensor(tensors: Tensors, name: string): tf.Tensor {
  const found = tensors[name]
  if (found === undefined) {
    throw new TrainError(
      `parameter ${name}: missing, got ${Object.keys(tensors).join(', ')}, expected it among them`,
    )
  }
  return found
}

/** activation(x W + b), [batch, inputs] to [batch, outputs]. */
export function dense(
  name: string,
  options: { inputs: number; outputs: number; activation: Activation },
): Layer<tf.Tensor2D, tf.Tensor2D> {
  const { inputs, outputs, activation } = options
  const limit = glorotLimit(inputs, outputs)
  return {
    parameters: kernelAndBias(name, [inputs, outputs], { outputs, limit }),
    apply: (parameters, input) =>
      tf.tidy(name, () => {
        const kernel = tensor(parameters, `${name}/kernel`)
        const product: tf.Tensor2D = tf.matMul(input, kernel)
        return activate(tf.add(product, tensor(parameters, `${name}/bias`)), activation)
      }),
  }
}

export interface ConvolutionOptions {
  readonly inputs: number
  readonly outputs: number
  readonly kernelSize: number
  readonly stride: number
  readonly activation: Activation
  /** The kernel starts uniform within this of 0; left out, by its fans and activation. */
  readonly limit?: number
}

/** activation(x * W + b), "same" padding: [b, h, w, in] to [b, ceil(h / stride), ceil(w / stride), out]. */
export function convolution(
  name: string,
  options: ConvolutionOptions,
): Layer<tf.Tensor4D, tf.Tensor4D> {
  const { stride, activation } = options
  return {
    parameters: convolutionParameters(name, options),
    apply: (parameters, input) =>
      tf.tidy(name, () => {
        const kernel = tensor(parameters, `${name}/kernel`) as tf.Tensor4D
        const sum = tf.conv2d(input, kernel, stride, 'same')
        return activate(tf.add(sum, tensor(parameters, `${name}/bias`)), activation)
      }),
  }
}

export interface FlatOptions extends Omit<ConvolutionOptions, 'activation'> {
  /** The output's height and width. */
  readonly height: number
  readonly width: number
}

/** A decoder's last layer: a convolution, given as [batch, out * height * width], channels first. */
export function flatConvolution(
  name: string,
  options: FlatOptions,
): Layer<tf.Tensor4D, tf.Tensor2D> {
  const { outputs, stride } = options
  const shape = { ...options, channels: outputs }
  return {
    parameters: convolutionParameters(name, { ...options, activation: 'none' }),
    apply: (parameters, input) =>
      tf.tidy(name, () => {
        const kernel = tensor(parameters, `${name}/kernel`) as tf.Tensor4D
        const sum = tf.conv2d(input, kernel, stride, 'same')
        return flatWithBias(shape, sum, tensor(parameters, `${name}/bias`))
      }),
  }
}

export interface TransposedOptions extends ConvolutionOptions {
  /** The output's height and width: a stride leaves open which of some sizes it is. */
  readonly height: number
  readonly width: number
}

/** activation of a convolution turned round: [b, h, w, in] to [b, height, width, out]. */
export function transposedConvolution(
  name: string,
  options: TransposedOptions,
): Layer<tf.Tensor4D, tf.Tensor4D> {
  return {
    parameters: transposedParameters(name, options),
    apply: (parameters, input) =>
      tf.tidy(name, () => {
        const sum = transposed(parameters, input, { name, ...options })
        return activate(tf.add(sum, tensor(parameters, `${name}/bias`)), options.activation)
      }),
  }
}

/** A decoder's last layer: a transposed convolution, given as [batch, out * height * width], channels first. */
export function flatTransposedConvolution(
  name: string,
  options: FlatOptions,
): Layer<tf.Tensor4D, tf.Tensor2D> {
  const shape = { ...options, channels: options.outputs }
  return {
    parameters: transposedParameters(name, { ...options, activation: 'none' }),
    apply: (parameters, input) =>
      tf.tidy(name, () => {
        const sum = transposed(parameters, input, { name, ...options })
        return flatWithBias(shape, sum, tensor(parameters, `${name}/bias`))
      }),
  }
}

function transposed(
  parameters: Tensors,
  input: tf.Tensor4D,
  options: FlatOptions & { name: string },
): tf.Tensor4D {
  const { name, height, width, outputs, stride } = options
  const kernel = tensor(parameters, `${name}/kernel`) as tf.Tensor4D
  const shape: [number, number, number, number] = [input.shape[0], height, width, outputs]
  return tf.conv2dTranspose(input, kernel, shape, stride, 'same')
}

function convolutionParameters(
  name: string,
  { inputs, outputs, kernelSize, stride, activation, limit }: ConvolutionOptions,
): readonly ParameterSpec[] {
  // Each input pixel reaches one in stride * stride of the outputs under its filter.
  const area = kernelSize * kernelSize
  const fans = { fanIn: area * inputs, fanOut: (area / (stride * stride)) * outputs }
  const shape = [kernelSize, kernelSize, inputs, outputs]
  return kernelAndBias(name, shape, { outputs, limit: limit ?? limitBefore(activation, fans) })
}

function transposedParameters(
  name: string,
  { inputs, outputs, kernelSize, stride, activation, limit }: TransposedOptions,
): readonly ParameterSpec[] {
  // Each output pixel is reached by one in stride * stride of the filter's weights.
  const area = (kernelSize * kernelSize) / (stride * stride)
  const fans = { fanIn: area * inputs, fanOut: area * outputs }
  const shape = [kernelSize, kernelSize, outputs, inputs]
  return kernelAndBias(name, shape, { outputs, limit: limit ?? limitBefore(activation, fans) })
}

function kernelAndBias(
  name: string,
  shape: readonly number[],
  { outputs, limit }: { outputs: number; limit: number },
): readonly ParameterSpec[] {
  const init: Initialiser = { kind: 'uniform', limit }
  return [
    { name: `${name}/kernel`, shape, init },
    { name: `${name}/bias`, shape: [outputs], init: { kind: 'constant', value: 0 } },
  ]
}

/**
 * The limit L of a kernel's uniform (-L, L), sqrt(6 / (fanIn + fanOut)) (Glorot and Bengio 2010). Dense
 * layers before ReLU take it too: on MNIST they end 0.4 nats lower than with He's.
 */
function glorotLimit(fanIn: number, fanOut: number): number {
  return Math.sqrt(6 / (fanIn + fanOut))
}

/** The limit beside (leaky) ReLU of slope a, sqrt(6 / ((1 + a^2) fanIn)) (He et al. 2015). */
export function heLimit(fanIn: number, slope = 0): number {
  return Math.sqrt(6 / ((1 + slope * slope) * fanIn))
}

/** The limit of a convolution's kernel by what comes after it. */
function limitBefore(
  activation: Activation,
  { fanIn, fanOut }: { fanIn: number; fanOut: number },
): number {
  if (activation === 'relu') return heLimit(fanIn)
  if (activation === 'leakyRelu') return heLimit(fanIn, LEAK)
  return glorotLimit(fanIn, fanOut)
}

function activate<T extends tf.Tensor>(input: T, activation: Activation): T {
  if (activation === 'relu') return tf.relu(input)
  if (activation === 'leakyRelu') return tf.leakyRelu(input, LEAK)
  if (activation === 'softplus') return tf.softplus(input)
  return input
}

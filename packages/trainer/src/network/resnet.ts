// The residual network: blocks at sizes that halve from level to level down to the latents, and back up.
import * as tf from '@tensorflow/tfjs-core'
import { convolution, dense, flatConvolution, transposedConvolution, type Layer } from './layers.js'
import { channelsLast, flatChannelsFirst } from './layout.js'
import type { Body } from './network.js'
import { residualBlock } from './residual.js'
import type { ResnetConfig } from './types.js'

type Spatial = Layer<tf.Tensor4D, tf.Tensor4D>

interface Level {
  readonly height: number
  readonly width: number
  readonly channels: number
}

/**
 * The layers of a `resnet`: `encoder/stem`, `encoder/block_1_1/conv_1`, ..., `encoder/down_1`, ... and
 * `decoder/hidden`, `decoder/block_1_1/conv_1`, ..., `decoder/up_1`, ..., `decoder/output`; the first
 * number counts levels, the decoder's from the latents on. Features are flattened channels first, as ONNX
 * has them: neither a model nor a training step there transposes any.
 */
export function resnetBody(config: ResnetConfig): Body {
  const levels = levelsOf(config)
  const innermost = levels.at(-1) ?? config.image
  const { height, width, channels } = innermost
  const features = height * width * channels
  const encoder = encoderLayers(config, levels)
  const decoder = decoderLayers(config, levels.toReversed())
  const { latent } = config
  const hidden = dense('decoder/hidden', { inputs: latent, outputs: features, activation: 'none' })
  const output = outputLayer(config)
  return {
    features,
    encoder: parametersOf(encoder),
    decoder: [...hidden.parameters, ...parametersOf(decoder), ...output.parameters],
    encode: (parameters, image) => {
      const last = through(encoder, parameters, channelsLast(config.image, image))
      return tf.tidy('encoder/features', () => flatChannelsFirst(innermost, tf.relu(last)))
    },
    decodeFlat: (parameters, latent) => {
      const flat = hidden.apply(parameters, latent)
      const first = tf.reshape<tf.Rank.R4>(flat, [-1, channels, height, width])
      const last = through(decoder, parameters, channelsLast(innermost, first))
      const activated: tf.Tensor4D = tf.tidy('decoder/output', () => tf.relu(last))
      return output.apply(parameters, activated)
    },
  }
}

/** The first level is the image's size; each of the others half the one before, rounded up. */
function levelsOf({ image, filters }: ResnetConfig): readonly Level[] {
  return filters.map((channels, index) => ({
    height: Math.ceil(image.height / 2 ** index),
    width: Math.ceil(image.width / 2 ** index),
    channels,
  }))
}

function encoderLayers({ image, blocks }: ResnetConfig, levels: readonly Level[]): Spatial[] {
  return levels.flatMap(({ channels }, index) => {
    const before = levels[index - 1]
    const into = before
      ? convolution(`encoder/down_${index}`, {
          inputs: before.channels,
          outputs: channels,
          kernelSize: 2,
          stride: 2,
          activation: 'none',
        })
      : convolution('encoder/stem', {
          inputs: image.channels,
          outputs: channels,
          kernelSize: 3,
          stride: 1,
          activation: 'none',
        })
    const total = blocks * levels.length
    return [into, ...blocksOf(`encoder/block_${index + 1}`, { channels, blocks, total })]
  })
}

/** @param upwards levels from the latents on */
function decoderLayers({ blocks }: ResnetConfig, upwards: readonly Level[]): Spatial[] {
  return upwards.flatMap(({ channels, height, width }, index) => {
    const before = upwards[index - 1]
    const up = before && {
      inputs: before.channels,
      outputs: channels,
      kernelSize: 2,
      stride: 2,
      activation: 'none' as const,
      height,
      width,
    }
    const into = up ? [transposedConvolution(`decoder/up_${index}`, up)] : []
    const total = blocks * upwards.length
    return [...into, ...blocksOf(`decoder/block_${index + 1}`, { channels, blocks, total })]
  })
}

/** `blocks` residual blocks, of `total` on their side of the network. */
function blocksOf(
  name: string,
  { channels, blocks, total }: { channels: number; blocks: number; total: number },
): Spatial[] {
  return Array.from({ length: blocks }, (_, index) =>
    residualBlock(`${name}_${index + 1}`, { channels, blocks: total }),
  )
}

function outputLayer({ image, filters }: ResnetConfig): Layer<tf.Tensor4D, tf.Tensor2D> {
  return flatConvolution('decoder/output', {
    inputs: filters[0] ?? image.channels,
    outputs: image.channels,
    kernelSize: 3,
    stride: 1,
    height: image.height,
    width: image.width,
  })
}

function parametersOf(layers: readonly Spatial[]) {
  return layers.flatMap((layer) => layer.parameters)
}

function through(
  layers: readonly Spatial[],
  parameters: Parameters<Spatial['apply']>[0],
  input: tf.Tensor4D,
): tf.Tensor4D {
  return layers.reduce((value, layer) => layer.apply(parameters, value), input)
}

// The convolutional network: convolutions of stride 2 down to the latents, transposed ones back up.
import * as tf from '@tensorflow/tfjs-core'
import { TrainError } from '../error.js'
import {
  convolution,
  dense,
  flatTransposedConvolution,
  transposedConvolution,
  type Layer,
} from './layers.js'
import { channelsLast } from './layout.js'
import type { Body } from './network.js'
import type { ConvConfig } from './types.js'

interface Stage {
  readonly height: number
  readonly width: number
  readonly channels: number
}

/** The layers of a `conv`: `encoder/conv_1`, ... and `decoder/hidden`, `decoder/conv_1`, ..., `decoder/output`. */
export function convBody(config: ConvConfig): Body {
  const stages = stagesOf(config)
  const innermost = stages.at(-1) ?? config.image
  const features = innermost.height * innermost.width * innermost.channels
  const encoder = convolutions(stages, config.kernelSize)
  const decoder = decoderLayers(stages, { ...config, features })
  const spatial: [number, number, number, number] = [
    -1,
    innermost.height,
    innermost.width,
    innermost.channels,
  ]
  return {
    features,
    encoder: encoder.flatMap((layer) => layer.parameters),
    decoder: [decoder.hidden, ...decoder.inner, decoder.output].flatMap(
      (layer) => layer.parameters,
    ),
    encode: (parameters, image) => {
      const last = encoder.reduce(
        (value, layer) => layer.apply(parameters, value),
        channelsLast(config.image, image),
      )
      return tf.reshape<tf.Rank.R2>(last, [-1, features])
    },
    decodeFlat: (parameters, latent) => {
      const hidden = decoder.hidden.apply(parameters, latent)
      const first = tf.reshape<tf.Rank.R4>(hidden, spatial)
      const last = decoder.inner.reduce((value, layer) => layer.apply(parameters, value), first)
      return decoder.output.apply(parameters, last)
    },
  }
}

/** The image and what each convolution makes of it: stride 2 halves a size, rounding up. */
function stagesOf({ image, filters }: ConvConfig): readonly Stage[] {
  const stages: Stage[] = [image]
  for (const channels of filters) {
    const { height, width } = stages.at(-1) ?? image
    stages.push({ height: Math.ceil(height / 2), width: Math.ceil(width / 2), channels })
  }
  return stages
}

function convolutions(
  stages: readonly Stage[],
  kernelSize: number,
): readonly Layer<tf.Tensor4D, tf.Tensor4D>[] {
  return stages.slice(1).map((stage, index) =>
    convolution(`encoder/conv_${index + 1}`, {
      inputs: stages[index]?.channels ?? 0,
      outputs: stage.channels,
      kernelSize,
      stride: 2,
      activation: 'leakyRelu',
    }),
  )
}

function decoderLayers(
  stages: readonly Stage[],
  { latent, features, kernelSize }: ConvConfig & { features: number },
) {
  const upwards = stages.toReversed()
  const options = upwards.slice(1).map(({ height, width, channels }, index) => ({
    inputs: upwards[index]?.channels ?? 0,
    outputs: channels,
    kernelSize,
    stride: 2,
    height,
    width,
  }))
  const inner = options.slice(0, -1)
  const [last] = options.slice(-1)
  if (last === undefined) {
    throw new TrainError('filters: empty, got [], expected one or more')
  }
  return {
    hidden: dense('decoder/hidden', { inputs: latent, outputs: features, activation: 'leakyRelu' }),
    inner: inner.map((each, i) =>
      transposedConvolution(`decoder/conv_${i + 1}`, { ...each, activation: 'leakyRelu' }),
    ),
    output: flatTransposedConvolution('decoder/output', last),
  }
}

// The fully connected network: image - hidden - latent - hidden - image, with ReLU or softplus.
import * as tf from '@tensorflow/tfjs-core'
import { dense } from './layers.js'
import type { Body } from './network.js'
import type { MlpConfig } from './types.js'

/** The layers of an `mlp`. With one hidden layer it is called `hidden`, with more `hidden_1`, `hidden_2`, ... */
export function mlpBody(config: MlpConfig): Body {
  const { channels, height, width } = config.image
  const pixels = channels * height * width
  const widths = config.hidden
  const encoder = hiddenLayers('encoder', pixels, config)
  const decoder = hiddenLayers('decoder', config.latent, { ...config, hidden: widths.toReversed() })
  const output = dense('decoder/output', {
    inputs: widths[0] ?? config.latent,
    outputs: pixels,
    activation: 'none',
  })
  return {
    features: widths.at(-1) ?? pixels,
    encoder: encoder.flatMap((layer) => layer.parameters),
    decoder: [...decoder, output].flatMap((layer) => layer.parameters),
    encode: (parameters, image) =>
      encoder.reduce(
        (value, layer) => layer.apply(parameters, value),
        tf.reshape<tf.Rank.R2>(image, [-1, pixels]),
      ),
    decodeFlat: (parameters, latent) =>
      output.apply(
        parameters,
        decoder.reduce((value, layer) => layer.apply(parameters, value), latent),
      ),
  }
}

function hiddenLayers(
  side: string,
  inputs: number,
  { hidden: widths, activation }: Pick<MlpConfig, 'hidden' | 'activation'>,
) {
  return widths.map((outputs, index) =>
    dense(widths.length === 1 ? `${side}/hidden` : `${side}/hidden_${index + 1}`, {
      inputs: widths[index - 1] ?? inputs,
      outputs,
      activation,
    }),
  )
}

// The residual block: what a `resnet` has at each of its sizes.
import * as tf from '@tensorflow/tfjs-core'
import { convolution, heLimit, type Layer } from './layers.js'

const KERNEL_SIZE = 3

/**
 * h + conv_2(relu(conv_1(relu(h)))), 3 x 3, the shape unchanged (He et al. 2016, "Identity mappings in deep
 * residual networks"). There is no normalisation: `blocks` of them, one after another, start with conv_2 at
 * 1 / sqrt(blocks) of its usual size, so that depth does not blow h up (Child 2021, "Very deep VAEs").
 */
export function residualBlock(
  name: string,
  { channels, blocks }: { channels: number; blocks: number },
): Layer<tf.Tensor4D, tf.Tensor4D> {
  const same = { inputs: channels, outputs: channels, kernelSize: KERNEL_SIZE, stride: 1 }
  const limit = heLimit(KERNEL_SIZE * KERNEL_SIZE * channels) / Math.sqrt(blocks)
  const first = convolution(`${name}/conv_1`, { ...same, activation: 'relu' })
  const second = convolution(`${name}/conv_2`, { ...same, activation: 'none', limit })
  return {
    parameters: [...first.parameters, ...second.parameters],
    apply: (parameters, input) => {
      const activated: tf.Tensor4D = tf.tidy(name, () => tf.relu(input))
      const branch = second.apply(parameters, first.apply(parameters, activated))
      return tf.tidy(name, () => tf.add(input, branch))
    },
  }
}

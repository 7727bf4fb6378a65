import { describe, expect, it } from 'vitest'
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { randomStream } from '@anyvae/random'
import { createNetwork, initialParameters, type NetworkOptions } from '../index.js'

/** A network applied to two images of noise: what comes out of both its halves, and how large it is. */
function applied(options: NetworkOptions) {
  const network = createNetwork(options)
  const { channels, height, width } = network.config.image
  const values = initialParameters(network, 1)
  return tf.tidy(() => {
    const parameters = Object.fromEntries(
      network.parameters.map(({ name, shape }) => {
        return [name, tf.tensor(values[name] ?? [], [...shape], 'float32')]
      }),
    )
    const pixels = randomStream(1, 'pixels').uniforms(2 * channels * height * width)
    const images = tf.tensor4d(Float32Array.from(pixels), [2, channels, height, width])
    const { mean } = network.encode(parameters, images)
    const normals = randomStream(1, 'noise').normals(2 * network.config.latent)
    const latent = tf.tensor2d(normals, [2, network.config.latent])
    const flat = network.decodeFlat(parameters, latent)
    return { mean: mean.shape, flat: flat.shape, spread: tf.moments(flat).variance.dataSync()[0] }
  })
}

describe('a resnet', () => {
  it.each([
    [1, 9, 11],
    [3, 7, 6],
    [2, 1, 5],
    [1, 1, 1],
  ])('restores %i channels of %i x %i', (channels, height, width) => {
    const image = { channels, height, width }
    const options = { architecture: 'resnet', image, latent: 4, filters: [3, 4, 5] } as const
    const { mean, flat } = applied(options)
    expect(mean).toEqual([2, 4])
    expect(flat).toEqual([2, channels * height * width])
  })

  it('has its sizes and names', () => {
    const image = { channels: 3, height: 9, width: 5 }
    const network = createNetwork({
      architecture: 'resnet',
      image,
      latent: 4,
      filters: [2, 6],
      blocks: 2,
    })
    const kernels = network.parameters.filter(({ name }) => name.endsWith('/kernel'))
    expect(kernels.map(({ name, shape }) => `${name} ${shape.join('x')}`)).toMatchInlineSnapshot(`
      [
        "encoder/stem/kernel 3x3x3x2",
        "encoder/block_1_1/conv_1/kernel 3x3x2x2",
        "encoder/block_1_1/conv_2/kernel 3x3x2x2",
        "encoder/block_1_2/conv_1/kernel 3x3x2x2",
        "encoder/block_1_2/conv_2/kernel 3x3x2x2",
        "encoder/down_1/kernel 2x2x2x6",
        "encoder/block_2_1/conv_1/kernel 3x3x6x6",
        "encoder/block_2_1/conv_2/kernel 3x3x6x6",
        "encoder/block_2_2/conv_1/kernel 3x3x6x6",
        "encoder/block_2_2/conv_2/kernel 3x3x6x6",
        "encoder/mean/kernel 90x4",
        "encoder/log_variance/kernel 90x4",
        "decoder/hidden/kernel 4x90",
        "decoder/block_1_1/conv_1/kernel 3x3x6x6",
        "decoder/block_1_1/conv_2/kernel 3x3x6x6",
        "decoder/block_1_2/conv_1/kernel 3x3x6x6",
        "decoder/block_1_2/conv_2/kernel 3x3x6x6",
        "decoder/up_1/kernel 2x2x2x6",
        "decoder/block_2_1/conv_1/kernel 3x3x2x2",
        "decoder/block_2_1/conv_2/kernel 3x3x2x2",
        "decoder/block_2_2/conv_1/kernel 3x3x2x2",
        "decoder/block_2_2/conv_2/kernel 3x3x2x2",
        "decoder/output/kernel 3x3x2x3",
      ]
    `)
  })

  it('starts no larger with many blocks than with one', () => {
    const options = {
      architecture: 'resnet',
      image: { channels: 1, height: 8, width: 8 },
      filters: [8, 8],
    } as const
    const one = applied({ ...options, blocks: 1 }).spread ?? Number.NaN
    const many = applied({ ...options, blocks: 12 }).spread ?? Number.NaN
    expect(one).toBeGreaterThan(0.1)
    expect(many).toBeLessThan(4 * one)
  })
})

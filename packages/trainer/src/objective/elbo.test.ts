import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { randomStream } from '@anyvae/random'
import { beforeAll, describe, expect, it } from 'vitest'
import { createNetwork, elboTerms, initialParameters, type NetworkOptions } from '../index.js'

beforeAll(() => tf.setBackend('cpu'))

const image = { channels: 1, height: 3, width: 4 }
const batch = 5

function setUp(options: NetworkOptions) {
  const network = createNetwork(options)
  const { channels, height, width } = network.config.image
  const pixels = channels * height * width
  const values = initialParameters(network, 3)
  const parameters = Object.fromEntries(
    network.parameters.map(({ name, shape }) => [
      name,
      tf.tensor(Float32Array.from(values[name] ?? []), [...shape]),
    ]),
  )
  const x = Float32Array.from(randomStream(1, 'test/x').uniforms(batch * pixels))
  const noise = randomStream(1, 'test/noise').normals(batch * network.config.latent)
  const images = tf.tensor4d(x, [batch, channels, height, width])
  const inputs = { images, noise: tf.tensor2d(noise, [batch, network.config.latent]) }
  return { network, parameters, values, pixels, x, noise, inputs }
}

/** activation(x W + b) for one row, in float64 and without TensorFlow.js. */
function rowDense(x: readonly number[], kernel: Float32Array, bias: Float32Array): number[] {
  return [...bias].map((b, j) =>
    x.reduce((sum, value, i) => sum + value * (kernel[i * bias.length + j] ?? 0), b),
  )
}

describe('elboTerms', () => {
  it('is the sum of -log p(x given z) and the KL divergence, worked out by hand', () => {
    const { network, parameters, values, pixels, x, noise, inputs } = setUp({
      image,
      latent: 2,
      hidden: [6],
    })
    const layer = (name: string, input: readonly number[]) =>
      rowDense(
        input,
        values[`${name}/kernel`] ?? new Float32Array(),
        values[`${name}/bias`] ?? new Float32Array(),
      )
    const relu = (row: number[]) => row.map((value) => Math.max(0, value))
    const terms = elboTerms(network, parameters, inputs)
    const reconstruction = terms.reconstruction.arraySync()
    const kl = terms.kl.arraySync()
    for (let row = 0; row < batch; row++) {
      const pixelsOfRow = [...x.subarray(row * pixels, (row + 1) * pixels)]
      const hidden = relu(layer('encoder/hidden', pixelsOfRow))
      const mean = layer('encoder/mean', hidden)
      const logVariance = layer('encoder/log_variance', hidden)
      const z = mean.map(
        (m, j) => m + Math.sqrt(Math.exp(logVariance[j] ?? 0)) * (noise[row * 2 + j] ?? 0),
      )
      const logits = layer('decoder/output', relu(layer('decoder/hidden', z)))
      const probabilities = logits.map((l) => 1 / (1 + Math.exp(-l)))
      const expected = -probabilities.reduce((sum, p, i) => {
        const target = pixelsOfRow[i] ?? 0
        return sum + target * Math.log(p) + (1 - target) * Math.log(1 - p)
      }, 0)
      const divergence = mean.reduce((sum, m, j) => {
        const variance = Math.exp(logVariance[j] ?? 0)
        return sum + (m * m + variance - 1 - Math.log(variance)) / 2
      }, 0)
      expect(reconstruction[row]).toBeCloseTo(expected, 4)
      expect(kl[row]).toBeCloseTo(divergence, 4)
    }
  })

  it('takes the full log density of the Gaussian, with the learned scale', () => {
    const { network, parameters, pixels, x, inputs } = setUp({
      image,
      latent: 2,
      likelihood: 'gaussian',
    })
    const logScale = -0.7
    const scaled = { ...parameters, 'decoder/log_scale': tf.scalar(logScale) }
    const terms = elboTerms(network, scaled, inputs)
    const deviation = tf.exp(tf.mul(terms.logVariance, 0.5))
    const latent: tf.Tensor2D = tf.add(terms.mean, tf.mul(deviation, inputs.noise))
    const decoded = network.decode(scaled, latent)
    expect(decoded.logits).toBeUndefined()
    expect(decoded.logScale?.arraySync()).toBeCloseTo(logScale, 6)
    const means = decoded.image.dataSync()
    const sigma = Math.exp(logScale)
    for (let row = 0; row < batch; row++) {
      let expected = 0
      for (let i = row * pixels; i < (row + 1) * pixels; i++) {
        const distance = ((x[i] ?? 0) - (means[i] ?? 0)) / sigma
        expected -= Math.log(
          Math.exp((-distance * distance) / 2) / (sigma * Math.sqrt(2 * Math.PI)),
        )
      }
      expect(terms.reconstruction.arraySync()[row]).toBeCloseTo(expected, 4)
    }
  })

  it('stays finite where a logit is far beyond what exp can hold', () => {
    const { network, parameters, inputs } = setUp({ image, latent: 2, hidden: [6] })
    const bias = tf.fill([12], 500)
    const terms = elboTerms(network, { ...parameters, 'decoder/output/bias': bias }, inputs)
    const values = terms.reconstruction.arraySync()
    expect(values.every((value) => Number.isFinite(value) && value > 1000)).toBe(true)
  })
})

describe('conv', () => {
  it.each([
    { channels: 1, height: 28, width: 28 },
    { channels: 3, height: 27, width: 5 },
    { channels: 1, height: 1, width: 1 },
  ])('keeps the shape $channels x $height x $width', (shape) => {
    const { network, parameters, inputs } = setUp({
      architecture: 'conv',
      image: shape,
      latent: 3,
      filters: [2, 3, 4],
    })
    const { mean } = network.encode(parameters, inputs.images)
    expect(mean.shape).toEqual([batch, 3])
    const decoded = network.decode(parameters, mean)
    const { channels, height, width } = shape
    expect(decoded.image.shape).toEqual([batch, channels, height, width])
    expect(decoded.logits?.shape).toEqual(decoded.image.shape)
  })

  it('keeps channels first on both sides', () => {
    const { network, parameters, inputs } = setUp({
      architecture: 'conv',
      image: { channels: 2, height: 4, width: 4 },
      latent: 2,
      filters: [2],
    })
    const bias = tf.tensor1d([9, -9])
    const shifted = { ...parameters, 'decoder/output/bias': bias }
    const { logits } = network.decode(shifted, inputs.noise)
    if (logits === undefined) throw new Error('no logits')
    const [first, second] = tf.split(logits, 2, 1)
    expect(first?.dataSync().every((logit) => logit > 0)).toBe(true)
    expect(second?.dataSync().every((logit) => logit < 0)).toBe(true)
  })
})

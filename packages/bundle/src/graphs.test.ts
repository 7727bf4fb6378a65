import { beforeAll, describe, expect, it } from 'vitest'
import { encodeModel, type Model, printModel } from '@anyvae/onnx'
import { createNetwork, initialParameters, type NetworkOptions } from '@anyvae/trainer'
import { vaeModels } from './graphs.js'

const image = { channels: 1, height: 28, width: 28 }
const options = { opset: 17, producerVersion: '0', metadata: { author: 'someone' } }

function models(settings: NetworkOptions) {
  const network = createNetwork(settings)
  return { network, ...vaeModels(network, initialParameters(network, 1), options) }
}

/** Operators in order, one line. */
const operators = ({ graph }: Model) => graph.nodes.map((node) => node.opType).join(' ')

describe('the graphs of the mlp', () => {
  let mlp: ReturnType<typeof models>
  beforeAll(() => {
    mlp = models({ architecture: 'mlp', image })
  })

  it('print readably', () => {
    expect(printModel(mlp.encoder)).toMatchInlineSnapshot(`
      "model: IR 8, opset onnx 17, by anyvae 0
      # Encodes images to the mean and the log-variance of the posterior q(z given x) of each latent.
      author: "someone"
      graph encoder(image: float32[batch, 1, 28, 28]) -> (mean: float32[batch, 20], log_variance: float32[batch, 20]) {
        # Encodes images to the mean and the log-variance of the posterior q(z given x) of each latent.
        encoder_hidden_kernel: float32[784, 400]
        encoder_hidden_bias: float32[400]
        encoder_mean_kernel: float32[400, 20]
        encoder_mean_bias: float32[20]
        encoder_log_variance_kernel: float32[400, 20]
        shape: int64[2] = {-1, 784}
        Reshape: float32[batch, 784] = Reshape(image, shape)
        encoder_hidden_Gemm: float32[batch, 400] = Gemm(Reshape, encoder_hidden_kernel, encoder_hidden_bias)
        encoder_hidden_Relu: float32[batch, 400] = Relu(encoder_hidden_Gemm)
        [encoder_mean_Gemm] mean: float32[batch, 20] = Gemm(encoder_hidden_Relu, encoder_mean_kernel, encoder_mean_bias)
        [encoder_log_variance_Gemm] log_variance: float32[batch, 20] = Gemm(encoder_hidden_Relu, encoder_log_variance_kernel, encoder_mean_bias)
      }"
    `)
    expect(operators(mlp.decoder)).toMatchInlineSnapshot(`"Gemm Relu Gemm Reshape Sigmoid"`)
  })

  it('are hardly larger than their weights', () => {
    const floats = mlp.network.parameters.map(({ shape }) => shape.reduce((a, b) => a * b, 1))
    const weights = 4 * floats.reduce((a, b) => a + b, 0)
    const bytes = [mlp.encoder, mlp.decoder].map((model) => encodeModel(model).length)
    expect(bytes.reduce((a, b) => a + b, 0) - weights).toBeLessThan(8192)
  })
})

describe('the graphs of the conv', () => {
  it('keep their layout changes to the seam', () => {
    const conv = models({ architecture: 'conv', image })
    expect(operators(conv.encoder)).toMatchInlineSnapshot(
      `"Conv LeakyRelu Conv LeakyRelu Reshape Gemm Gemm"`,
    )
    expect(operators(conv.decoder)).toMatchInlineSnapshot(
      `"Gemm LeakyRelu Reshape ConvTranspose LeakyRelu ConvTranspose Sigmoid"`,
    )
  })

  it('give the scale of a gaussian likelihood', () => {
    const { decoder } = models({ architecture: 'conv', image, likelihood: 'gaussian' })
    expect(decoder.graph.outputs).toEqual([
      { name: 'image', dataType: 'float32', dims: ['batch', 1, 28, 28] },
      { name: 'log_scale', dataType: 'float32', dims: [] },
    ])
  })
})

describe('the graphs of the resnet', () => {
  it('transpose nothing', () => {
    const colour = { channels: 3, height: 9, width: 10 }
    const resnet = models({ architecture: 'resnet', image: colour, filters: [4, 5] })
    expect(operators(resnet.encoder)).toMatchInlineSnapshot(
      `"Conv Relu Conv Relu Conv Add Conv Relu Conv Relu Conv Add Relu Reshape Gemm Gemm"`,
    )
    expect(operators(resnet.decoder)).toMatchInlineSnapshot(
      `"Gemm Reshape Relu Conv Relu Conv Add ConvTranspose Relu Conv Relu Conv Add Relu Conv Sigmoid"`,
    )
  })
})

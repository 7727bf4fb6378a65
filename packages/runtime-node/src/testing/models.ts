// Small models for the tests: a linear encoder and decoder with known weights.
import { encodeModel, tensorOf, type Graph, type Node, type ValueInfo } from '@anyvae/onnx'

/** Sizes of the test VAE: three channels, unequal sides. */
export const IMAGE = { channels: 3, height: 2, width: 4 }
export const PIXELS = 24
export const LATENT = 5

/** Weights that differ everywhere, between -0.5 and 0.5. */
export function weights(count: number, phase: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => Math.sin(i * 1.7 + phase) / 2)
}

export const MEAN_WEIGHTS = weights(PIXELS * LATENT, 1)
export const LOG_VARIANCE_WEIGHTS = weights(PIXELS * LATENT, 2)
export const DECODER_WEIGHTS = weights(LATENT * PIXELS, 3)

/** rows [n, inner] times matrix [inner, outer], in float64. */
export function multiply(rows: ArrayLike<number>, matrix: Float32Array, inner: number): number[] {
  const outer = matrix.length / inner
  return Array.from({ length: (rows.length / inner) * outer }, (_, at) => {
    const [row, column] = [Math.floor(at / outer), at % outer]
    let sum = 0
    for (let i = 0; i < inner; i++) {
      sum += (rows[row * inner + i] ?? 0) * (matrix[i * outer + column] ?? 0)
    }
    return sum
  })
}

/** A graph as a serialised model, opset 17, IR 8. */
export function model(graph: Partial<Graph>): Uint8Array {
  const empty = { name: 'test', nodes: [], inputs: [], outputs: [], initializers: [], values: [] }
  return encodeModel({ irVersion: 8, opsets: { '': 17 }, graph: { ...empty, ...graph } })
}

export function node(opType: string, inputs: string[], output: string): Node {
  return { name: `${opType}_${output}`, opType, inputs, outputs: [output], attributes: {} }
}

export function float(name: string, ...dims: (number | string)[]): ValueInfo {
  return { name, dataType: 'float32', dims }
}

/** encoder.onnx: `mean` and `log_variance` are linear in the pixels. */
export function encoderModel(latent = LATENT): Uint8Array {
  const size = PIXELS * latent
  return model({
    inputs: [float('image', 'batch', ...Object.values(IMAGE))],
    outputs: [float('mean', 'batch', latent), float('log_variance', 'batch', latent)],
    nodes: [
      node('Flatten', ['image'], 'pixels'),
      node('MatMul', ['pixels', 'mean_weights'], 'mean'),
      node('MatMul', ['pixels', 'log_variance_weights'], 'log_variance'),
    ],
    initializers: [
      {
        name: 'mean_weights',
        ...tensorOf('float32', [PIXELS, latent], MEAN_WEIGHTS.slice(0, size)),
      },
      {
        name: 'log_variance_weights',
        ...tensorOf('float32', [PIXELS, latent], LOG_VARIANCE_WEIGHTS.slice(0, size)),
      },
    ],
  })
}

/** decoder.onnx: logits are linear in the latents; a Gaussian one does not give them out. */
export function decoderModel(likelihood: 'bernoulli' | 'gaussian' = 'bernoulli'): Uint8Array {
  const image = float('image', 'batch', ...Object.values(IMAGE))
  const logits = { ...image, name: 'logits' }
  return model({
    inputs: [float('latent', 'batch', LATENT)],
    outputs: likelihood === 'bernoulli' ? [image, logits] : [image],
    nodes: [
      node('MatMul', ['latent', 'weights'], 'flat'),
      node('Reshape', ['flat', 'shape'], 'logits'),
      node('Sigmoid', ['logits'], 'image'),
    ],
    initializers: [
      { name: 'weights', ...tensorOf('float32', [LATENT, PIXELS], DECODER_WEIGHTS) },
      { name: 'shape', ...tensorOf('int64', [4], [-1, ...Object.values(IMAGE)]) },
    ],
  })
}

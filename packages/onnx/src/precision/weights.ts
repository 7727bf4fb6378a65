// Float weights to int8 and biases to int32: symmetric, a scale for each channel.
import { numbersOf, tensorOf } from '../builder/tensor.js'
import { elementCount } from '../builder/value.js'
import type { Node, TensorData } from '../types.js'

/**
 * The largest quantised weight: 7 bits of the 8. x86 processors without VNNI instructions add two
 * products of an unsigned and a signed byte in 16 signed bits, and 2 x 255 x 64 is the most that fits:
 * with 8 bits they saturate and give other values than everything else (microsoft/onnxruntime#12088).
 * The lost bit costs 0.03 nats in MNIST's convolutional VAE.
 */
const LARGEST_WEIGHT = 63

/** Weights as `values * scales[channel]`. */
export interface QuantizedWeights {
  /** int8 or int32, of the weight's shape. */
  readonly values: TensorData
  /** float32, one for each channel. */
  readonly scales: TensorData
}

/** Rounds weights to int8, with the least scale for each channel at which none is cut off. */
export function quantizeWeights(weight: TensorData, axis: number): QuantizedWeights {
  const numbers = numbersOf(weight)
  const channels = weight.dims[axis] ?? 1
  const inner = elementCount(weight.dims.slice(axis + 1))
  const channelOf = (index: number) => Math.floor(index / inner) % channels
  const peaks = new Float64Array(channels)
  numbers.forEach((value, index) => {
    const channel = channelOf(index)
    peaks[channel] = Math.max(peaks[channel] ?? 0, Math.abs(value))
  })
  // Rounded as the file holds them; a channel of zeros takes any scale.
  const scales = Float32Array.from(peaks, (peak) => peak / LARGEST_WEIGHT || 1)
  const values = Int8Array.from(numbers, (value, index) =>
    clamped(value / (scales[channelOf(index)] ?? 1), LARGEST_WEIGHT),
  )
  return {
    values: { dataType: 'int8', dims: weight.dims, bytes: new Uint8Array(values.buffer) },
    scales: tensorOf('float32', [channels], scales),
  }
}

/**
 * The bias of a Gemm in int32 with the scales of its products, as integer kernels add it; undefined
 * where it has another shape than one value for each channel, or a factor of its own.
 */
export function quantizeBias(
  { attributes: { alpha, beta } }: Node,
  bias: TensorData,
  product: { readonly scales: TensorData; readonly scale: number },
): QuantizedWeights | undefined {
  const { dims } = product.scales
  const plain = [alpha, beta].every((each) => each?.type !== 'float' || each.value === 1)
  if (!plain || bias.dataType !== 'float32' || bias.dims.join() !== dims.join()) return undefined
  const scales = Float32Array.from(numbersOf(product.scales), (scale) => scale * product.scale)
  const values = numbersOf(bias).map((value, i) => clamped(value / (scales[i] ?? 1), 2 ** 31 - 1))
  return { values: tensorOf('int32', dims, values), scales: tensorOf('float32', dims, scales) }
}

function clamped(value: number, largest: number): number {
  return Math.max(-largest, Math.min(largest, Math.round(value)))
}

// Normalisation over channels and by given moments.
import { attr } from '@anyvae/onnx'
import type { Operand } from '../operand.js'
import type { Recorder } from '../recorder.js'
import { channelsFirst, channelsLast } from './layout.js'
import type { Lowering } from './lowering.js'

/**
 * batchNorm(x: Tensor, mean, variance, offset?, scale?, varianceEpsilon): with one number a channel,
 * one product and one sum, whose factors are constants where the moments are.
 */
const batchNorm: Lowering<'FusedBatchNorm'> = (inputs, { varianceEpsilon }, recorder) => {
  const { x, mean, variance, offset, scale } = inputs
  const call = (opType: string, a: Operand, b: Operand) => recorder.elementwise(opType, [a, b])
  const epsilon = recorder.fill('float32', [], varianceEpsilon ?? DEFAULT_EPSILON)
  const deviation = recorder.node('Sqrt', [call('Add', variance, epsilon)])
  const factor = scale ? call('Div', scale, deviation) : recorder.node('Reciprocal', [deviation])
  if (mean.dims.length > 1) {
    const scaled = call('Mul', call('Sub', x, mean), factor)
    return offset ? call('Add', scaled, offset) : scaled
  }
  const shift = call('Mul', mean, factor)
  const scaled = call('Mul', x, factor)
  return offset ? call('Add', scaled, call('Sub', offset, shift)) : call('Sub', scaled, shift)
}

const DEFAULT_EPSILON = 0.001

/** localResponseNormalization(x: Tensor4D, depthRadius, bias, alpha, beta) */
const lrn: Lowering<'LRN'> = ({ x }, { depthRadius, bias, alpha, beta }, recorder) => {
  const size = 2 * depthRadius + 1
  const result = recorder.node('LRN', [channelsFirst(x, recorder)], {
    size: attr.int(size),
    bias: attr.float(bias),
    // ONNX divides alpha by the size.
    alpha: attr.float(alpha * size),
    beta: attr.float(beta),
  })
  return channelsLast(result, recorder)
}

/** The gradient of lrn: dy * norm^-beta - 2 * alpha * beta * x * windowSum(dy * y / norm). */
const lrnGrad: Lowering<'LRNGrad'> = ({ x, y, dy }, attributes, recorder) => {
  const { depthRadius, bias, alpha, beta } = attributes
  const call = (opType: string, a: Operand, b: Operand | number) => {
    const second = typeof b === 'number' ? recorder.fill('float32', [], b) : b
    return recorder.elementwise(opType, [a, second])
  }
  const size = 2 * depthRadius + 1
  const squares = channelAverage(call('Mul', x, x), depthRadius, recorder)
  const norm = call('Add', call('Mul', squares, alpha * size), bias)
  const direct = call('Div', dy, call('Pow', norm, beta))
  const parts = call('Div', call('Mul', dy, y), norm)
  const shared = call('Mul', x, channelAverage(parts, depthRadius, recorder))
  return call('Sub', direct, call('Mul', shared, 2 * alpha * beta * size))
}

/** The sum over the channels around each one, divided by how many those are at most. */
function channelAverage(x: Operand, radius: number, recorder: Recorder): Operand {
  return recorder.node('AveragePool', [x], {
    kernel_shape: attr.ints([1, 2 * radius + 1]),
    strides: attr.ints([1, 1]),
    pads: attr.ints([0, radius, 0, radius]),
    count_include_pad: attr.int(1),
  })
}

export const normalization = {
  FusedBatchNorm: batchNorm,
  LRN: lrn,
  LRNGrad: lrnGrad,
} as const

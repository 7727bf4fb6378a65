// Normalisation over channels and by given moments.
import { attr } from '@anyvae/onnx'
import type { KernelMap } from '../kernels.js'
import type { Operand } from '../operand.js'
import type { Recorder } from '../recorder.js'
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

type Response = KernelMap['LRN']['attributes']

/**
 * localResponseNormalization(x: Tensor4D, depthRadius, bias, alpha, beta): x / norm^beta. The operator
 * LRN wants channels first, WebGPU has it not, and the reference evaluator of ONNX errs in it.
 */
const lrn: Lowering<'LRN'> = ({ x }, attributes, recorder) =>
  recorder.elementwise('Div', [
    x,
    power(normOf(x, attributes, recorder), attributes.beta, recorder),
  ])

/** The gradient of lrn: dy / norm^beta - 2 * alpha * beta * x * windowSum(dy * y / norm). */
const lrnGrad: Lowering<'LRNGrad'> = ({ x, y, dy }, attributes, recorder) => {
  const { depthRadius, alpha, beta } = attributes
  const call = (opType: string, a: Operand, b: Operand) => recorder.elementwise(opType, [a, b])
  const norm = normOf(x, attributes, recorder)
  const direct = call('Div', dy, power(norm, beta, recorder))
  const parts = call('Div', call('Mul', dy, y), norm)
  const shared = call('Mul', x, channelAverage(parts, depthRadius, recorder))
  const factor = recorder.fill('float32', [], 2 * alpha * beta * (2 * depthRadius + 1))
  return call('Sub', direct, call('Mul', shared, factor))
}

/** bias + alpha * the sum of squares over the channels around each one. */
function normOf(x: Operand, { depthRadius, bias, alpha }: Response, recorder: Recorder): Operand {
  const squares = recorder.elementwise('Mul', [x, x])
  const factor = recorder.fill('float32', [], alpha * (2 * depthRadius + 1))
  const average = channelAverage(squares, depthRadius, recorder)
  const scaled = recorder.elementwise('Mul', [average, factor])
  return recorder.elementwise('Add', [scaled, recorder.fill('float32', [], bias)])
}

function power(x: Operand, exponent: number, recorder: Recorder): Operand {
  return recorder.elementwise('Pow', [x, recorder.fill('float32', [], exponent)])
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

// Activations, as kernels of their own and at the end of fused kernels.
import { attr, broadcast } from '@anyvae/onnx'
import { TraceError } from '../error.js'
import type { Operand } from '../operand.js'
import type { Recorder } from '../recorder.js'
import { floating, type Lowering } from './lowering.js'

/** relu(x: Tensor) */
const relu: Lowering<'Relu'> = ({ x }, _, recorder) => reluOf(x, recorder)

/** relu6(x: Tensor) */
const relu6: Lowering<'Relu6'> = ({ x }, _, recorder) => relu6Of(x, recorder)

/** leakyRelu(x: Tensor, alpha: number); a float32 tensor, whatever x is */
const leakyRelu: Lowering<'LeakyRelu'> = ({ x }, { alpha }, recorder) =>
  leakyReluOf(x, alpha, recorder)

/** prelu(x: Tensor, alpha: Tensor); a float32 tensor, whatever x is */
const prelu: Lowering<'Prelu'> = ({ x, alpha }, _, recorder) => preluOf(x, alpha, recorder)

function reluOf(x: Operand, recorder: Recorder): Operand {
  if (x.dataType === 'float32') {
    return recorder.node('Relu', [x])
  }
  // No boolean is negative, and Relu takes whole numbers from opset 14 on alone.
  return x.dataType === 'bool'
    ? x
    : recorder.elementwise('Max', [x, recorder.fill(x.dataType, [], 0)])
}

function relu6Of(x: Operand, recorder: Recorder): Operand {
  if (x.dataType === 'bool') {
    return x
  }
  const [low, high] = [recorder.fill(x.dataType, [], 0), recorder.fill(x.dataType, [], 6)]
  return recorder.node('Clip', [x, low, high])
}

function leakyReluOf(x: Operand, alpha: number, recorder: Recorder): Operand {
  return recorder.node('LeakyRelu', [recorder.cast(x, 'float32')], { alpha: attr.float(alpha) })
}

function preluOf(x: Operand, alpha: Operand, recorder: Recorder): Operand {
  const [input, slope] = [recorder.cast(x, 'float32'), recorder.cast(alpha, 'float32')]
  // PRelu broadcasts the slope alone.
  const expanded = recorder.expand(input, broadcast(x.dims, alpha.dims))
  return recorder.node('PRelu', [expanded, slope])
}

const elu = floating('Elu')
const sigmoid = floating('Sigmoid')

/** What some activations take beside their input. */
export interface ActivationOptions {
  /** The slope of `leakyrelu` below zero. */
  readonly leakyreluAlpha?: number | undefined
  /** The slopes of `prelu` below zero. */
  readonly preluWeights?: Operand | undefined
}

/** The activation of a fused kernel, under the name that TensorFlow.js gives it. */
export function activate(
  x: Operand,
  activation: string | undefined | null,
  { leakyreluAlpha = 0.2, preluWeights }: ActivationOptions,
  recorder: Recorder,
): Operand {
  switch (activation ?? 'linear') {
    case 'linear':
      return x
    case 'relu':
      return reluOf(x, recorder)
    case 'relu6':
      return relu6Of(x, recorder)
    case 'elu':
      return elu({ x }, {}, recorder)
    case 'sigmoid':
      return sigmoid({ x }, {}, recorder)
    case 'leakyrelu':
      return leakyReluOf(x, leakyreluAlpha, recorder)
    case 'prelu':
      return preluOf(x, slopes(preluWeights), recorder)
    default:
      throw new TraceError(
        `activation: has no fused form, got ${activation ?? ''}, expected linear, relu, relu6, elu, prelu, leakyrelu or sigmoid`,
      )
  }
}

function slopes(weights: Operand | undefined): Operand {
  if (weights === undefined) {
    throw new TraceError('activation: prelu has no slopes, expected a tensor of weights')
  }
  return weights
}

export const activation = {
  Elu: elu,
  LeakyRelu: leakyRelu,
  Prelu: prelu,
  Relu: relu,
  Relu6: relu6,
  Sigmoid: sigmoid,
} as const

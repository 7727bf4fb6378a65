// Activations, as kernels of their own and at the end of fused kernels.
import { attr, broadcast } from '@anyvae/onnx'
import { TraceError } from '../error.js'
import type { Operand } from '../operand.js'
import type { Recorder } from '../recorder.js'
import { floating, type Lowering, numeric, type Single } from './lowering.js'

function reluOf({ x }: Single, recorder: Recorder): Operand {
  if (x.dataType === 'float32') {
    return recorder.node('Relu', [x])
  }
  // No boolean is negative, and Relu takes whole numbers from opset 14 on alone.
  return x.dataType === 'bool' ? x : clip(x, [0, undefined], recorder)
}

function relu6Of({ x }: Single, recorder: Recorder): Operand {
  return x.dataType === 'bool' ? x : clip(x, [0, 6], recorder)
}

type Bounds = readonly [low: number | undefined, high: number | undefined]

/** Not a number stays not a number. */
function clip(x: Operand, bounds: Bounds, recorder: Recorder): Operand {
  const scalars = bounds.map((bound) =>
    bound === undefined ? undefined : recorder.fill(x.dataType, [], bound),
  )
  return recorder.node('Clip', bounds[1] === undefined ? [x, scalars[0]] : [x, ...scalars])
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

/** clipByValue(x: Tensor, clipValueMin: number, clipValueMax: number) */
const clipByValue: Lowering<'ClipByValue'> = ({ x }, attributes, recorder) => {
  const { clipValueMin, clipValueMax } = attributes
  const number = numeric(x, recorder)
  const bounds = [clipValueMin, clipValueMax].map((bound) => within(bound, number.dataType))
  const clipped = clip(number, [bounds[0], bounds[1]], recorder)
  return recorder.cast(clipped, x.dataType)
}

/** The bound in a type; whole numbers have an end. */
function within(bound: number, dataType: Operand['dataType']): number {
  return dataType === 'float32'
    ? bound
    : Math.trunc(Math.min(Math.max(bound, -(2 ** 31)), 2 ** 31 - 1))
}

/** relu(x: Tensor) */
const relu: Lowering<'Relu'> = (inputs, _, recorder) => reluOf(inputs, recorder)

/** relu6(x: Tensor) */
const relu6: Lowering<'Relu6'> = (inputs, _, recorder) => relu6Of(inputs, recorder)

/** leakyRelu(x: Tensor, alpha: number); a float32 tensor, whatever x is */
const leakyRelu: Lowering<'LeakyRelu'> = ({ x }, { alpha }, recorder) =>
  leakyReluOf(x, alpha, recorder)

/** prelu(x: Tensor, alpha: Tensor); a float32 tensor, whatever x is */
const prelu: Lowering<'Prelu'> = ({ x, alpha }, _, recorder) => preluOf(x, alpha, recorder)

/** eluGrad(dy: Tensor, y: Tensor), with y the result of elu: dy · (min(y, 0) + 1) */
const eluGrad: Lowering<'EluGrad'> = ({ dy, y }, _, recorder) => {
  const below = clip(recorder.cast(y, 'float32'), [undefined, 0], recorder)
  const slope = recorder.elementwise('Add', [below, recorder.fill('float32', [], 1)])
  return recorder.elementwise('Mul', [recorder.cast(dy, 'float32'), slope])
}

/**
 * step(x: Tensor, alpha: number): 1 above zero, alpha elsewhere, NaN where x is NaN. The gradient of
 * abs has alpha -1.
 */
const step: Lowering<'Step'> = ({ x }, { alpha }, recorder) => {
  const number = numeric(x, recorder)
  const unit = clip(number, [0, 1], recorder)
  const above = number.dataType === 'float32' ? recorder.node('Ceil', [unit]) : unit
  const result = alpha === 0 ? above : otherwise(above, alpha, recorder)
  return recorder.cast(result, x.dataType)
}

/** 1 where above is 1, alpha where it is 0. A comparison takes several times as long. */
function otherwise(above: Operand, alpha: number, recorder: Recorder): Operand {
  const real = above.dataType === 'float32'
  const low = real ? Math.fround(alpha) : Math.trunc(alpha)
  const rise = real ? Math.fround(1 - low) : 1 - low
  const scalar = (value: number) => recorder.fill(above.dataType, [], value)
  if (Math.fround(rise + low) !== 1) {
    const below = recorder.elementwise('Equal', [above, scalar(0)])
    return recorder.elementwise('Where', [below, scalar(low), above])
  }
  return recorder.elementwise('Add', [
    recorder.elementwise('Mul', [above, scalar(rise)]),
    scalar(low),
  ])
}

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
      return reluOf({ x }, recorder)
    case 'relu6':
      return relu6Of({ x }, recorder)
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
    throw new TraceError('activation: prelu has no slopes, got none, expected a tensor of weights')
  }
  return weights
}

export const activation = {
  ClipByValue: clipByValue,
  Elu: elu,
  EluGrad: eluGrad,
  LeakyRelu: leakyRelu,
  Prelu: prelu,
  Relu: relu,
  Relu6: relu6,
  Selu: floating('Selu'),
  Sigmoid: sigmoid,
  Softplus: floating('Softplus'),
  Step: step,
  Tanh: floating('Tanh'),
} as const

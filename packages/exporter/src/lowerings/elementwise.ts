// Element-wise kernels.
import { TraceError } from '../error.js'
import { binary, type Lowering, multiply, unary } from './lowering.js'

/** addN(tensors: Tensor[]) */
const addN: Lowering<'AddN'> = (tensors, _, recorder) =>
  [...tensors].reduce((sum, each) => recorder.elementwise('Add', [sum, each]))

/** cast(x: Tensor, dtype: DataType) */
const cast: Lowering<'Cast'> = ({ x }, { dtype }, recorder) => {
  if (dtype === 'float32' || dtype === 'int32' || dtype === 'bool') {
    return recorder.cast(x, dtype)
  }
  throw new TraceError(
    `cast: type has no ONNX equal, got ${dtype}, expected float32, int32 or bool`,
  )
}

/** clipByValue(x: Tensor, clipValueMin: number, clipValueMax: number) */
const clip: Lowering<'ClipByValue'> = ({ x }, { clipValueMin, clipValueMax }, recorder) =>
  recorder.node('Clip', [
    x,
    recorder.fill(x.dataType, [], clipValueMin),
    recorder.fill(x.dataType, [], clipValueMax),
  ])

/** notEqual(a: Tensor, b: Tensor) */
const notEqual: Lowering<'NotEqual'> = ({ a, b }, _, recorder) =>
  recorder.node('Not', [recorder.elementwise('Equal', [a, b])])

/** rsqrt(x: Tensor) */
const rsqrt: Lowering<'Rsqrt'> = ({ x }, _, recorder) =>
  recorder.node('Reciprocal', [recorder.node('Sqrt', [x])])

/** where(condition: Tensor, t: Tensor, e: Tensor), all of one shape */
const select: Lowering<'Select'> = ({ condition, t, e }, _, recorder) =>
  recorder.elementwise('Where', [condition, t, e])

/** square(x: Tensor) */
const square: Lowering<'Square'> = ({ x }, _, recorder) => recorder.node('Mul', [x, x])

/** squaredDifference(a: Tensor, b: Tensor) */
const squaredDifference: Lowering<'SquaredDifference'> = ({ a, b }, _, recorder) => {
  const difference = recorder.elementwise('Sub', [a, b])
  return recorder.node('Mul', [difference, difference])
}

/** step(x: Tensor, alpha: number): 1 above zero, alpha elsewhere; the gradient of abs has alpha -1. */
const step: Lowering<'Step'> = ({ x }, { alpha }, recorder) => {
  const above = recorder.elementwise('Greater', [x, recorder.fill(x.dataType, [], 0)])
  if (alpha === 0) {
    return recorder.cast(above, x.dataType)
  }
  const values = [1, alpha].map((value) => recorder.fill(x.dataType, [], value))
  return recorder.elementwise('Where', [above, ...values])
}

export const elementwise = {
  Abs: unary('Abs'),
  Add: binary('Add'),
  AddN: addN,
  Cast: cast,
  ClipByValue: clip,
  Equal: binary('Equal'),
  Exp: unary('Exp'),
  Floor: unary('Floor'),
  Greater: binary('Greater'),
  GreaterEqual: binary('GreaterOrEqual'),
  Less: binary('Less'),
  LessEqual: binary('LessOrEqual'),
  Log: unary('Log'),
  LogicalAnd: binary('And'),
  LogicalNot: unary('Not'),
  LogicalOr: binary('Or'),
  Maximum: binary('Max'),
  Minimum: binary('Min'),
  Multiply: multiply,
  Neg: unary('Neg'),
  NotEqual: notEqual,
  Pow: binary('Pow'),
  RealDiv: binary('Div'),
  Reciprocal: unary('Reciprocal'),
  Rsqrt: rsqrt,
  Select: select,
  Sign: unary('Sign'),
  Softplus: unary('Softplus'),
  Sqrt: unary('Sqrt'),
  Square: square,
  SquaredDifference: squaredDifference,
  Step: step,
  Sub: binary('Sub'),
  Tanh: unary('Tanh'),
} as const

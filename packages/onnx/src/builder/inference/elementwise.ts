// Result types of element-wise operators.
import { dataTypeOfCode } from '../../data-types.js'
import { OnnxError } from '../../error.js'
import type { DataType } from '../../types.js'
import { type Call, type Inference, int, required } from '../value.js'

/** The shape that shapes broadcast to, as numpy defines it. */
export function broadcast(...shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length))
  return Array.from({ length: rank }, (_, axis) => {
    const sizes = shapes.map((shape) => shape[axis - rank + shape.length] ?? 1)
    const size = sizes.find((each) => each !== 1) ?? 1
    if (sizes.some((each) => each !== 1 && each !== size)) {
      const got = shapes.map((shape) => `[${shape.join(', ')}]`).join(' and ')
      throw new OnnxError(`shapes: do not broadcast, got ${got}`)
    }
    return size
  })
}

/** A shape that others must broadcast to without changing it. */
export function broadcastTo(call: Call, dims: readonly number[], other: readonly number[]): void {
  const both = broadcast(dims, other)
  if (both.length !== dims.length || both.some((size, i) => size !== dims[i])) {
    throw new OnnxError(
      `${call.opType}: shape does not broadcast, got [${other.join(', ')}], expected one that goes with [${dims.join(', ')}]`,
    )
  }
}

const broadcastInputs = (call: Call): number[] =>
  broadcast(...call.inputs.flatMap((input) => (input ? [input.dims] : [])))

/** The same type as the first input's. */
export const unary: Inference = (call) => {
  const { dataType, dims } = required(call, 0)
  return [{ dataType, dims }]
}

const test: Inference = (call) => [{ dataType: 'bool', dims: required(call, 0).dims }]

const arithmetic: Inference = (call) => [
  { dataType: required(call, 0).dataType, dims: broadcastInputs(call) },
]

const comparison: Inference = (call) => [{ dataType: 'bool', dims: broadcastInputs(call) }]

/** One rule for several operators. */
export const named = (names: string, inference: Inference): Record<string, Inference> =>
  Object.fromEntries(names.split(' ').map((name) => [name, inference]))

const cast: Inference = (call) => {
  const dataType: DataType = dataTypeOfCode(int(call, 'to', 1))
  return [{ dataType, dims: required(call, 0).dims }]
}

const castLike: Inference = (call) => [
  { dataType: required(call, 1).dataType, dims: required(call, 0).dims },
]

const prelu: Inference = (call) => {
  broadcastTo(call, required(call, 0).dims, required(call, 1).dims)
  return unary(call)
}

const where: Inference = (call) => [
  { dataType: required(call, 1).dataType, dims: broadcastInputs(call) },
]

export const elementwise: Readonly<Record<string, Inference>> = {
  ...named('Abs Neg Sign Ceil Floor Round Reciprocal Sqrt Exp Log Erf Not BitwiseNot', unary),
  ...named('Sin Cos Tan Asin Acos Atan Sinh Cosh Tanh Asinh Acosh Atanh', unary),
  ...named('Relu LeakyRelu ThresholdedRelu Elu Selu Celu Gelu Mish Shrink', unary),
  ...named('Sigmoid HardSigmoid HardSwish Softplus Softsign Identity Clip', unary),
  ...named('Add Sub Mul Div Pow Mod Max Min Sum Mean BitShift', arithmetic),
  ...named('BitwiseAnd BitwiseOr BitwiseXor', arithmetic),
  ...named('Greater GreaterOrEqual Less LessOrEqual Equal And Or Xor', comparison),
  ...named('IsNaN IsInf', test),
  Cast: cast,
  CastLike: castLike,
  PRelu: prelu,
  Where: where,
}

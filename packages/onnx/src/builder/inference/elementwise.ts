// Result types of element-wise operators.
import { OnnxError } from '../../error.js'
import type { DataType } from '../../types.js'
import { type Call, type Inference, int, required } from '../value.js'
import { dataTypeOfCode } from '../../data-types.js'

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

const broadcastInputs = (call: Call): number[] =>
  broadcast(...call.inputs.flatMap((input) => (input ? [input.dims] : [])))

const unary: Inference = (call) => {
  const { dataType, dims } = required(call, 0)
  return [{ dataType, dims }]
}

const arithmetic: Inference = (call) => [
  { dataType: required(call, 0).dataType, dims: broadcastInputs(call) },
]

const comparison: Inference = (call) => [{ dataType: 'bool', dims: broadcastInputs(call) }]

const named = (names: string, inference: Inference): Record<string, Inference> =>
  Object.fromEntries(names.split(' ').map((name) => [name, inference]))

const cast: Inference = (call) => {
  const dataType: DataType = dataTypeOfCode(int(call, 'to', 1))
  return [{ dataType, dims: required(call, 0).dims }]
}

export const elementwise: Readonly<Record<string, Inference>> = {
  ...named('Abs Neg Exp Log Sqrt Sigmoid Softplus Relu LeakyRelu Elu Selu Tanh Sign', unary),
  ...named('Floor Ceil Round Reciprocal Identity Erf Sin Cos Not Clip Softmax', unary),
  ...named('Add Sub Mul Div Pow Max Min PRelu', arithmetic),
  ...named('Greater GreaterOrEqual Less LessOrEqual Equal And Or Xor IsNaN', comparison),
  Cast: cast,
  Where: (call) => [{ dataType: required(call, 1).dataType, dims: broadcastInputs(call) }],
}

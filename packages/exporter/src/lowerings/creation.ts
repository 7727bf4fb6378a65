// Kernels that make tensors of numbers that they are told, or of others' shapes.
import { tensorOf } from '@anyvae/onnx'
import { TraceError } from '../error.js'
import type { Operand, OperandType } from '../operand.js'
import { operandOf, type Recorder } from '../recorder.js'
import type { Lowering } from './lowering.js'
import { insertAxis, join } from './movement.js'

/** fill(shape: number[], value: number, dtype: DataType) */
const fill: Lowering<'Fill'> = (_, { shape, value, dtype }, recorder) => {
  const number = typeof value === 'string' ? Number.NaN : Number(value)
  return recorder.cast(recorder.fill('float32', shape, number), operandType('fill', dtype))
}

function operandType(what: string, dtype: string | undefined): OperandType {
  if (dtype === undefined || dtype === 'float32') {
    return 'float32'
  }
  if (dtype === 'int32' || dtype === 'bool') {
    return dtype
  }
  throw new TraceError(
    `${what}: type has no ONNX equal, got ${dtype}, expected float32, int32 or bool`,
  )
}

/** onesLike(x: Tensor) */
const onesLike: Lowering<'OnesLike'> = ({ x }, _, recorder) => recorder.fill(x.dataType, x.dims, 1)

/** zerosLike(x: Tensor) */
const zerosLike: Lowering<'ZerosLike'> = ({ x }, _, recorder) =>
  recorder.fill(x.dataType, x.dims, 0)

/** The numbers from 0 up to a count, int32. */
function countUp(count: number, recorder: Recorder): Operand {
  const values = Array.from({ length: count }, (_, i) => i)
  return operandOf(recorder.builder.initializer('range', tensorOf('int32', [count], values)))
}

/**
 * oneHot(indices: Tensor, depth: number, onValue: number, offValue: number, dtype: DataType). Not
 * ONNX's OneHot, which counts negative indices from the end, where here they are nowhere on.
 */
const oneHot: Lowering<'OneHot'> = ({ indices }, attributes, recorder) => {
  const { depth, onValue, offValue, dtype } = attributes
  const dataType = operandType('oneHot', dtype)
  const column = insertAxis(recorder.cast(indices, 'int32'), -1, recorder)
  const hit = recorder.node('Equal', [column, countUp(depth, recorder)])
  const [on, off] = [onValue, offValue].map((value) => (dataType === 'bool' ? !!value : value))
  if (Number(on) === 1 && Number(off) === 0) {
    return recorder.cast(hit, dataType)
  }
  const values = [onValue, offValue].map((value) =>
    recorder.fill(dataType === 'bool' ? 'int32' : dataType, [], value),
  )
  return recorder.cast(recorder.elementwise('Where', [hit, ...values]), dataType)
}

/** diag(x: Tensor): a tensor of twice the rank with x on its diagonal and zeros elsewhere. */
const diag: Lowering<'Diag'> = ({ x }, _, recorder) => {
  const count = x.dims.reduce((product, size) => product * size, 1)
  const columns = countUp(count, recorder)
  const rows = insertAxis(columns, -1, recorder)
  const dataType = x.dataType === 'bool' ? 'int32' : x.dataType
  const spread = recorder.elementwise('Where', [
    recorder.node('Equal', [rows, columns]),
    recorder.reshape(recorder.cast(x, dataType), [count]),
    recorder.fill(dataType, [], 0),
  ])
  return recorder.cast(recorder.reshape(spread, [...x.dims, ...x.dims]), x.dataType)
}

/**
 * bandPart(input: Tensor, numLower: Tensor, numUpper: Tensor): zeros but for so many diagonals below
 * and above the main one; all where the number is negative.
 */
const bandPart: Lowering<'MatrixBandPart'> = (inputs, _, recorder) => {
  const { input, numLower, numUpper } = inputs
  const [height = 0, width = 0] = input.dims.slice(-2)
  const rows = insertAxis(countUp(height, recorder), -1, recorder)
  const below = recorder.node('Sub', [rows, countUp(width, recorder)])
  const within = (distance: Operand, count: Operand) => {
    const limit = recorder.cast(count, 'int32')
    const all = recorder.elementwise('Less', [limit, recorder.fill('int32', [], 0)])
    return recorder.node('Or', [all, recorder.node('LessOrEqual', [distance, limit])])
  }
  const above = recorder.node('Neg', [below])
  const kept = recorder.node('And', [within(below, numLower), within(above, numUpper)])
  const zero = recorder.fill(input.dataType, [], 0)
  return recorder.node('Where', [kept, input, zero])
}

/** broadcastArgs(s0: Tensor, s1: Tensor): the shape that two shapes broadcast to. */
const broadcastArgs: Lowering<'BroadcastArgs'> = ({ s0, s1 }, _, recorder) => {
  const rank = Math.max(s0.dims[0] ?? 0, s1.dims[0] ?? 0)
  const [a, b] = [s0, s1].map((shape) => {
    const ones = recorder.fill('int32', [rank - (shape.dims[0] ?? 0)], 1)
    return join([ones, recorder.cast(shape, 'int32')], 0, recorder)
  })
  if (rank === 0 || a === undefined || b === undefined) {
    return recorder.fill('int32', [0], 0)
  }
  const one = recorder.fill('int32', [], 1)
  return recorder.elementwise('Where', [recorder.elementwise('Equal', [a, one]), b, a])
}

export const creation = {
  BroadcastArgs: broadcastArgs,
  Diag: diag,
  Fill: fill,
  MatrixBandPart: bandPart,
  OneHot: oneHot,
  OnesLike: onesLike,
  ZerosLike: zerosLike,
} as const

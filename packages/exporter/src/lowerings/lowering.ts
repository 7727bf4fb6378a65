// What a lowering is, and the makers of the one-line ones.
import type { Value } from '@anyvae/onnx'
import type { Kernel, KernelMap } from '../kernels.js'
import type { AnyOperand, AnyOperands, Operand, Operands, OperandType } from '../operand.js'
import { operandOf, type Recorder } from '../recorder.js'

/** Writes the ONNX operators of one kernel of real numbers. */
export type Lowering<K extends Kernel> = (
  inputs: Operands<KernelMap[K]['inputs']>,
  attributes: KernelMap[K]['attributes'],
  recorder: Recorder,
) => AnyOperand | readonly AnyOperand[]

/** Writes the ONNX operators of one kernel, some or all of whose inputs are complex. */
export type ComplexLowering<K extends Kernel> = (
  inputs: AnyOperands<KernelMap[K]['inputs']>,
  attributes: KernelMap[K]['attributes'],
  recorder: Recorder,
) => AnyOperand | readonly AnyOperand[]

/** The inputs of a kernel of one tensor. */
export interface Single {
  readonly x: Operand
}

/** The inputs of a kernel of two tensors. */
export interface Pair {
  readonly a: Operand
  readonly b: Operand
}

/** A kernel that is one ONNX operator of one tensor, of float32 or int32; booleans count as int32. */
export const unary =
  (opType: string) =>
  ({ x }: Single, _: object, recorder: Recorder): Operand =>
    recorder.cast(recorder.node(opType, [numeric(x, recorder)]), x.dataType)

/** A kernel that is one ONNX operator of real numbers; whole ones are converted there and back. */
export const floating =
  (opType: string) =>
  ({ x }: Single, _: object, recorder: Recorder): Operand =>
    convert(recorder.node(opType, [recorder.cast(x, 'float32')]), x.dataType, recorder)

/** A kernel that is one broadcasting ONNX operator of numbers; booleans count as int32. */
export const arithmetic =
  (opType: string) =>
  ({ a, b }: Pair, _: object, recorder: Recorder): Operand =>
    convert(recorder.elementwise(opType, numbers({ a, b }, recorder)), a.dataType, recorder)

/** A kernel that compares numbers; booleans count as int32. */
export const comparison =
  (opType: string) =>
  ({ a, b }: Pair, _: object, recorder: Recorder): Operand =>
    recorder.elementwise(opType, numbers({ a, b }, recorder))

/** A kernel that is one broadcasting ONNX operator of booleans. */
export const logical =
  (opType: string) =>
  ({ a, b }: Pair, _: object, recorder: Recorder): Operand =>
    recorder.elementwise(opType, [recorder.cast(a, 'bool'), recorder.cast(b, 'bool')])

/** Two operands as numbers of one type: float32 if one of them is, else int32. */
export function numbers({ a, b }: Pair, recorder: Recorder): readonly [Operand, Operand] {
  const real = a.dataType === 'float32' || b.dataType === 'float32'
  const dataType = real ? 'float32' : 'int32'
  return [recorder.cast(a, dataType), recorder.cast(b, dataType)]
}

/** The operand as a number, since few operators take booleans. */
export function numeric(operand: Operand, recorder: Recorder): Operand {
  return operand.dataType === 'bool' ? recorder.cast(operand, 'int32') : operand
}

/**
 * Converts as TensorFlow.js does: real numbers to whole ones as JavaScript's typed arrays do, which
 * wrap around and make 0 of what is not finite.
 */
export function convert(operand: Operand, dataType: OperandType, recorder: Recorder): Operand {
  if (operand.dataType !== 'float32' || dataType !== 'int32') {
    return recorder.cast(operand, dataType)
  }
  if ('fill' in operand) {
    return recorder.fill('int32', operand.dims, operand.fill | 0)
  }
  return recorder.assumeFinite ? recorder.cast(operand, dataType) : wrapped(operand.value, recorder)
}

/**
 * Real numbers, of float32 or float64, as int32: the low half of their int64, which is 0 for what
 * fits no int64. The Mod changes no bit of it; without it ONNX Runtime makes one cast of the two.
 */
export function wrapped(value: Value, { builder }: Recorder): Operand {
  const long = builder.cast(value, 'int64')
  const low = builder.node('Mod', [long, builder.scalar('int64', 2 ** 32)])
  return operandOf(builder.cast(low, 'int32'))
}

/** The operand in double precision, in which JavaScript computes. */
export function double(operand: Operand, recorder: Recorder): Value {
  return recorder.builder.cast(recorder.value(operand), 'float64')
}

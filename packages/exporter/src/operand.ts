// What a traced tensor stands for: a value of the graph, one number everywhere, or two such.
import type { TensorInfo } from '@tensorflow/tfjs-core'
import type { Value } from '@anyvae/onnx'

/** The element types that TensorFlow.js and ONNX share. */
export type OperandType = 'float32' | 'int32' | 'bool'

/** A value of the graph. */
export interface ValueOperand {
  readonly dataType: OperandType
  readonly dims: readonly number[]
  readonly value: Value
}

/** A tensor that holds the same number everywhere; it is written out only where a graph needs it. */
export interface FillOperand {
  readonly dataType: OperandType
  readonly dims: readonly number[]
  readonly fill: number
}

/** A tensor of real numbers. */
export type Operand = ValueOperand | FillOperand

/** A tensor of complex numbers, which ONNX has not: its two parts, of the same shape. */
export interface ComplexOperand {
  readonly dataType: 'complex64'
  readonly dims: readonly number[]
  readonly real: Operand
  readonly imaginary: Operand
}

export type AnyOperand = Operand | ComplexOperand

/** The inputs of a kernel with an operand in each tensor's place. */
export type Operands<Inputs> = {
  readonly [K in keyof Inputs]: Inputs[K] extends readonly unknown[] ? readonly Operand[] : Operand
}

/** The inputs of a kernel of which some may be complex. */
export type AnyOperands<Inputs> = { readonly [K in keyof Inputs]: AnyOperand }

export function isComplex(operand: AnyOperand): operand is ComplexOperand {
  return operand.dataType === 'complex64'
}

/** An operand as tfjs-core's own checks want it: its shape and type. */
export function infoOf({ dims, dataType }: AnyOperand): TensorInfo {
  return { dataId: {}, shape: [...dims], dtype: dataType }
}

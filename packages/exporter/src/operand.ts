// What a traced tensor stands for: a value of the graph, or one number everywhere.
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

export type Operand = ValueOperand | FillOperand

/** The inputs of a kernel with an operand in each tensor's place. */
export type Operands<Inputs> = { readonly [K in keyof Inputs]: Operand }

// The public names of @anyvae/exporter.
export { TraceError } from './error.js'
export type { Operand, OperandType } from './operand.js'
export type { Parameter, TensorFunction, Tensors } from './record.js'
export { DEFAULT_OPSET, type InputSpec, traceGraph, type TraceOptions } from './trace.js'

// The public names of @anyvae/exporter.
export { TraceError } from './error.js'
export type { OperandType } from './operand.js'
export type { Parameter, TensorFunction, Tensors } from './record.js'
export { type InputSpec, traceGraph, type TraceOptions } from './trace.js'

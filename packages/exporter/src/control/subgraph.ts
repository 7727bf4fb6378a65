// Records what a node's sub-graph holds: the body of a Loop, a branch of an If.
import type * as tf from '@tensorflow/tfjs-core'
import { type Graph, identifier, type Value, type ValueType } from '@anyvae/onnx'
import type { TraceBackend } from '../backend.js'
import { TraceError } from '../error.js'
import { isComplex, type Operand } from '../operand.js'
import { operandOf } from '../recorder.js'

/** A sub-graph, and the types of its results. */
export interface Recorded {
  readonly graph: Graph
  readonly types: readonly ValueType[]
}

/** A new graph input as a tensor. */
export type MakeInput = (name: string, type: ValueType) => Value

/**
 * Records a sub-graph of the node that is recorded next: `run` makes its inputs and gives its results,
 * of which there are as many as names.
 */
export function recordGraph(
  backend: TraceBackend,
  { name, outputs }: { readonly name: string; readonly outputs: readonly string[] },
  run: (input: MakeInput) => readonly Value[],
): Recorded {
  const { recorder } = backend
  const scope = recorder.builder.scope
  const builder = recorder.builder.inner(outputs.map((each) => identifier(`${name}_${each}`)))
  const results = backend.recordInto(recorder.within(builder), () =>
    run((each, type) => builder.input(identifier(`${name}_${each}`), type)),
  )
  builder.scope = ''
  results.forEach((value, i) => builder.output(builder.outputNames[i] ?? '', value))
  recorder.builder.scope = scope
  return { graph: builder.build(backend.bodyName(name)), types: results }
}

/** What a tensor stands for, as a value of the graph that is recorded. */
export function valueOf(backend: TraceBackend, tensor: tf.Tensor): Value {
  return backend.recorder.value(realOf(backend, tensor))
}

/** What a tensor of real numbers stands for. */
export function realOf(backend: TraceBackend, tensor: tf.Tensor): Operand {
  const operand = backend.operand(tensor)
  if (isComplex(operand)) {
    throw new TraceError(
      'control flow: carries complex numbers, got complex64, expected real numbers',
    )
  }
  return operand
}

/** The tensor of a value. */
export function tensorOf(backend: TraceBackend, value: Value): tf.Tensor {
  return backend.tensor(operandOf(value))
}

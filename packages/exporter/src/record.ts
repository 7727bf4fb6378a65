// One trace at sizes that are all known: a function of tensors becomes a graph.
import * as tf from '@tensorflow/tfjs-core'
import { type Graph, GraphBuilder, tensorOf, type Value } from '@anyvae/onnx'
import { BACKEND_NAME, checkLives, TraceBackend } from './backend.js'
import { withDeepStacks } from './blame.js'
import type { Captures } from './captures.js'
import { TraceError } from './error.js'
import { explained, type Watch } from './explain.js'
import { withFixedVariables } from './variables.js'
import type { HostValueRule } from './host.js'
import type { NoiseInputs } from './noise.js'
import type { OpenSizes } from './open.js'
import { type AnyOperand, isComplex, type Operand, type OperandType } from './operand.js'
import { operandOf, type RecordStyle } from './recorder.js'
import { registerLowerings } from './register.js'

/** A record of tensors. */
export type Tensors = Readonly<Record<string, tf.Tensor>>

/** A pure function of tensors: its inputs, and the weights that the graph keeps as initializers. */
export type TensorFunction = (inputs: Tensors, parameters: Tensors) => Tensors

/** An input with a size for every dimension. */
export interface StaticInput {
  readonly dims: readonly number[]
  readonly dataType: OperandType
}

/** A weight, row-major. */
export interface Parameter {
  readonly dims: readonly number[]
  readonly values: ArrayLike<number>
}

export interface RecordOptions extends RecordStyle {
  readonly name: string
  readonly doc?: string
  readonly opset: number
  readonly inputs: Readonly<Record<string, StaticInput>>
  readonly outputs: readonly string[]
  readonly parameters: Readonly<Record<string, Parameter>>
  readonly captures: Captures
  readonly hostValues: HostValueRule
  readonly noise?: NoiseInputs
  readonly watch?: Watch
  readonly sizes: OpenSizes
}

/** Runs a function once on the recording backend and gives the graph of what it did. */
export function record(fn: TensorFunction, options: RecordOptions): Graph {
  registerLowerings(BACKEND_NAME)
  const builder = new GraphBuilder(options.opset, options.outputs)
  const backend = new TraceBackend(builder, options)
  withBackend(backend, () => {
    const inputs = mapValues(options.inputs, (input, name) =>
      backend.tensor(operandOf(named(name, builder.input(name, input)))),
    )
    const parameters = mapValues(options.parameters, ({ dims, values }, name) =>
      backend.tensor(
        operandOf(named(name, builder.initializer(name, tensorOf('float32', dims, values)))),
      ),
    )
    const call = () => fn(inputs, parameters)
    const run = () => options.noise?.around(call) ?? call()
    const results = checkedResults(withFixedVariables(backend, run), options, backend)
    builder.scope = ''
    for (const name of options.outputs) {
      const tensor = results[name]
      if (tensor !== undefined) {
        builder.output(name, backend.recorder.value(realOutput(name, backend.operand(tensor))))
      }
    }
  })
  return builder.build(options.name, options.doc)
}

function realOutput(name: string, operand: AnyOperand): Operand {
  if (isComplex(operand)) {
    throw new TraceError(
      `trace: output ${name} is complex, got complex64, expected real numbers; return tf.real and tf.imag of it`,
    )
  }
  return operand
}

/** The value, if it has the name that was asked for, since callers feed it by that name. */
function named(name: string, value: Value): Value {
  if (value.name !== name) {
    throw new TraceError(
      `trace: input or parameter name is taken or no C identifier, got '${name}', expected one such as '${value.name}'`,
    )
  }
  return value
}

/** Makes the backend current for a call and puts the user's own back. */
function withBackend(backend: TraceBackend, run: () => void): void {
  const engine = tf.engine()
  const previous = engine.backendName
  engine.registerBackend(BACKEND_NAME, () => backend)
  // Synchronous in effect: only a backend with an asynchronous start makes it wait.
  void engine.setBackend(BACKEND_NAME)
  engine.startScope('trace')
  try {
    withDeepStacks(run)
  } catch (error) {
    throw explained(error)
  } finally {
    engine.endScope()
    engine.removeBackend(BACKEND_NAME)
    if (engine.registryFactory[previous] !== undefined) {
      void engine.setBackend(previous)
    }
  }
}

function checkedResults(results: unknown, options: RecordOptions, backend: TraceBackend): Tensors {
  if (isPromise(results)) {
    // It goes on after the trace, and fails there.
    results.then(undefined, () => undefined)
  }
  // What the function did not wait for, or caught, is refused all the same.
  if (backend.refused !== undefined) {
    throw backend.refused
  }
  if (isPromise(results)) {
    throw asynchronous(options.name)
  }
  const record = results as Tensors
  for (const name of options.outputs) {
    const result: unknown = record?.[name]
    if (!(result instanceof tf.Tensor)) {
      const got =
        typeof results === 'object' && results ? Object.keys(results).join(', ') : typeof results
      throw new TraceError(
        `${options.name}: output ${name} is no tensor, got ${got}, expected tensors named ${options.outputs.join(', ')}`,
      )
    }
    checkLives(result, `gives a tensor as ${name}`)
  }
  return record
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | undefined | null)?.then === 'function'
}

function asynchronous(name: string): TraceError {
  return new TraceError(
    `${name}: the function returns a promise, got an asynchronous function, expected tensors at once; a graph waits for nothing, so do what is asynchronous outside`,
  )
}

function mapValues<A, B>(
  record: Readonly<Record<string, A>>,
  map: (value: A, key: string) => B,
): Record<string, B> {
  return Object.fromEntries(
    Object.entries(record).map(([key, value]) => [key, map(value, key)] as const),
  )
}

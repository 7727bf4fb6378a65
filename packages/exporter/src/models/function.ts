// A plain function of tensors, whatever way it gives its results.
import * as tf from '@tensorflow/tfjs-core'
import { TraceError } from '../error.js'
import type { Tensors } from '../record.js'
import { type InputLike, inputSpec, type Traceable } from './traceable.js'

/** What a function may give: a tensor, several in order, or several by name. */
export type TensorResult = tf.Tensor | readonly tf.Tensor[] | Tensors

/** A function of a record of tensors; its results are named `output`, `output_0` …, or as it names them. */
export function tensorFunction(
  fn: (inputs: Tensors) => TensorResult,
  given: Readonly<Record<string, InputLike>>,
  outputs?: readonly string[],
): Traceable {
  const name = fn.name === '' ? 'model' : fn.name
  const inputs = Object.entries(given).map(([key, input]) => [key, inputSpec(input)] as const)
  return {
    name,
    inputs: Object.fromEntries(inputs),
    ...(outputs === undefined ? {} : { outputs }),
    weights: [],
    around: (run) => run(),
    fn: (tensors) => named(name, fn(tensors), outputs),
  }
}

/** The results by name; what is none is refused, and a promise is left to the trace. */
function named(fn: string, results: unknown, outputs?: readonly string[]): Tensors {
  if (results instanceof tf.Tensor) {
    return { [outputs?.[0] ?? 'output']: results }
  }
  if (Array.isArray(results)) {
    const list: readonly unknown[] = results
    const entries = list.map((each, i) => [outputs?.[i] ?? `output_${i}`, each] as const)
    return tensorsOf(fn, Object.fromEntries(entries))
  }
  if (typeof results === 'object' && results !== null && !('then' in results)) {
    return tensorsOf(fn, results as Readonly<Record<string, unknown>>)
  }
  if (typeof results === 'object' && results !== null) {
    return results as Tensors
  }
  throw noTensors(fn, String(results))
}

function tensorsOf(fn: string, results: Readonly<Record<string, unknown>>): Tensors {
  for (const [name, result] of Object.entries(results)) {
    if (!(result instanceof tf.Tensor)) {
      throw noTensors(fn, `${describe(result)} as ${name}`)
    }
  }
  if (Object.keys(results).length === 0) {
    throw noTensors(fn, 'nothing')
  }
  return results as Tensors
}

function describe(value: unknown): string {
  if (Array.isArray(value)) {
    return 'a list'
  }
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}

function noTensors(fn: string, got: string): TraceError {
  return new TraceError(
    `${fn}: the function gives no tensors, got ${got}, expected a tensor, a list of tensors or a record of tensors`,
  )
}

// Keeps the variables of the caller as they are while a function is traced.
import * as tf from '@tensorflow/tfjs-core'
import type { TraceError } from './error.js'

/** Whoever notes what a trace refuses. */
interface Refusing {
  readonly refuse: (message: string) => TraceError
}

/**
 * Runs a function that may assign to variables of its own alone. To assign to one from outside would
 * drop its values for those of a trace, which has none.
 */
export function withFixedVariables<T>(trace: Refusing, run: () => T): T {
  const variables = Object.values(tf.engine().state.registeredVariables)
  for (const variable of variables) {
    variable.assign = () => {
      throw trace.refuse(
        `trace: the function assigns to a variable from outside, got ${variable.name} of shape [${variable.shape.join(', ')}], expected no effects; return the new value as an output, and assign it outside`,
      )
    }
  }
  try {
    return run()
  } finally {
    variables.forEach((variable) => Reflect.deleteProperty(variable, 'assign'))
  }
}

// What a function draws at random in TensorFlow.js, to run its graph on the same numbers.
import * as tf from '@tensorflow/tfjs-core'
import { drawingScope } from './host.js'
import { scopeNames } from './register.js'

/** A tensor of random numbers that was drawn on the host. */
export interface Draw {
  readonly shape: readonly number[]
  readonly values: Float32Array | Int32Array
}

/**
 * Runs a function on the backend that is set, and gives beside its result what it drew at random, in
 * the order of the draws: the values to feed the noise inputs of its graph with, so that both can be
 * compared. The numbers behind a `tf.multinomial` are those of the cpu backend.
 */
export function withDraws<T>(run: () => T): {
  readonly result: T
  readonly draws: readonly Draw[]
} {
  const backend = tf.backend()
  const draws: Draw[] = []
  const write = backend.write.bind(backend)
  backend.write = (values, shape, dtype) => {
    if (drawingScope(scopeNames()) !== undefined) {
      const numbers = values as ArrayLike<number>
      const copy = dtype === 'float32' ? Float32Array.from(numbers) : Int32Array.from(numbers)
      draws.push({ shape: [...shape], values: copy })
    }
    return write(values, shape, dtype)
  }
  try {
    return { result: withRowDraws(draws, run), draws }
  } finally {
    Reflect.deleteProperty(backend, 'write')
  }
}

const KERNEL = 'Multinomial'

/** Runs a function, adding what each `tf.multinomial` draws within its kernel. */
function withRowDraws<T>(draws: Draw[], run: () => T): T {
  const own = tf.getKernel(KERNEL, tf.getBackend())
  if (own === undefined) return run()
  const kernelFunc: tf.KernelFunc = (call) => {
    const { numSamples, seed } = call.attrs as { numSamples: number; seed: number }
    const { shape } = call.inputs['logits'] as tf.TensorInfo
    const before = draws.length
    const row = tf.randomUniform([numSamples], 0, 1, 'float32', seed)
    const values = repeated(row.dataSync<'float32'>(), shape[0] ?? 0)
    row.dispose()
    draws.splice(before, 1, { shape: [shape[0] ?? 0, numSamples], values })
    return own.kernelFunc(call)
  }
  replace({ ...own, kernelFunc })
  try {
    return run()
  } finally {
    replace(own)
  }
}

/** The cpu backend draws the same numbers for each row. */
function repeated(row: Float32Array, times: number): Float32Array {
  return Float32Array.from({ length: row.length * times }, (_, i) => row[i % row.length] ?? 0)
}

function replace(kernel: tf.KernelConfig): void {
  tf.unregisterKernel(kernel.kernelName, kernel.backendName)
  tf.registerKernel(kernel)
}

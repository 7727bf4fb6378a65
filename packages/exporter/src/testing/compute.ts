// Computes a function of one tensor as an exported graph does, in ONNX Runtime.
import type * as tf from '@tensorflow/tfjs-core'
import { createModel, encodeModel } from '@anyvae/onnx'
import { nodeBackend } from '@anyvae/runtime-node'
import { traceGraph } from '../index.js'

/** A function of a tensor x. */
export interface Computation {
  readonly fn: (x: tf.Tensor) => tf.Tensor
  /** The dimensions that it is traced with, as far as they are symbolic. */
  readonly dims: readonly (number | string)[]
}

/** Traces the function and runs the graph on a tensor. */
export async function compute({ fn, dims }: Computation, x: tf.Tensor) {
  const graph = traceGraph((inputs) => ({ y: fn(inputs['x'] as tf.Tensor) }), {
    inputs: { x: { dims } },
    outputs: ['y'],
    allowHostValues: true,
  })
  const session = await nodeBackend.createSession(encodeModel(createModel(graph)))
  const data = Float32Array.from(await x.data())
  const { y } = await session.run({ x: { type: 'float32', dims: x.shape, data } })
  await session.release()
  return { dims: [...(y?.dims ?? [])], values: Array.from(y?.data ?? [], Number) }
}

// Computes functions of tensors by graphs whose convolutions are products, and by TensorFlow.js.
import * as tf from '@tensorflow/tfjs-core'
import { checkModel, createModel, encodeModel, type Graph } from '@anyvae/onnx'
import { nodeBackend } from '@anyvae/runtime-node'
import { traceGraph, type TraceOptions } from '../index.js'

export type Fn = (...inputs: tf.Tensor[]) => tf.Tensor

/** A function of several tensors and results. */
export type Several = (...inputs: tf.Tensor[]) => tf.Tensor[]

/** tf.conv2d, given what it takes beside its tensors. */
export const conv =
  (
    ...rest: [strides: number, pad: 'same' | 'valid', format?: 'NHWC' | 'NCHW', dilation?: number]
  ): Fn =>
  (x, w) =>
    tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, ...rest)

/** The value and its gradients by both inputs, of a third that comes from behind. */
export const withGradients =
  (fn: Fn): Several =>
  (x, w, dy) => [fn(x, w), ...tf.grads(fn)([x, w], dy)]

/** The value, and the gradients of its sum of squares by both inputs. */
export const withSquares =
  (fn: Fn): Several =>
  (x, w) => [fn(x, w), ...tf.grads((a, b) => tf.square(fn(a, b)))([x, w])]

type Style = Partial<Pick<TraceOptions, 'convolutions' | 'opset'>>

/** Numbers on both sides of zero. */
export function floatsOf(dims: readonly number[], seed = 0): tf.Tensor {
  const size = dims.reduce((product, each) => product * each, 1)
  const values = Float32Array.from({ length: size }, (_, i) => Math.sin(i * 1.7 + seed * 5 + 1))
  return tf.tensor(values, [...dims])
}

/** The graph, by default of products; inputs are x0, x1, …, outputs y0, y1, …. */
export function graphOf(
  fn: Several,
  shapes: readonly (readonly (number | string)[])[],
  { outputs = 1, ...style }: Style & { readonly outputs?: number } = {},
): Graph {
  return traceGraph(
    (inputs) => {
      const results = fn(...shapes.map((_, i) => inputs[`x${i}`] as tf.Tensor))
      return Object.fromEntries(results.map((result, i) => [`y${i}`, result]))
    },
    {
      convolutions: 'products',
      ...style,
      inputs: Object.fromEntries(shapes.map((dims, i) => [`x${i}`, { dims }])),
      outputs: Array.from({ length: outputs }, (_, i) => `y${i}`),
    },
  )
}

export interface Result {
  readonly dims: readonly number[]
  readonly values: readonly number[]
}

/** What a graph gives, in ONNX Runtime, once it has been checked. */
export async function run(graph: Graph, inputs: readonly tf.Tensor[], opset = 17) {
  const model = createModel(graph, { opset })
  checkModel(model)
  const session = await nodeBackend.createSession(encodeModel(model))
  const feeds = inputs.flatMap((input, i) => {
    const data = Float32Array.from(input.dataSync())
    const value = { type: 'float32' as const, dims: input.shape, data }
    const name = `x${i}`
    return session.inputs.some((each) => each.name === name) ? [[name, value] as const] : []
  })
  const results = await session.run(Object.fromEntries(feeds))
  await session.release()
  return graph.outputs.map(({ name }): Result => {
    const { dims = [], data = [] } = results[name] ?? {}
    return { dims: [...dims], values: Array.from<number | bigint>(data).map(Number) }
  })
}

/** What the graph of products gives, and what TensorFlow.js does. */
export async function both(fn: Several, inputs: readonly tf.Tensor[], style: Style = {}) {
  const wanted = tf.tidy(() => fn(...inputs))
  const shapes = inputs.map(({ shape }) => shape)
  const graph = graphOf(fn, shapes, { outputs: wanted.length, ...style })
  return { got: await run(graph, inputs, style.opset), wanted: wanted.map(resultOf), graph }
}

function resultOf(tensor: tf.Tensor): Result {
  return { dims: tensor.shape, values: [...tensor.dataSync()] }
}

/** By result the largest difference, relative to 1 or the value. */
export function differencesOf(got: readonly Result[], wanted: readonly Result[]): number[] {
  return wanted.map(({ values }, i) =>
    values.reduce((worst, value, j) => {
      const difference = Math.abs(value - (got[i]?.values[j] ?? Number.NaN))
      const relative = difference / Math.max(1, Math.abs(value))
      return relative <= worst ? worst : relative
    }, 0),
  )
}

/** The operators of a graph, in order. */
export const opTypes = ({ nodes }: Graph) => nodes.map(({ opType }) => opType)

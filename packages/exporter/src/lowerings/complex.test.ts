import { beforeAll, describe, expect, it } from 'vitest'
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { createModel, encodeModel } from '@anyvae/onnx'
import { nodeBackend } from '@anyvae/runtime-node'
import { traceGraph } from '../index.js'

type Op = (z: tf.Tensor) => tf.Tensor | tf.Tensor[]

const rows = () => tf.tensor1d([1, 0], 'int32')
const mask = () => tf.tensor2d([1, 0, 1, 0, 1, 0], [2, 3], 'bool')

/** Linear kernels, which TensorFlow.js refuses on complex tensors on its cpu backend. */
const linear: Readonly<Record<string, Op>> = {
  BroadcastTo: (z) => tf.broadcastTo(z, [4, 2, 3]),
  ExpandDims: (z) => tf.expandDims(z, 1),
  GatherNd: (z) => tf.gatherND(z, tf.tensor2d([1, 0, 0, 2], [2, 2], 'int32')),
  GatherV2: (z) => tf.gather(z, rows()),
  Neg: (z) => tf.neg(z),
  Reverse: (z) => tf.reverse(z, 1),
  Select: (z) => tf.where(mask(), z, tf.zerosLike(z)),
  Slice: (z) => tf.slice(z, [0, 1], [2, 2]),
  SplitV: (z) => tf.split(z, 3, 1),
  StridedSlice: (z) => tf.stridedSlice(z, [0, 0], [2, 3], [1, 2]),
  Sum: (z) => tf.sum(z, 0),
  Tile: (z) => tf.tile(z, [2, 1]),
  Transpose: (z) => tf.transpose(z),
  Unpack: (z) => tf.unstack(z),
}

const REAL = Float32Array.of(1, -2, 3.5, 4, 0, -6)
const IMAGINARY = Float32Array.of(-1, 7, 0.5, 2, 9, 3)
const DIMS = [2, 3]

async function traced(op: Op, count: number): Promise<number[][]> {
  const outputs = Array.from({ length: count }, (_, i) => [`real${i}`, `imaginary${i}`]).flat()
  const graph = traceGraph(
    ({ a, b }) => {
      const results = [op(tf.complex(a as tf.Tensor, b as tf.Tensor))].flat()
      const parts = results.flatMap((z) => [tf.real(z), tf.imag(z)])
      return Object.fromEntries(parts.map((part, i) => [outputs[i] ?? '', part]))
    },
    { inputs: { a: { dims: DIMS }, b: { dims: DIMS } }, outputs, allowHostValues: true },
  )
  const session = await nodeBackend.createSession(encodeModel(createModel(graph)))
  const results = await session.run({
    a: { type: 'float32', dims: DIMS, data: REAL },
    b: { type: 'float32', dims: DIMS, data: IMAGINARY },
  })
  await session.release()
  return outputs.map((name) => Array.from(results[name]?.data ?? [], Number))
}

beforeAll(async () => {
  await tf.setBackend('cpu')
})

describe('a linear kernel of complex numbers is that of real ones, once per part', () => {
  it.each(Object.entries(linear))('%s', async (_, op) => {
    const [real, imaginary] = [REAL, IMAGINARY].map((part) => [op(tf.tensor(part, DIMS))].flat())
    const expected = real?.flatMap((part, i) => [part, imaginary?.[i] ?? part]) ?? []
    const values = await Promise.all(expected.map(async (each) => Array.from(await each.data())))
    expect(await traced(op, expected.length / 2)).toEqual(values)
  })
})

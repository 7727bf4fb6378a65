// Sizes that functions compute from shapes by tensor operations, and read.
import { beforeAll, describe, expect, it } from 'vitest'
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { createModel, encodeModel } from '@anyvae/onnx'
import { nodeBackend } from '@anyvae/runtime-node'
import { traceGraph } from './index.js'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

type Amounts = (shape: tf.Tensor1D) => tf.Tensor

/** Pads the rows by the first two numbers that are made of the shape. */
const padded = (amounts: Amounts) => (x: tf.Tensor) => {
  const shape = tf.tensor1d(x.shape, 'int32')
  const [begin = 0, end = begin] = amounts(shape).dataSync<'int32'>()
  return tf.pad(x, [[begin, end], [0, 0]]) // prettier-ignore
}

const traced = (fn: (x: tf.Tensor) => tf.Tensor, dims: readonly (number | string)[]) =>
  traceGraph(({ x }) => ({ y: fn(x as tf.Tensor) }), { inputs: { x: { dims } }, outputs: ['y'] })

async function expectSame(
  fn: (x: tf.Tensor) => tf.Tensor,
  dims: readonly (number | string)[],
  sizes: readonly number[],
) {
  const session = await nodeBackend.createSession(encodeModel(createModel(traced(fn, dims))))
  for (const size of sizes) {
    const data = Float32Array.from({ length: size * 4 }, (_, i) => i % 7)
    const { y } = await session.run({ x: { type: 'float32', dims: [size, 4], data } })
    const wanted = fn(tf.tensor2d(data, [size, 4]))
    expect(y?.dims).toEqual(wanted.shape)
    expect(Array.from((y?.data ?? []) as Float32Array)).toEqual(Array.from(wanted.dataSync()))
  }
  await session.release()
}

const float = (x: tf.Tensor) => tf.cast(x, 'float32')
const whole = (x: tf.Tensor) => tf.cast(x, 'int32')

/** All small, whatever the sizes are, so that no test runs long. */
const KERNELS: Readonly<Record<string, Amounts>> = {
  floorDiv: (s) => tf.floorDiv(s, tf.scalar(2, 'int32')),
  div: (s) => tf.div(s, tf.scalar(2, 'int32')),
  prod: (s) => tf.prod(s),
  sum: (s) => tf.sum(s),
  mean: (s) => whole(tf.mean(float(s))),
  max: (s) => tf.max(s),
  min: (s) => tf.min(float(s)),
  clipByValue: (s) => tf.clipByValue(s, 2, 5),
  'cast of ceil': (s) => whole(tf.ceil(tf.div(float(s), 3))),
  'cast of a fraction': (s) => whole(tf.mul(float(s), 0.4)),
  'cast of bool': (s) => whole(tf.cast(s, 'bool')),
  maximum: (s) => tf.maximum(s, 5),
  minimum: (s) => tf.minimum(s, 5),
  mod: (s) => tf.mod(s, tf.scalar(3, 'int32')),
  'mod of fractions': (s) => whole(tf.mod(float(s), 2.5)),
  'neg and abs': (s) => tf.abs(tf.neg(s)),
  'sqrt of square': (s) => whole(tf.sqrt(float(tf.square(s)))),
  squaredDifference: (s) => tf.squaredDifference(s, tf.scalar(8, 'int32')),
  pow: (s) => tf.pow(tf.minimum(s, 3), tf.scalar(2, 'int32')),
  'exp of log': (s) => whole(tf.round(tf.exp(tf.log(float(s))))),
  rsqrt: (s) => whole(tf.mul(10, tf.rsqrt(float(s)))),
  where: (s) => tf.where(tf.greater(s, 5), tf.scalar(1, 'int32'), s),
  gather: (s) => tf.gather(s, [1, 0]),
  concat: (s) => tf.concat([tf.slice(s, 1, 1), tf.slice(s, 0, 1)]),
  stack: (s) => tf.stack([tf.sum(s), tf.min(s)]),
  unstack: (s) => tf.unstack(s)[1] ?? s,
  split: (s) => tf.add(...(tf.split(s, 2) as [tf.Tensor, tf.Tensor])),
  reverse: (s) => tf.reverse(s),
  tile: (s) => tf.tile(tf.slice(s, 1, 1), [2]),
  pad: (s) => tf.slice(tf.pad(s, [[1, 0]]), 0, 2),
  stridedSlice: (s) => tf.stridedSlice(s, [1], [-3], [-1]),
  cumsum: (s) => tf.cumsum(s),
  cumprod: (s) => tf.cumprod(s),
  'round, floor and ceil': (s) => {
    const part = tf.div(float(s), 4)
    return whole(tf.add(tf.round(part), tf.add(tf.floor(part), tf.ceil(part))))
  },
  'round to even': (s) => whole(tf.round(tf.add(float(tf.mod(s, tf.scalar(3, 'int32'))), 0.5))),
  comparisons: (s) => tf.add(whole(tf.greater(s, 4)), whole(tf.lessEqual(s, 4))),
  logic: (s) => whole(tf.logicalXor(tf.greater(s, 2), tf.logicalNot(tf.equal(s, 4)))),
  argMax: (s) => tf.argMax(s),
  sign: (s) => tf.sign(tf.sub(s, 6)),
  reshape: (s) => tf.reshape(tf.transpose(tf.reshape(s, [1, 2])), [2]),
  expandDims: (s) => tf.squeeze(tf.sum(tf.expandDims(s, 0), 1)),
  relu: (s) => whole(tf.relu(tf.sub(float(s), 5))),
  range: (s) => tf.sub(s, tf.range(0, 2, 1, 'int32')),
  oneHot: (s) => tf.sum(tf.oneHot(whole(tf.minimum(s, 3)), 4), 1),
}

describe('sizes that are computed from shapes and read', () => {
  it.each(Object.entries(KERNELS))('follow from fixed ones by %s', async (_, amounts) => {
    await expectSame(padded(amounts), [7, 4], [7])
  })
})

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
    const columns = typeof dims[1] === 'number' ? dims[1] : size + 3
    const data = Float32Array.from({ length: size * columns }, (_, i) => i % 7)
    const { y } = await session.run({ x: { type: 'float32', dims: [size, columns], data } })
    const wanted = fn(tf.tensor2d(data, [size, columns]))
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
  where: (s) => tf.where<tf.Tensor>(tf.greater(s, 5), tf.scalar(1, 'int32'), s),
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
  range: (s) => tf.sub<tf.Tensor>(s, tf.range(0, 2, 1, 'int32')),
  oneHot: (s) => tf.sum(tf.oneHot(whole(tf.minimum(s, 3)), 4), 1),
}

/** By kernel: amounts that the graph computes of a size that is open. */
const OPEN: Readonly<Record<string, Amounts>> = {
  floorDiv: KERNELS['floorDiv'] ?? ((s) => s),
  'the rest of a division': (s) => tf.mod(s, tf.scalar(4, 'int32')),
  'padding to multiples': (s) => tf.mod(tf.neg(s), tf.scalar(8, 'int32')),
  mean: (s) => whole(tf.mean(float(s))),
  'cast of ceil': (s) => whole(tf.ceil(tf.div(float(s), 3))),
  'round of a half': (s) => whole(tf.round(tf.div(float(s), 2))),
  'sum and max': (s) => tf.add(tf.sum(s), tf.max(tf.tile(tf.slice(s, 0, 1), [2]))),
  prod: (s) => tf.prod(s),
  'an eighth rounded up': (s) => whole(tf.ceil(tf.div(float(s), 8))),
  'a clip at what no size reaches': (s) =>
    tf.clipByValue(tf.floorDiv(s, tf.scalar(2, 'int32')), 0, 1e6),
}

describe('sizes that are computed from shapes and read', () => {
  it.each(Object.entries(KERNELS))('follow from fixed ones by %s', async (_, amounts) => {
    await expectSame(padded(amounts), [7, 4], [7])
  })

  it.each(Object.entries(OPEN))('follow from open ones by %s', async (_, amounts) => {
    await expectSame(padded(amounts), ['length', 4], [1, 2, 7, 16, 21, 40])
  })

  it('follow from several open ones', async () => {
    const fn = (x: tf.Tensor) => {
      const half = tf.floorDiv(tf.tensor1d(x.shape, 'int32'), tf.scalar(2, 'int32'))
      const [rows = 0, columns = 0] = half.dataSync<'int32'>()
      return tf.pad(x, [[rows, 0], [columns, rows]]) // prettier-ignore
    }
    await expectSame(fn, ['height', 'width'], [3, 8])
  })

  it('are 0 at some sizes, as padding to multiples is', async () => {
    const fn = (x: tf.Tensor) => {
      const more = tf.mod(tf.neg(tf.tensor1d(x.shape, 'int32')), tf.scalar(8, 'int32'))
      return tf.pad(x, [[0, more.dataSync<'int32'>()[0] ?? 0], [0, 0]]) // prettier-ignore
    }
    await expectSame(fn, ['length', 4], [1, 8, 15, 16, 17])
  })

  it('refuse a least of a number and an open size', () => {
    const fn = padded((s) => tf.minimum(s, 8))
    expect(() => traced(fn, ['length', 4])).toThrow(/depends on an open size|something else/)
  })

  it('name the tensor and what it depends on', () => {
    const read = (fn: (x: tf.Tensor) => tf.Tensor) => () =>
      traced((x) => tf.mul(x, fn(x).dataSync()[0] ?? 0), [3, 4])
    expect(read((x) => tf.mean(x))).toThrow(
      /values of tensor ReduceMean, .*\(it depends on the values of x\)/,
    )
    expect(read((x) => x)).toThrow(/values of tensor x, .*\(it is an input\)/)
    const product = () => tf.matMul(tf.tensor2d([[1, 2]]), tf.tensor2d([[3], [4]]))
    expect(read(() => tf.sum(product()))).toThrow(
      /\(it depends on node MatMul, whose operator MatMul is computed in the graph alone\)/,
    )
    expect(read(() => product())).toThrow(/\(operator MatMul is computed in the graph alone\)/)
  })
})

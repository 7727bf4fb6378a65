import { beforeAll, describe, expect, it } from 'vitest'
import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-layers'
import * as tf from '@tensorflow/tfjs-core'
import { compute } from '../testing/compute.js'

type Op = (x: tf.Tensor4D) => tf.Tensor

const sides = (x: tf.Tensor4D, rows: number, columns: number): [number, number] => [
  rows * x.shape[1],
  columns * x.shape[2],
]
const paddings: [number, number][] = [
  [0, 0],
  [1, 2],
  [0, 3],
  [0, 0],
]
const projection = [1, 0.1, 1, 0, 0.9, 0.3, 0, 0]

/** Operations on images of any number and size. */
const ops: Readonly<Record<string, Op>> = {
  'nearest, doubled': (x) => tf.image.resizeNearestNeighbor(x, sides(x, 2, 2)),
  'nearest, half pixels': (x) => tf.image.resizeNearestNeighbor(x, sides(x, 3, 2), false, true),
  'bilinear, doubled': (x) => tf.image.resizeBilinear(x, sides(x, 2, 2)),
  'bilinear, to one size': (x) => tf.image.resizeBilinear(x, [40, 50], true),
  'slice of rows': (x) => tf.slice(x, [0, 1, 2, 0], [-1, -1, 3, 1]),
  'slice of one channel': (x) => tf.slice(x, [0, 0, 0, 1], [...x.shape.slice(0, 3), 1]),
  'strided slice': (x) => tf.stridedSlice(x, [0, 0, -1], [0, 0, -3], [1, 1, -1], 3, 3),
  reversed: (x) => tf.reverse(x, [1, 2]),
  flipped: (x) => tf.image.flipLeftRight(x),
  padded: (x) => tf.pad(x, paddings, 5),
  mirrored: (x) => tf.mirrorPad(x, paddings, 'symmetric'),
  reflected: (x) => tf.mirrorPad(x, paddings, 'reflect'),
  unstacked: (x) => tf.stack(tf.unstack(x, 3).reverse(), 1),
  concatenated: (x) => tf.concat([x, tf.ones(x.shape), x], 1),
  gathered: (x) => tf.gather(x, tf.tensor1d([1, 0, 1], 'int32'), 3),
  cropped: (x) =>
    tf.image.cropAndResize(
      x,
      tf.tensor2d([[0.1, 0.2, 0.9, 0.7]]),
      tf.tensor1d([1], 'int32'),
      [3, 4],
    ),
  'one-hot': (x) => tf.oneHot(tf.cast(tf.abs(x), 'int32'), 3),
  expanded: (x) => tf.expandDims(tf.sum(x, 3), 1),
  'depth to space': (x) => tf.depthToSpace(tf.concat([x, x], 3), 2),
  projected: (x) => {
    const first: tf.Tensor4D = tf.slice(x, [0, 0, 0, 0], [1, -1, -1, -1])
    const size: [number, number] = [4, 5]
    return tf.image.transform(first, tf.tensor2d([projection]), 'bilinear', 'reflect', 0, size)
  },
}

const waves = (...dims: number[]) =>
  tf.sin(tf.reshape(tf.range(0, tf.util.sizeFromShape(dims)), dims))

const difference = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Math.max(...Array.from(a, (value, i) => Math.abs(value - (b[i] ?? Number.NaN))))

beforeAll(async () => {
  await tf.setBackend('cpu')
})

describe('kernels that move data', () => {
  it.each(Object.entries(ops))('hold at every size: %s', async (_, op) => {
    const fn = (x: tf.Tensor) => op(x as tf.Tensor4D)
    const x = waves(2, 7, 9, 2)
    const expected = fn(x)
    const got = await compute({ fn, dims: ['batch', 'height', 'width', 2] }, x)
    expect(got.dims).toEqual(expected.shape)
    expect(difference(got.values, await expected.data())).toBeLessThan(1e-5)
  })

  it('project every image of a batch, of which the cpu backend leaves out all but the first', async () => {
    const fn = (x: tf.Tensor) => tf.image.transform(x as tf.Tensor4D, tf.tensor2d([projection]))
    const x = waves(3, 5, 6, 2)
    const each = tf.concat(tf.split(x, 3).map(fn))
    const got = await compute({ fn, dims: x.shape }, x)
    expect(difference(got.values, await each.data())).toBeLessThan(1e-5)
  })

  it('project each image of a batch by its own transform', async () => {
    const rows = [projection, [0, 1, 0, 1, 0, 0, 0, 0]]
    const each = (x: tf.Tensor, i: number) =>
      tf.image.transform(x as tf.Tensor4D, tf.tensor2d([rows[i] ?? []]))
    const fn = (x: tf.Tensor) => tf.image.transform(x as tf.Tensor4D, tf.tensor2d(rows))
    const x = waves(2, 5, 6, 2)
    const expected = tf.concat(tf.split(x, 2).map(each))
    const got = await compute({ fn, dims: x.shape }, x)
    expect(difference(got.values, await expected.data())).toBeLessThan(1e-5)
  })
})

const resizes = {
  bilinear: tf.image.resizeBilinear,
  nearest: tf.image.resizeNearestNeighbor,
} as const

describe('gradients of resized images of any number and shape, which the cpu backend mixes up', () => {
  it.each([
    ['bilinear', [10, 9], false],
    ['bilinear', [3, 7], true],
    ['nearest', [10, 9], false],
    ['nearest', [10, 6], false],
    ['nearest', [3, 7], true],
  ] as const)(
    'are what the resize is transposed: %s to %s, %s',
    async (kind, [rows, columns], align) => {
      const resize = (x: tf.Tensor) => resizes[kind](x as tf.Tensor4D, [rows, columns], align)
      const dy = waves(2, rows, columns, 3)
      const fn = (x: tf.Tensor) => tf.grad(resize)(x, dy)
      const x = waves(2, 5, 3, 3)
      const { dims, values } = await compute({ fn, dims: x.shape }, x)
      expect(dims).toEqual(x.shape)
      const other = tf.cos(x)
      const [forward] = await tf.sum(tf.mul(dy, resize(other))).data()
      const [backward] = await tf.sum(tf.mul(tf.tensor(values, dims), other)).data()
      expect(backward).toBeCloseTo(forward ?? Number.NaN, 3)
    },
  )
})

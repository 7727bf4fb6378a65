import { beforeAll, describe, expect, it } from 'vitest'
import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-layers'
import * as tf from '@tensorflow/tfjs-core'
import { createModel, encodeModel } from '@anyvae/onnx'
import { nodeBackend } from '@anyvae/runtime-node'
import { traceGraph } from '../index.js'
import { floats, size } from '../testing/cases/case.js'
import { gradient } from '../testing/cases/window.js'
import { leftOver } from './framing.js'
import { convWindow, exchanged, extent, poolWindow } from './window.js'

type Fn = (...inputs: tf.Tensor[]) => tf.Tensor

interface BatchCase {
  readonly name: string
  readonly fn: Fn
  /** The sizes of one image. */
  readonly image: readonly number[]
  /** A filter, where the function takes one. */
  readonly filter?: readonly number[]
}

const conv: Fn = (x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 2, 'same')
const depthwise: Fn = (x, w) => tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, 2, 'same')
const volumes: Fn = (x, w) => tf.conv3d(x as tf.Tensor5D, w as tf.Tensor5D, 2, 'same')
const dilation: Fn = (x, w) => tf.dilation2d(x as tf.Tensor4D, w as tf.Tensor3D, 1, 'same')
const responses: Fn = (x) => tf.localResponseNormalization(x as tf.Tensor4D, 2)

const average =
  (filter: number, strides: number): Fn =>
  (x) =>
    tf.avgPool(x as tf.Tensor4D, filter, strides, 'same')

const maximum =
  (filter: number, strides: number): Fn =>
  (x) =>
    tf.maxPool(x as tf.Tensor4D, filter, strides, 'same')

const transposed: Fn = (x, w) =>
  tf.conv2dTranspose(x as tf.Tensor4D, w as tf.Tensor4D, [x.shape[0] ?? 1, 10, 12, 2], 2, 'same')

const image = [5, 6, 2]
const filter = [3, 3, 2, 3]
const volume = { image: [4, 5, 3, 2], filter: [3, 2, 2, 2, 3] }

/** Everything in which the batch takes another place than the first one. */
const batchCases: BatchCase[] = [
  { name: 'conv2d', fn: conv, image, filter },
  { name: 'conv2d by x', fn: gradient(conv, 0), image, filter },
  { name: 'conv2d by the filter', fn: gradient(conv, 1), image, filter },
  { name: 'conv2dTranspose', fn: transposed, image, filter: [3, 3, 2, 2] },
  { name: 'depthwiseConv2d', fn: depthwise, image, filter },
  { name: 'depthwiseConv2d by x', fn: gradient(depthwise, 0), image, filter },
  { name: 'depthwiseConv2d by the filter', fn: gradient(depthwise, 1), image, filter },
  { name: 'conv3d', fn: volumes, ...volume },
  { name: 'conv3d by x', fn: gradient(volumes, 0), ...volume },
  { name: 'conv3d by the filter', fn: gradient(volumes, 1), ...volume },
  { name: 'avgPool', fn: average(3, 2), image },
  { name: 'avgPool by x, side by side', fn: gradient(average(2, 2), 0), image },
  { name: 'avgPool by x, overlapping', fn: gradient(average(3, 2), 0), image },
  { name: 'maxPool', fn: maximum(3, 2), image },
  { name: 'maxPool by x, side by side', fn: gradient(maximum(2, 2), 0), image },
  { name: 'maxPool by x, overlapping', fn: gradient(maximum(3, 2), 0), image },
  { name: 'dilation2d', fn: dilation, image, filter: [3, 2, 2] },
  { name: 'dilation2d by x', fn: gradient(dilation, 0), image, filter: [3, 2, 2] },
  { name: 'dilation2d by the filter', fn: gradient(dilation, 1), image, filter: [3, 2, 2] },
  { name: 'localResponseNormalization by x', fn: gradient(responses, 0), image },
  {
    name: 'places of maxima',
    fn: (x) => tf.maxPoolWithArgmax(x as tf.Tensor4D, 2, 2, 'same', true).indexes ?? x,
    image,
  },
]

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Math.max(...Array.from(a, (value, i) => Math.abs(value - (b[i] ?? Number.NaN))))
}

beforeAll(async () => {
  await tf.setBackend('cpu')
})

describe('kernels with a window take any batch', () => {
  it.each(batchCases)('$name', async ({ fn, image: rest, filter: taps }) => {
    const filters = taps ? { filter: floats(...taps) } : {}
    const graph = traceGraph(
      ({ x, filter: w }) => ({ y: fn(...[x, w].flatMap((each) => each ?? [])) }),
      { inputs: { x: { dims: ['batch', ...rest] }, ...filters }, outputs: ['y'] },
    )
    const session = await nodeBackend.createSession(encodeModel(createModel(graph)))
    for (const batch of [1, 3]) {
      const given = { x: floats(batch, ...rest), ...filters }
      const inputs = Object.entries(given).map(([name, { dims, values }]) => {
        return [name, { type: 'float32' as const, dims, data: Float32Array.from(values) }] as const
      })
      const { y } = await session.run(Object.fromEntries(inputs))
      const wanted = fn(...inputs.map(([, { data, dims }]) => tf.tensor(data, [...dims])))
      expect(y?.dims).toEqual(wanted.shape)
      const got = Array.from<number | bigint>(y?.data ?? []).map(Number)
      expect(got.length).toBe(size(wanted.shape))
      expect(largestDifference(wanted.dataSync(), got)).toBeLessThan(2e-3)
    }
    await session.release()
  })
})

describe('windows', () => {
  const pool = (height: number, strides: number, pad: number | 'same' | 'valid') =>
    poolWindow([1, height, 9, 1], { filterSize: 3, strides, pad })

  it('knows the rows that strides leave over', () => {
    const rests = [7, 8, 9].map((height) => pool(height, 3, 'valid').map(leftOver)[0])
    expect(rests).toEqual([1, 2, 0])
  })

  it('pads no further than the last window reaches', () => {
    const [rows] = pool(6, 2, 1)
    expect(rows).toMatchObject({ output: 3, begin: 1, end: 0 })
  })

  it("takes the filter's height for its width where padding is a number", () => {
    const [rows, columns] = convWindow([1, 6, 9, 1], [2, 4, 1, 1], { strides: 1, pad: 1 })
    expect(rows).toMatchObject({ output: 7, end: 1 })
    expect(columns).toMatchObject({ output: 10, end: 3 })
  })

  it('exchanges outputs with taps and strides with dilations, the reach unchanged', () => {
    const window = convWindow([1, 9, 9, 1], [3, 3, 1, 1], { strides: 2, pad: 'same' })
    const [rows] = exchanged(window)
    expect(rows).toMatchObject({ kernel: 5, output: 3, stride: 1, dilation: 2 })
    expect(rows && extent(rows)).toBe(9)
    expect(exchanged(exchanged(window))).toEqual(window)
  })
})

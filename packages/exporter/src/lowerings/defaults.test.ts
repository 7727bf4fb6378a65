// Settings that are left out: the graph has TensorFlow.js's own, on inputs that show them.
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { nodeBackend } from '@anyvae/runtime-node'
import { beforeAll, describe, expect, it } from 'vitest'
import { exportOnnx, type TensorResult } from '../index.js'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

/** Small numbers on both sides of zero: beside them an epsilon of 0.001 counts. */
function small(dims: readonly number[]): tf.Tensor {
  const count = tf.util.sizeFromShape([...dims])
  const values = Array.from({ length: count }, (_, i) => (((i * 37) % 23) - 11) / 100)
  return tf.tensor(values, [...dims])
}

const kernel = (name: string, inputs: object, attributes: object = {}) =>
  tf.engine().runKernel<tf.Tensor>(name, inputs as tf.NamedTensorMap, attributes as tf.NamedAttrMap)

const variance = (x: tf.Tensor) =>
  tf.mul(tf.square(tf.slice(tf.reshape(x, [-1]), 0, x.shape.at(-1) ?? 1)), 0.1)
const mean = (x: tf.Tensor) => tf.slice(tf.reshape(x, [-1]), 1, x.shape.at(-1) ?? 1)
const filter = (dims: number[]) => small(dims)
const boxes = () => tf.tensor2d([[0, 0, 1, 1], [0, 0.4, 1, 1.4], [0, 0.3, 1, 1.3], [2, 2, 3, 3]]) // prettier-ignore
const window = { filterSize: 2, strides: 2, pad: 0 }
const conv = { strides: 1, pad: 'same', dataFormat: 'NHWC', dilations: 1 }
const I4 = [1, 4, 6, 3]

type Case = [name: string, dims: readonly number[], fn: (x: tf.Tensor) => tf.Tensor]

/** Kernels without the attributes that they may be run without. */
const kernels: Case[] = [
  [
    'FusedBatchNorm',
    I4,
    (x) => kernel('FusedBatchNorm', { x, mean: mean(x), variance: variance(x) }),
  ],
  ['MaxPool', I4, (x) => kernel('MaxPool', { x }, window)],
  ['AvgPool', I4, (x) => kernel('AvgPool', { x }, window)],
  ['Conv2D', I4, (x) => kernel('Conv2D', { x, filter: filter([2, 2, 3, 2]) }, conv)],
  [
    'DepthwiseConv2dNative',
    I4,
    (x) => kernel('DepthwiseConv2dNative', { input: x, x, filter: filter([2, 2, 3, 1]) }, conv),
  ],
  [
    'FusedConv2D',
    I4,
    (x) =>
      kernel('FusedConv2D', { x, filter: filter([2, 2, 3, 2]) }, { ...conv, activation: 'linear' }),
  ],
  [
    '_FusedMatMul',
    [3, 4],
    (x) =>
      kernel(
        '_FusedMatMul',
        { a: x, b: filter([4, 2]) },
        { transposeA: false, transposeB: false, activation: 'linear' },
      ),
  ],
  [
    'GatherV2',
    [3, 4],
    (x) =>
      kernel('GatherV2', { x, indices: tf.tensor1d([2, 0], 'int32') }, { axis: 0, batchDims: 0 }),
  ],
  [
    'Transform',
    I4,
    (x) =>
      kernel(
        'Transform',
        { image: x, transforms: tf.tensor2d([[1, 0, 1, 0, 1, -1, 0, 0]]) },
        { interpolation: 'nearest', fillMode: 'constant', fillValue: 0 },
      ),
  ],
  ['Step', [3, 4], (x) => kernel('Step', { x }, { alpha: 0 })],
  ['LeakyRelu', [3, 4], (x) => kernel('LeakyRelu', { x }, { alpha: 0.2 })],
]

/** Operations without any setting that has a default. */
const operations: Case[] = [
  [
    'batchNorm',
    I4,
    (x) => tf.batchNorm(x as tf.Tensor4D, mean(x) as tf.Tensor1D, variance(x) as tf.Tensor1D),
  ],
  ['leakyRelu', [3, 4], (x) => tf.leakyRelu(x)],
  ['elu', [3, 4], (x) => tf.elu(x)],
  ['selu', [3, 4], (x) => tf.selu(x)],
  ['step', [3, 4], (x) => tf.step(x)],
  ['softmax', [3, 4], (x) => tf.softmax(x)],
  ['logSoftmax', [3, 4], (x) => tf.logSoftmax(x)],
  [
    'localResponseNormalization',
    [1, 2, 2, 13],
    (x) => tf.localResponseNormalization(tf.mul<tf.Tensor4D>(x, 30)),
  ],
  ['resizeBilinear', I4, (x) => tf.image.resizeBilinear(x as tf.Tensor4D, [7, 5])],
  ['resizeNearestNeighbor', I4, (x) => tf.image.resizeNearestNeighbor(x as tf.Tensor4D, [7, 5])],
  [
    'cropAndResize',
    I4,
    (x) =>
      tf.image.cropAndResize(
        x as tf.Tensor4D,
        tf.tensor2d([[-0.2, 0.1, 1.3, 0.7]]),
        tf.tensor1d([0], 'int32'),
        [3, 3],
      ),
  ],
  ['rotateWithOffset', I4, (x) => tf.image.rotateWithOffset(x as tf.Tensor4D, 0.5)],
  [
    'transform',
    I4,
    (x) => tf.image.transform(x as tf.Tensor4D, tf.tensor2d([[1, 0.2, 1, 0, 1, -1, 0, 0]])),
  ],
  ['nonMaxSuppression', [4], (x) => tf.image.nonMaxSuppression(boxes(), x as tf.Tensor1D, 4)],
  ['topk', [3, 4], (x) => tf.topk(x).values],
  ['oneHot', [3], (x) => tf.oneHot(tf.cast(tf.mul(x, 0), 'int32'), 3)],
  ['cumsum', [3, 4], (x) => tf.cumsum(x)],
  ['cumprod', [3, 4], (x) => tf.cumprod(x)],
  ['pad', [3, 4], (x) => tf.pad(x, [[1, 0], [0, 2]])], // prettier-ignore
  ['gather', [3, 4], (x) => tf.gather(x, [2, 0])],
  [
    'conv2d',
    I4,
    (x) => tf.conv2d(x as tf.Tensor4D, filter([2, 2, 3, 2]) as tf.Tensor4D, 1, 'same'),
  ],
  ['maxPool', I4, (x) => tf.maxPool(x as tf.Tensor4D, 2, 2, 'same')],
  ['avgPool', I4, (x) => tf.avgPool(x as tf.Tensor4D, 2, 2, 'same')],
  ['matMul', [3, 4], (x) => tf.matMul(x, filter([4, 2]))],
  ['sum', [3, 4], (x) => tf.sum(x)],
  ['argMax', [3, 4], (x) => tf.argMax(x)],
  ['norm', [3, 4], (x) => tf.norm(x)],
  ['reverse', [3, 4], (x) => tf.reverse(x)],
  ['squeeze', [3, 1, 4], (x) => tf.squeeze(x)],
  ['stack', [3, 4], (x) => tf.stack([x, tf.neg(x)])],
  ['concat', [3, 4], (x) => tf.concat([x, tf.neg(x)])],
  [
    'fused.conv2d with a leaky relu',
    I4,
    (x) =>
      tf.fused.conv2d({
        x: x as tf.Tensor4D,
        filter: filter([2, 2, 3, 2]) as tf.Tensor4D,
        strides: 1,
        pad: 'same',
        activation: 'leakyrelu',
        leakyreluAlpha: 0.3,
      }),
  ],
]

const { layers: make } = tfl

/** Layers without any setting that has a default. */
const layers: [name: string, dims: readonly number[], layer: tfl.layers.Layer][] = [
  ['batchNormalization', [4], make.batchNormalization()],
  ['layerNormalization', [4], make.layerNormalization()],
  ['leakyReLU', [4], make.leakyReLU()],
  ['elu', [4], make.elu()],
  ['reLU', [4], make.reLU()],
  ['prelu', [4], make.prelu()],
  ['softmax', [4], make.softmax()],
  ['thresholdedReLU', [4], make.thresholdedReLU()],
  ['dropout', [4], make.dropout({ rate: 0.5 })],
  ['maxPooling2d', [5, 4, 2], make.maxPooling2d({})],
  ['averagePooling2d', [5, 4, 2], make.averagePooling2d({})],
  ['upSampling2d', [3, 4, 2], make.upSampling2d({})],
  ['zeroPadding2d', [3, 4, 2], make.zeroPadding2d()],
  ['maxPooling1d', [5, 4], make.maxPooling1d({})],
  ['averagePooling1d', [5, 4], make.averagePooling1d({})],
]

async function expectSame(
  exported: Awaited<ReturnType<typeof exportOnnx>>,
  x: tf.Tensor,
  wanted: tf.Tensor,
) {
  const session = await nodeBackend.createSession(exported.bytes)
  const name = exported.inputs[0]?.name ?? ''
  const data = Float32Array.from(x.dataSync())
  const [got] = Object.values(
    await session.run({ [name]: { type: 'float32', dims: x.shape, data } }),
  )
  await session.release()
  expect(got?.dims).toEqual(wanted.shape)
  const values = wanted.dataSync()
  const scale = Math.max(...Array.from(values, Math.abs), 1e-3)
  Array.from(got?.data ?? [], Number).forEach((value, i) => {
    expect(Math.abs(value - (values[i] ?? Number.NaN)) / scale).toBeLessThan(1e-5)
  })
}

describe.each([
  ['a kernel', kernels],
  ['an operation', operations],
])('%s without settings', (_, cases) => {
  it.each(cases)('%s', async (_name, dims, fn) => {
    const x = small(dims)
    const traced = ({ x: input }: { x: tf.Tensor }): TensorResult => fn(input)
    await expectSame(await exportOnnx(traced, { x: dims }), x, fn(x))
  })
})

describe('a layer without settings', () => {
  it.each(layers)('%s', async (_, dims, layer) => {
    const input = tfl.input({ shape: [...dims] })
    const model = tfl.model({ inputs: input, outputs: layer.apply(input) as tfl.SymbolicTensor })
    const [gamma, beta, ...moments] = layer.getWeights()
    if (layer.getClassName() === 'BatchNormalization' && gamma && beta) {
      layer.setWeights([
        gamma,
        beta,
        ...moments.map((_, i) => tf.fill([4], [0.02, 0.0004][i] ?? 0)),
      ])
    }
    const x = small([2, ...dims])
    await expectSame(await exportOnnx(model), x, model.predict(x) as tf.Tensor)
  })
})

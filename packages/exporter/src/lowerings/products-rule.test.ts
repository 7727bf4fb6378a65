import { beforeAll, describe, expect, it } from 'vitest'
import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-layers'
import * as tf from '@tensorflow/tfjs-core'
import {
  both,
  conv,
  differencesOf,
  floatsOf,
  graphOf,
  opTypes,
  type Several,
  withSquares,
} from '../testing/products.js'

const OPERATORS = ['Conv', 'ConvTranspose']

function operators(
  fn: Several,
  shapes: readonly (readonly number[])[],
  ...[outputs = 3, convolutions = 'products']: [number?, ('operators' | 'products')?]
) {
  const types = opTypes(graphOf(fn, shapes, { outputs, convolutions }))
  return types.filter((each) => OPERATORS.includes(each))
}

beforeAll(async () => {
  await tf.setBackend('cpu')
})

describe('which convolutions are products', () => {
  it.each<[string, Several, number[][]]>([
    [
      'two channels',
      withSquares(conv(1, 'same')),
      [
        [2, 6, 7, 2],
        [3, 3, 2, 1],
      ],
    ],
    [
      'one channel and strides',
      withSquares(conv(2, 'same')),
      [
        [2, 6, 7, 1],
        [3, 3, 1, 2],
      ],
    ],
    [
      'points',
      withSquares(conv(1, 'valid')),
      [
        [2, 6, 7, 3],
        [1, 1, 3, 2],
      ],
    ],
    [
      'lines',
      withSquares((x, w) => tf.conv1d(x as tf.Tensor3D, w as tf.Tensor3D, 1, 'same')),
      [
        [2, 7, 3],
        [3, 3, 2],
      ],
    ],
  ])('%s', (_, fn, shapes) => {
    // prettier-ignore
    expect(operators(fn, shapes)).toEqual([])
  })

  it.each<[string, Several, number[][], number?]>([
    [
      'one channel without strides',
      withSquares(conv(1, 'same')),
      [
        [2, 6, 7, 1],
        [3, 3, 1, 2],
      ],
    ],
    [
      'channels first',
      withSquares(conv(1, 'same', 'NCHW')),
      [
        [2, 3, 6, 7],
        [3, 3, 3, 2],
      ],
    ],
    [
      'windows with holes',
      (x, w) => [conv(1, 'same', 'NHWC', 2)(x, w)],
      [
        [2, 6, 7, 3],
        [3, 3, 3, 2],
      ],
      1,
    ],
    [
      'volumes',
      withSquares((x, w) => tf.conv3d(x as tf.Tensor5D, w as tf.Tensor5D, 1, 'same')),
      [
        [1, 4, 5, 4, 2],
        [3, 3, 3, 2, 2],
      ],
    ],
    [
      'channels apart',
      withSquares((x, w) => tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same')),
      [
        [2, 6, 7, 3],
        [3, 3, 3, 1],
      ],
    ],
  ])('not %s', (_, fn, shapes, outputs = 3) => {
    // prettier-ignore
    const found = operators(fn, shapes, outputs)
    expect(found).toContain('Conv')
    expect(found).toEqual(operators(fn, shapes, outputs, 'operators'))
  })
})

describe('fused convolutions as products', () => {
  it.each<[string, number[], tf.fused.Activation, number?]>([
    ['a bias a channel', [4], 'relu'],
    ['one bias', [1], 'elu'],
    ['a scalar', [], 'linear'],
    ['a bias a column', [8, 1], 'relu6'],
    ['a bias a channel, of windows that skip pixels', [4], 'sigmoid', 2],
    ['slopes', [4], 'prelu', 2],
  ])('add %s', async (_, bias, activation, strides = 1) => {
    const fn: Several = (x, filter, added, slopes) => [
      tf.fused.conv2d({
        x: x as tf.Tensor4D,
        filter: filter as tf.Tensor4D,
        strides,
        pad: 'same',
        activation,
        ...(added && { bias: added }),
        ...(activation === 'prelu' && slopes && { preluActivationWeights: slopes }),
      }),
    ]
    const shapes = [[2, 7, 8, 3], [3, 2, 3, 4], bias, [4]]
    const { got, wanted, graph } = await both(fn, shapes.map(floatsOf))
    expect(Math.max(...differencesOf(got, wanted))).toBeLessThanOrEqual(1e-5)
    expect(opTypes(graph)).not.toContain('Conv')
    expect(opTypes(graph)).toContain(bias.length < 2 ? 'Gemm' : 'MatMul')
  })
})

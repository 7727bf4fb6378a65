// Op cases of the convolution lowerings.
import * as tf from '@tensorflow/tfjs-core'
import { type Fn, floats, of, type OpCase } from './case.js'

type Padding = 'same' | 'valid' | number

function conv(stride: number, pad: Padding): Fn {
  return (x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, pad)
}

function convGradients(stride: number, pad: Padding): Fn {
  return (x, w) =>
    tf.grads((a, b) => tf.square(tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, stride, pad)))([
      x,
      w,
    ])
}

/** Every size modulo the stride, so that each way in which strides leave rows over is met. */
const strided: OpCase[] = ([1, 2, 3] as const).flatMap((stride) =>
  ([6, 7, 8, 9] as const).flatMap((height) =>
    (['same', 'valid', ...(stride === 1 ? [1] : [])] as const).flatMap((pad) => {
      const inputs = [floats(2, height, 7, 3), floats(3, 2, 3, 4)]
      const name = `height ${height}, stride ${stride}, pad ${pad}`
      return [
        of('Conv2D', name, conv(stride, pad), ...inputs),
        {
          ...of('Conv2DBackpropFilter', name, convGradients(stride, pad), ...inputs),
          tolerance: 1e-3,
          reason: 'sums of some hundred products of up to 100',
        },
      ]
    }),
  ),
)

const convTranspose: OpCase[] = [27, 28].map((height) =>
  of(
    'Conv2DBackpropInput',
    `to height ${height}`,
    (x, w) => tf.conv2dTranspose(x as tf.Tensor4D, w as tf.Tensor4D, [2, height, 28, 3], 2, 'same'),
    floats(2, 14, 14, 4),
    floats(5, 5, 3, 4),
  ),
)

export const convolution: readonly OpCase[] = [...strided, ...convTranspose]

// Op cases of the depthwise convolutions.
import * as tf from '@tensorflow/tfjs-core'
import { type CaseTensor, type Fn, floats, of, type OpCase } from './case.js'
import { type Explicit, gradient, loose, named, type Rounding } from './window.js'

interface Settings {
  readonly strides?: number | [number, number]
  readonly pad?: 'same' | 'valid' | number | Explicit
  readonly dilations?: number | [number, number]
  readonly rounding?: Rounding
}

type Dims = readonly number[]

function depthwiseCases(settings: Settings, x: Dims, filter: Dims): OpCase[] {
  const { strides = 1, pad = 'valid', dilations = 1, rounding } = settings
  const name = `${named(settings)}, x [${x.join()}], filter [${filter.join()}]`
  const call = (...[images, w]: tf.Tensor[]) =>
    tf.depthwiseConv2d(
      images as tf.Tensor4D,
      w as tf.Tensor4D,
      strides,
      pad,
      'NHWC',
      dilations,
      rounding,
    )
  const inputs = [floats(...x), floats(...filter)]
  const [byX, byFilter] = [gradient(call, 0), gradient(call, 1)]
  const gradients = [
    loose(of('DepthwiseConv2dNativeBackpropInput', `gradient, ${name}`, byX, ...inputs)),
    loose(of('DepthwiseConv2dNativeBackpropFilter', `gradient, ${name}`, byFilter, ...inputs)),
  ]
  return [of('DepthwiseConv2dNative', name, call, ...inputs), ...(dilations === 1 ? gradients : [])]
}

const rows: Explicit = [
  [0, 0],
  [1, 2],
  [0, 3],
  [0, 0],
]

const settings = [
  ...([1, 2, 3] as const).flatMap((strides) =>
    (['same', 'valid'] as const).flatMap((pad) => [
      ...depthwiseCases({ strides, pad }, [2, 7, 6, 3], [3, 2, 3, 1]),
      ...depthwiseCases({ strides, pad }, [2, 6, 7, 2], [2, 3, 2, 3]),
    ]),
  ),
  ...(['floor', 'ceil'] as const).flatMap((rounding) => [
    ...depthwiseCases({ strides: 2, pad: 1, rounding }, [2, 6, 7, 2], [3, 3, 2, 2]),
    ...depthwiseCases({ strides: 1, pad: 2, rounding }, [1, 5, 7, 2], [4, 1, 2, 1]),
  ]),
  ...depthwiseCases({ strides: 2, pad: rows }, [2, 6, 5, 2], [3, 2, 2, 2]),
  ...depthwiseCases({ pad: 'same', dilations: 2 }, [1, 7, 6, 3], [3, 2, 3, 2]),
  ...depthwiseCases({ pad: 'valid', dilations: [1, 3] }, [1, 7, 6, 3], [3, 2, 3, 1]),
  ...depthwiseCases({}, [1, 4, 4, 1], [2, 2, 1, 1]),
]

interface Fused {
  readonly bias?: CaseTensor
  readonly slopes?: CaseTensor
  readonly activation?: tf.fused.Activation
}

function fused(name: string, { bias, slopes, activation }: Fused): OpCase {
  const optional = [bias, slopes].flatMap((each) => each ?? [])
  const fn: Fn = (...[x, filter, ...rest]) =>
    tf.fused.depthwiseConv2d({
      x: x as tf.Tensor4D,
      filter: filter as tf.Tensor4D,
      strides: 1,
      pad: 'same',
      ...(bias && { bias: rest[0] as tf.Tensor }),
      ...(slopes && { preluActivationWeights: rest[bias ? 1 : 0] as tf.Tensor }),
      ...(activation && { activation }),
      leakyreluAlpha: 0.3,
    })
  return of('FusedDepthwiseConv2D', name, fn, floats(2, 5, 6, 3), floats(3, 2, 3, 2), ...optional)
}

export const depthwise: readonly OpCase[] = [
  ...settings,
  fused('alone', {}),
  fused('bias a channel', { bias: floats(6), activation: 'relu6' }),
  fused('scalar bias', { bias: floats(), activation: 'elu' }),
  fused('slopes', { bias: floats(6), activation: 'prelu', slopes: floats(6) }),
  fused('leaky', { activation: 'leakyrelu' }),
  of(
    'DepthwiseConv2dNative',
    'in a separable convolution',
    (x, depth, point) =>
      tf.separableConv2d(x as tf.Tensor4D, depth as tf.Tensor4D, point as tf.Tensor4D, 2, 'same'),
    floats(2, 5, 6, 3),
    floats(3, 3, 3, 2),
    floats(1, 1, 6, 4),
  ),
]

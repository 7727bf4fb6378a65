// Op cases of the convolutions of images.
import * as tf from '@tensorflow/tfjs-core'
import { type CaseTensor, type Fn, floats, of, type OpCase } from './case.js'
import { type Explicit, gradient, loose, named, type Rounding } from './window.js'

interface Settings {
  readonly strides?: number | [number, number]
  readonly pad?: 'same' | 'valid' | number | Explicit
  readonly format?: 'NHWC' | 'NCHW'
  readonly dilations?: number | [number, number]
  readonly rounding?: Rounding
}

type Dims = readonly number[]

function conv(settings: Settings): (x: tf.Tensor, w: tf.Tensor) => tf.Tensor {
  const { strides = 1, pad = 'valid', format = 'NHWC', dilations = 1, rounding } = settings
  return (x, w) =>
    tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, strides, pad, format, dilations, rounding)
}

/** The convolution and, where TensorFlow.js has them, its two gradients. */
function convCases(settings: Settings, x: Dims, filter: Dims): OpCase[] {
  const name = `${named(settings)}, x [${x.join()}], filter [${filter.join()}]`
  const call = conv(settings)
  const inputs = [floats(...x), floats(...filter)]
  const gradients = [
    loose(of('Conv2DBackpropInput', `gradient, ${name}`, gradient(call, 0), ...inputs)),
    loose(of('Conv2DBackpropFilter', `gradient, ${name}`, gradient(call, 1), ...inputs)),
  ]
  const forward = of('Conv2D', name, call, ...inputs)
  return [forward, ...((settings.dilations ?? 1) === 1 ? gradients : [])]
}

/** Every size modulo the stride, so that each way in which strides leave rows over is met. */
const strided = ([1, 2, 3] as const).flatMap((strides) =>
  [6, 7, 8, 9]
    .slice(0, strides + 1)
    .flatMap((height) =>
      (['same', 'valid'] as const).flatMap((pad) =>
        convCases({ strides, pad }, [2, height, 7, 3], [3, 2, 3, 4]),
      ),
    ),
)

/** Padding as a number, in which the filter's height and its stride count for the width as well. */
const padded = ([1, 2] as const).flatMap((pad) =>
  (['floor', 'ceil'] as const).flatMap((rounding) => [
    ...convCases({ strides: 2, pad, rounding }, [1, 6, 7, 2], [3, 3, 2, 2]),
    ...convCases({ strides: [1, 2], pad, rounding }, [1, 6, 7, 2], [2, 4, 2, 1]),
    ...convCases({ strides: [3, 2], pad, rounding }, [1, 7, 9, 2], [2, 1, 2, 1]),
    ...convCases({ strides: 1, pad, rounding }, [1, 5, 7, 2], [4, 1, 2, 1]),
  ]),
)

const rows: Explicit = [
  [0, 0],
  [1, 2],
  [0, 3],
  [0, 0],
]
const rowsOfPlanes: Explicit = [
  [0, 0],
  [0, 0],
  [2, 0],
  [1, 4],
]

const formats = [
  ...convCases({ strides: 2, pad: rows }, [2, 6, 5, 2], [3, 2, 2, 3]),
  ...convCases({ pad: rowsOfPlanes, format: 'NCHW' }, [2, 2, 6, 5], [3, 2, 2, 3]),
  ...convCases({ strides: 2, pad: 'same', format: 'NCHW' }, [2, 3, 6, 5], [3, 3, 3, 2]),
  ...convCases({ strides: 2, pad: 'valid', format: 'NCHW' }, [2, 3, 6, 5], [3, 2, 3, 2]),
  ...convCases({ pad: 1, format: 'NCHW' }, [2, 3, 6, 5], [1, 1, 3, 2]),
  ...convCases({}, [2, 4, 5, 3], [1, 1, 3, 2]),
  ...convCases({ strides: [3, 2] }, [2, 6, 5, 3], [1, 1, 3, 2]),
  ...convCases({ strides: 2, pad: 'same' }, [2, 4, 5, 3], [1, 1, 3, 2]),
  ...convCases({}, [0, 4, 4, 2], [2, 2, 2, 3]).slice(0, 1),
]

const dilated = (['same', 'valid', 2] as const).flatMap((pad) =>
  [2, [1, 3] as [number, number], [3, 1] as [number, number]].flatMap((dilations) => [
    ...convCases({ pad, dilations }, [1, 9, 8, 2], [3, 2, 2, 2]),
    ...convCases({ pad, dilations, format: 'NCHW' }, [1, 2, 9, 8], [2, 2, 2, 2]),
  ]),
)

/** Transposed convolutions, to sizes of every remainder, and what their gradients are. */
function transposed(to: [number, number, number, number], x: Dims, settings: Settings): OpCase[] {
  const { strides = 2, pad = 'same', rounding } = settings
  const call = (...[dy, w]: tf.Tensor[]) =>
    tf.conv2dTranspose(dy as tf.Tensor4D, w as tf.Tensor4D, to, strides, pad, rounding)
  const name = `to [${to.join()}] from [${x.join()}], ${named(settings)}`
  const inputs = [floats(...x), floats(5, 5, to[3], x[3] ?? 1)]
  return [
    loose(of('Conv2DBackpropInput', name, call, ...inputs)),
    loose(of('Conv2D', `gradient of the transposed, ${name}`, gradient(call, 0), ...inputs)),
    loose(
      of(
        'Conv2DBackpropFilter',
        `gradient of the transposed, ${name}`,
        gradient(call, 1),
        ...inputs,
      ),
    ),
  ]
}

const transposes = [
  ...transposed([1, 7, 8, 3], [1, 4, 4, 2], {}),
  ...transposed([2, 11, 12, 1], [2, 4, 4, 2], { pad: 'valid' }),
  ...transposed([1, 9, 9, 2], [1, 3, 3, 2], { strides: 3 }),
  ...transposed([1, 6, 6, 2], [1, 4, 4, 2], { strides: 1, pad: 1 }),
]

interface Fused {
  readonly bias?: CaseTensor
  readonly slopes?: CaseTensor
  readonly activation?: tf.fused.Activation
  readonly format?: 'NHWC' | 'NCHW'
}

function fused(name: string, { bias, slopes, activation, format = 'NHWC' }: Fused): OpCase {
  const optional = [bias, slopes].flatMap((each) => each ?? [])
  const x = format === 'NHWC' ? floats(2, 5, 6, 3) : floats(2, 3, 5, 6)
  const fn: Fn = (...[images, filter, ...rest]) =>
    tf.fused.conv2d({
      x: images as tf.Tensor4D,
      filter: filter as tf.Tensor4D,
      strides: 2,
      pad: 'same',
      dataFormat: format,
      ...(bias && { bias: rest[0] as tf.Tensor }),
      ...(slopes && { preluActivationWeights: rest[bias ? 1 : 0] as tf.Tensor }),
      ...(activation && { activation }),
      leakyreluAlpha: 0.3,
    })
  return of('FusedConv2D', name, fn, x, floats(3, 2, 3, 4), ...optional)
}

const fusions = [
  fused('alone', {}),
  fused('bias a channel', { bias: floats(4), activation: 'relu' }),
  fused('one bias', { bias: floats(1), activation: 'elu' }),
  fused('scalar bias', { bias: floats() }),
  fused('bias, channels first', { bias: floats(4), format: 'NCHW', activation: 'sigmoid' }),
  fused('scalar bias, channels first', { bias: floats(), format: 'NCHW' }),
  fused('leaky', { activation: 'leakyrelu' }),
  fused('relu6', { bias: floats(4), activation: 'relu6' }),
  fused('slopes', { bias: floats(4), activation: 'prelu', slopes: floats(4) }),
  fused('slopes, channels first', { activation: 'prelu', slopes: floats(4), format: 'NCHW' }),
  fused('one slope of three axes, channels first', {
    bias: floats(4),
    activation: 'prelu',
    slopes: floats(1, 1, 1),
    format: 'NCHW',
  }),
]

const lines: OpCase[] = (['NWC', 'NWC'] as const).map((format, i) =>
  of(
    'Conv2D',
    `of lines, stride ${i + 1}`,
    (x, w) => tf.conv1d(x as tf.Tensor3D, w as tf.Tensor3D, i + 1, 'same', format),
    floats(2, 7, 3),
    floats(3, 3, 2),
  ),
)

export const convolution: readonly OpCase[] = [
  ...strided,
  ...padded,
  ...formats,
  ...dilated,
  ...transposes,
  ...fusions,
  ...lines,
]

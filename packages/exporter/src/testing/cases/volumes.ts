// Op cases of the convolutions and pools of volumes.
import * as tf from '@tensorflow/tfjs-core'
import { type CaseTensor, floats, ints, of, type OpCase, tensor } from './case.js'
import { gradient, loose, named, type Rounding } from './window.js'

interface Settings {
  readonly strides?: number | [number, number, number]
  readonly pad?: 'same' | 'valid' | number
  readonly dilations?: number | [number, number, number]
  readonly rounding?: Rounding
}

type Dims = readonly number[]

function convCases(settings: Settings, x: Dims, filter: Dims): OpCase[] {
  const { strides = 1, pad = 'valid', dilations = 1 } = settings
  const name = `${named(settings)}, x [${x.join()}], filter [${filter.join()}]`
  const call = (...[volumes, w]: tf.Tensor[]) =>
    tf.conv3d(
      volumes as tf.Tensor5D,
      w as tf.Tensor5D,
      strides,
      pad as 'same' | 'valid',
      'NDHWC',
      dilations,
    )
  const inputs = [floats(...x), floats(...filter)]
  const gradients = [
    loose(of('Conv3DBackpropInputV2', `gradient, ${name}`, gradient(call, 0), ...inputs)),
    loose(of('Conv3DBackpropFilterV2', `gradient, ${name}`, gradient(call, 1), ...inputs)),
  ]
  const forward = loose(of('Conv3D', name, call, ...inputs))
  return [forward, ...(dilations === 1 ? gradients : [])]
}

const convolutions = [
  ...([1, 2, [1, 2, 3] as [number, number, number]] as const).flatMap((strides) =>
    (['same', 'valid'] as const).flatMap((pad) => [
      ...convCases({ strides, pad }, [2, 5, 6, 4, 2], [3, 2, 2, 2, 3]),
    ]),
  ),
  // Strides beyond the filter, where TensorFlow.js starts inside the volume.
  ...convCases({ strides: 3, pad: 'same' }, [1, 5, 6, 7, 2], [1, 1, 1, 2, 2]),
  ...convCases({ pad: 'same', dilations: 2 }, [1, 5, 6, 4, 2], [3, 2, 2, 2, 3]),
  ...convCases({ pad: 'valid', dilations: [1, 3, 2] }, [1, 5, 6, 4, 2], [3, 2, 2, 2, 3]),
  ...([7, 8] as const).map((size) =>
    loose(
      of(
        'Conv3DBackpropInputV2',
        `transposed, to ${size}`,
        (x, w) =>
          tf.conv3dTranspose(x as tf.Tensor5D, w as tf.Tensor5D, [1, size, 8, 4, 2], 2, 'same'),
        floats(1, 4, 4, 2, 3),
        floats(3, 3, 3, 2, 3),
      ),
    ),
  ),
]

type Size = number | [number, number, number]

function poolCases(size: Size, settings: Settings, x: CaseTensor): OpCase[] {
  const { strides = 1, pad = 'valid', rounding } = settings
  const name = `of ${size.toString()}, ${named(settings)}, x [${x.dims.join()}] ${x.dataType}`
  const max = (...[volumes]: tf.Tensor[]) =>
    tf.maxPool3d(volumes as tf.Tensor5D, size, strides, pad, rounding)
  const average = (...[volumes]: tf.Tensor[]) =>
    tf.avgPool3d(volumes as tf.Tensor5D, size, strides, pad, rounding)
  const whole = of('MaxPool3D', name, max, x)
  return x.dataType === 'float32'
    ? [
        whole,
        of('MaxPool3DGrad', `gradient, ${name}`, gradient(max, 0), x),
        of('AvgPool3D', name, average, x),
        of('AvgPool3DGrad', `gradient, ${name}`, gradient(average, 0), x),
      ]
    : [whole]
}

const equal = tensor(
  [1, 2, 2, 4, 1],
  Array.from({ length: 16 }, () => 1),
)

const pools = [
  ...([1, 2, 3] as const).flatMap((strides) =>
    (['same', 'valid'] as const).flatMap((pad) => [
      ...poolCases(2, { strides, pad }, floats(2, 5, 4, 6, 2)),
      ...poolCases(3, { strides, pad }, floats(1, 5, 4, 6, 2)),
    ]),
  ),
  ...poolCases(3, { strides: [2, 1, 2], pad: 1, rounding: 'ceil' }, floats(1, 5, 4, 6, 1)),
  ...poolCases(1, { strides: 3, pad: 'same' }, floats(1, 5, 4, 6, 1)),
  ...poolCases(2, { strides: 1, pad: 'same' }, ints(1, 3, 4, 2, 2)),
  // Of equal elements the last one gets the gradient.
  ...poolCases(2, { strides: 2, pad: 'valid' }, equal),
  ...poolCases(2, { strides: 1, pad: 'same' }, equal),
]

export const volumes: readonly OpCase[] = [...convolutions, ...pools]

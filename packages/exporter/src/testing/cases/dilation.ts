// Op cases of morphological dilation.
import * as tf from '@tensorflow/tfjs-core'
import { type CaseTensor, floats, ints, of, type OpCase } from './case.js'
import { gradient, named } from './window.js'

interface Settings {
  readonly strides?: number | [number, number]
  readonly pad?: 'same' | 'valid'
  readonly dilations?: number | [number, number]
}

function dilationCases(settings: Settings, x: CaseTensor, filter: CaseTensor): OpCase[] {
  const { strides = 1, pad = 'valid', dilations = 1 } = settings
  const name = `${named(settings)}, x [${x.dims.join()}] ${x.dataType}`
  const call = (...[images, w]: tf.Tensor[]) =>
    tf.dilation2d(images as tf.Tensor4D, w as tf.Tensor3D, strides, pad, dilations)
  const whole = of('Dilation2D', name, call, x, filter)
  return x.dataType === 'float32'
    ? [
        whole,
        of('Dilation2DBackpropInput', `gradient, ${name}`, gradient(call, 0), x, filter),
        of('Dilation2DBackpropFilter', `gradient, ${name}`, gradient(call, 1), x, filter),
      ]
    : [whole]
}

export const dilation: readonly OpCase[] = [
  ...([1, 2, [2, 1] as [number, number]] as const).flatMap((strides) =>
    (['same', 'valid'] as const).flatMap((pad) =>
      dilationCases({ strides, pad }, floats(2, 6, 5, 2), floats(3, 2, 2)),
    ),
  ),
  ...dilationCases({ pad: 'same', dilations: 2 }, floats(1, 6, 5, 2), floats(2, 2, 2)),
  ...dilationCases({ pad: 'valid', dilations: [1, 3] }, floats(1, 6, 5, 2), floats(2, 2, 2)),
  ...dilationCases({ pad: 'same' }, ints(1, 4, 5, 2), ints(2, 2, 2)),
]

// Op cases of the pools of images.
import * as tf from '@tensorflow/tfjs-core'
import { bools, type CaseTensor, floats, ints, of, type OpCase, tensor } from './case.js'
import { type Explicit, gradient, named, type Rounding } from './window.js'

interface Settings {
  readonly strides?: number | [number, number]
  readonly pad?: 'same' | 'valid' | number | Explicit
  readonly rounding?: Rounding
}

type Size = number | [number, number]

function poolCases(size: Size, settings: Settings, x: CaseTensor): OpCase[] {
  const { strides = 1, pad = 'valid', rounding } = settings
  const name = `of ${size.toString()}, ${named(settings)}, x [${x.dims.join()}] ${x.dataType}`
  const max = (...[images]: tf.Tensor[]) =>
    tf.maxPool(images as tf.Tensor4D, size, strides, pad, rounding)
  const average = (...[images]: tf.Tensor[]) =>
    tf.avgPool(images as tf.Tensor4D, size, strides, pad, rounding)
  const whole = of('MaxPool', name, max, x)
  return x.dataType === 'float32'
    ? [
        whole,
        of('MaxPoolGrad', `gradient, ${name}`, gradient(max, 0), x),
        of('AvgPool', name, average, x),
        of('AvgPoolGrad', `gradient, ${name}`, gradient(average, 0), x),
      ]
    : [whole]
}

const rows: Explicit = [
  [0, 0],
  [1, 2],
  [0, 3],
  [0, 0],
]

/** All the same, as the zeros behind a rectifier are: the first one gets the gradient. */
const equal = tensor(
  [1, 4, 5, 1],
  Array.from({ length: 20 }, () => 1),
)

const holes = tensor(
  [1, 3, 4, 1],
  [1, Number.NaN, 3, Number.NaN, 5, 6, Number.NaN, -Infinity, 4, 2, Infinity, 1],
)

const settings = [
  ...([1, 2, 3] as const).flatMap((strides) =>
    (['same', 'valid'] as const).flatMap((pad) => [
      ...poolCases(2, { strides, pad }, floats(2, 7, 6, 3)),
      ...poolCases(3, { strides, pad }, floats(1, 6, 8, 2)),
      ...poolCases([2, 3], { strides, pad }, floats(1, 5, 7, 2)),
    ]),
  ),
  ...(['floor', 'ceil', 'round'] as const).flatMap((rounding) => [
    ...poolCases(3, { strides: 2, pad: 1, rounding }, floats(1, 6, 7, 2)),
    ...poolCases([3, 1], { strides: 2, pad: 0, rounding }, floats(1, 6, 7, 2)),
  ]),
  ...poolCases(3, { strides: 2, pad: rows }, floats(2, 6, 5, 2)),
  ...poolCases(1, { strides: 2 }, floats(2, 5, 6, 2)),
  ...poolCases(1, {}, floats(1, 3, 4, 2)),
  ...poolCases(2, { strides: 1, pad: 'same' }, ints(1, 3, 4, 2)),
  ...poolCases(2, { strides: 2 }, bools(1, 4, 4, 2)),
  ...poolCases(2, { strides: 2 }, equal),
  ...poolCases(2, { strides: 1, pad: 'same' }, equal),
  ...poolCases(3, { strides: 3, pad: 'same' }, equal),
]

const special: OpCase[] = [
  of('MaxPool', 'of NaN', (x) => tf.maxPool(x as tf.Tensor4D, 2, 1, 'valid'), holes),
  of('MaxPool', 'of NaN, padded', (x) => tf.maxPool(x as tf.Tensor4D, 3, 2, 'same'), holes),
  of('AvgPool', 'of NaN', (x) => tf.avgPool(x as tf.Tensor4D, 2, 1, 'same'), holes),
  of(
    'MaxPool',
    'of whole numbers beyond 2^24',
    (x) => tf.maxPool(x as tf.Tensor4D, 2, 1, 'valid'),
    { dims: [1, 2, 2, 1], values: [2 ** 30, 2 ** 30 + 1, -7, 3], dataType: 'int32' },
  ),
  of(
    'MaxPool',
    'without images',
    (x) => tf.maxPool(x as tf.Tensor4D, 2, 1, 'valid'),
    floats(0, 4, 4, 2),
  ),
  of(
    'AvgPool',
    'padding wider than the filter',
    (x) => tf.avgPool(x as tf.Tensor4D, 2, 1, 3),
    floats(2, 3, 4, 2),
  ),
  of(
    'AvgPoolGrad',
    'padding wider than the filter',
    gradient((...[x]) => tf.avgPool(x as tf.Tensor4D, 2, 2, 1), 0),
    floats(2, 3, 4, 2),
  ),
  ...(['max', 'avg'] as const).flatMap((kind) =>
    (['same', 'valid'] as const).map((pad) =>
      of(
        kind === 'max' ? 'MaxPool' : 'AvgPool',
        `dilated, ${pad}`,
        (x) => tf.pool(x as tf.Tensor4D, [2, 3], kind, pad, [2, 1]),
        floats(2, 6, 5, 2),
      ),
    ),
  ),
]

const places = ([1, 2] as const).flatMap((strides) =>
  (['same', 'valid'] as const).flatMap((pad) =>
    [true, false].map((batch) =>
      of(
        'MaxPoolWithArgmax',
        `stride ${strides}, ${pad}, ${batch ? 'with' : 'without'} the batch`,
        (x) => {
          const { result, indexes } = tf.maxPoolWithArgmax(
            x as tf.Tensor4D,
            [3, 2],
            strides,
            pad,
            batch,
          )
          return [result, indexes].flatMap((each) => each ?? [])
        },
        floats(2, 5, 6, 3),
      ),
    ),
  ),
)

export const pooling: readonly OpCase[] = [...settings, ...special, ...places]

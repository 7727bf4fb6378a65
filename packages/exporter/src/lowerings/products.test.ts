import { beforeAll, describe, expect, it } from 'vitest'
import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-layers'
import * as tf from '@tensorflow/tfjs-core'
import {
  both,
  differencesOf,
  floatsOf,
  type Fn,
  opTypes,
  type Several,
  withGradients,
} from '../testing/products.js'

/** Relative to 1 or the value, as of the op cases. */
const TOLERANCE = 1e-5

type Pad = 'same' | 'valid' | number | [Pair, Pair, Pair, Pair]
type Pair = [number, number]

const none: Pair = [0, 0]
const STRIDES: readonly Pair[] = [1, 2, 3, [1, 2], [3, 2]].map(pairOf)
const KERNELS: readonly Pair[] = [1, 2, 3, 4, 5, [3, 2], [1, 4], [5, 1]].map(pairOf)
const PADS: readonly Pad[] = ['same', 'valid', [none, [1, 2], [0, 3], none]]

/** Lists of lengths that share no factor with the table's, so that all meet all. */
const CHANNELS: readonly Pair[] = [[2, 3], [1, 2], [3, 1], [4, 4], [5, 2], [1, 1], [2, 5]] // prettier-ignore
const IMAGES = [
  [1, 7, 9],
  [2, 8, 8],
  [3, 5, 6],
  [1, 11, 5],
  [2, 6, 7],
  [1, 5, 5],
  [4, 9, 7],
  [2, 7, 7],
  [1, 8, 6],
  [3, 6, 9],
  [2, 5, 8],
] as const

function pairOf(each: number | number[]): Pair {
  const [a = 1, b = a] = [each].flat()
  return [a, b]
}

interface Case {
  readonly strides: Pair
  readonly kernel: Pair
  readonly pad: Pad
  readonly rounding?: 'floor' | 'ceil'
  readonly channels: Pair
  readonly image: readonly [number, number, number]
}

const table = STRIDES.flatMap((strides) =>
  KERNELS.flatMap((kernel) => PADS.map((pad) => ({ strides, kernel, pad }))),
).map((each, i): Case => {
  const [inputs, outputs] = CHANNELS[i % CHANNELS.length] ?? [2, 2]
  // One channel without strides is left to the operators.
  const least = each.strides.join() === '1,1' ? 2 : 1
  const image = IMAGES[i % IMAGES.length] ?? [1, 7, 7]
  return { ...each, channels: [Math.max(inputs, least), outputs], image }
})

/** Padding as a number: rows left over, and windows beyond the end. */
const rounded = ([1, 2] as const).flatMap((pad) =>
  (['floor', 'ceil'] as const).map((rounding): Case => {
    const [strides, kernel]: Pair[] = [pairOf([3, 2]), pairOf([3, 2])]
    return { strides: strides ?? none, kernel: kernel ?? none, pad, rounding, channels: [2, 3], image: [2, 7, 9] } // prettier-ignore
  }),
)

function convOf({ strides, pad, rounding }: Case): Fn {
  return (x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, strides, pad, 'NHWC', 1, rounding)
}

const shapesOf = ({ image, channels, kernel }: Case) => [
  [...image, channels[0]],
  [...kernel, ...channels],
]

interface Transposed extends Pick<Case, 'strides' | 'kernel'> {
  readonly pad: 'same' | 'valid'
  readonly from: readonly [number, number, number, number]
  readonly to: readonly [number, number, number, number]
}

/** To all sizes that the strides leave open. */
const transposed = ([2, 3, [3, 2]] as const)
  .map((each) => pairOf([each].flat()))
  .flatMap((strides) =>
    [2, 3, 5]
      .map((kernel) => pairOf(kernel))
      .flatMap((kernel, i) =>
        (['same', 'valid'] as const).flatMap((pad, j) =>
          Array.from({ length: strides[0] }, (_, rest): Transposed => {
            const [batch, inputs, outputs] = [
              1 + ((i + rest) % 2),
              1 + ((i + j) % 3),
              1 + ((j + rest) % 4),
            ]
            const sizes = strides.map((stride, axis) => {
              const left = Math.min(rest, stride - 1)
              return pad === 'same' ? 3 * stride - left : 2 * stride + (kernel[axis] ?? 1) + left
            })
            const [height = 1, width = 1] = sizes
            return {
              strides,
              kernel,
              pad,
              from: [batch, 3, 3, inputs],
              to: [batch, height, width, outputs],
            }
          }),
        ),
      ),
  )

beforeAll(async () => {
  await tf.setBackend('cpu')
})

async function expectSame(fn: Fn, shapes: readonly (readonly number[])[]) {
  const inputs = shapes.map((dims, i) => floatsOf(dims, i))
  const last = tf.tidy(() => fn(...inputs).shape)
  const { got, wanted, graph } = await both(withGradients(fn), [...inputs, floatsOf(last, 2)])
  expect(got.map(({ dims }) => dims)).toEqual(wanted.map(({ dims }) => dims))
  expect(Math.max(...differencesOf(got, wanted))).toBeLessThanOrEqual(TOLERANCE)
  expect(opTypes(graph)).not.toContain('Conv')
  expect(opTypes(graph)).not.toContain('ConvTranspose')
}

describe('convolutions as products, and their gradients', () => {
  const rows = [...table, ...rounded].map((each) => [JSON.stringify(each), each] as const)
  it.each(rows)('are those of TensorFlow.js: %s', (_, each) =>
    expectSame(convOf(each), shapesOf(each)),
  )

  it.each(transposed.map((each) => [JSON.stringify(each), each] as const))(
    'are those of TensorFlow.js, transposed: %s',
    (_, { strides, kernel, pad, from, to }) =>
      expectSame(
        (x, w) => tf.conv2dTranspose(x as tf.Tensor4D, w as tf.Tensor4D, [...to], strides, pad),
        [from, [...kernel, to[3], from[3]]],
      ),
  )

  it.each([13, 18, 21])('are those of TensorFlow.js at opset %i', async (opset) => {
    const fn: Fn = (x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 2, 'same')
    const shapes = [
      [2, 7, 8, 3],
      [3, 3, 3, 2],
      [2, 4, 4, 2],
    ]
    const inputs = shapes.map(floatsOf)
    const { got, wanted } = await both(withGradients(fn), inputs, { opset })
    expect(Math.max(...differencesOf(got, wanted))).toBeLessThanOrEqual(TOLERANCE)
  })

  it.each<[string, Several, number[][]]>([
    [
      'of one number everywhere',
      (w) => {
        const fn = (a: tf.Tensor, b: tf.Tensor) =>
          tf.sum(tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, 2, 'same'))
        const x = tf.fill([2, 7, 8, 3], 0.5)
        return [fn(x, w), ...tf.grads(fn)([x, w])]
      },
      [[3, 3, 3, 2]],
    ],
    [
      'of no images',
      (x, w) => [tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same')],
      [
        [0, 5, 6, 2],
        [3, 3, 2, 4],
      ],
    ],
  ])('are those of TensorFlow.js %s', async (_, fn, shapes) => {
    const { got, wanted } = await both(fn, shapes.map(floatsOf))
    expect(got.map(({ dims }) => dims)).toEqual(wanted.map(({ dims }) => dims))
    expect(Math.max(...differencesOf(got, wanted))).toBeLessThanOrEqual(TOLERANCE)
  })
})

// Op cases of the scan lowerings.
import * as tf from '@tensorflow/tfjs-core'
import { bools, type CaseTensor, floats, ints, of, type OpCase, tensor } from './case.js'

const kernels = [
  ['Cumsum', tf.cumsum],
  ['Cumprod', tf.cumprod],
] as const

const ways = [
  ['forwards', false, false],
  ['exclusive', true, false],
  ['in reverse', false, true],
  ['exclusive, in reverse', true, true],
] as const

/** Each way along each axis, of lengths on both sides of a power of two. */
const along: OpCase[] = kernels.flatMap(([kernel, fn]) =>
  ways.flatMap(([name, exclusive, reverse]) => [
    ...[0, 1, 2].map((axis) =>
      of(kernel, `${name}, axis ${axis}`, (x) => fn(x, axis, exclusive, reverse), floats(3, 4, 5)),
    ),
    ...[floats(1), ints(7), bools(8), ints(9), floats(0, 3)].map((input: CaseTensor) =>
      of(
        kernel,
        `${name}, ${input.dataType} of shape [${input.dims.join(', ')}]`,
        (x) => fn(x, 0, exclusive, reverse),
        input,
      ),
    ),
  ]),
)

const { Infinity: inf, NaN: nan } = globalThis

const special = kernels.flatMap(([kernel, fn]) => [
  of(kernel, 'zeros and signs', (x) => fn(x), tensor([6], [-2, 3, 0, -1, 5, 0])),
  of(kernel, 'NaN', (x) => fn(x), tensor([4], [2, nan, 3, 0])),
  of(kernel, 'infinity', (x) => fn(x), tensor([4], [2, inf, 3, -1])),
])

const gradients = [
  of(
    'Cumsum',
    'gradient',
    (x) => tf.grad((y) => tf.square(tf.cumsum(y, 1, true)))(x),
    floats(2, 3),
  ),
]

const overflows = [
  of('Cumsum', 'more than 32 bits', (x) => tf.cumsum(x), {
    ...tensor([3], [2147483647, 2147483647, 5]),
    dataType: 'int32',
  }),
  of('Cumprod', 'more than 32 bits', (x) => tf.cumprod(x), {
    ...tensor([4], [65536, 3, 40000, 7]),
    dataType: 'int32',
  }),
]

export const scan: readonly OpCase[] = [...along, ...special, ...gradients, ...overflows]

// Op cases of the reduction lowerings.
import * as tf from '@tensorflow/tfjs-core'
import { bools, type CaseTensor, type Fn, floats, ints, of, type OpCase, tensor } from './case.js'

type Reduce = (x: tf.Tensor, axis?: number | number[], keepDims?: boolean) => tf.Tensor

/** Every way to name axes, without elements along an axis, and of rank 0. */
function axes(kernel: OpCase['kernel'], fn: Reduce, make: (...dims: number[]) => CaseTensor) {
  const { dataType } = make(1)
  const named = (name: string, call: Fn, ...dims: number[]) =>
    of(kernel, `${dataType}, ${name}`, call, make(...dims))
  return [
    named('all axes', (x) => fn(x), 2, 3, 4),
    named('last axis', (x) => fn(x, -1), 2, 3, 4),
    named('two axes kept', (x) => fn(x, [0, 2], true), 2, 3, 4),
    named('axes in another order', (x) => fn(x, [2, 0]), 2, 3, 4),
    named('negative axes', (x) => fn(x, [-1, -3]), 2, 3, 4),
    named('no axes', (x) => fn(x, []), 2, 3),
    named('rank 0', (x) => fn(x)),
    named('no elements', (x) => fn(x, 1), 2, 0),
    named('no results', (x) => fn(x, 1, true), 0, 3),
    named('axis of size 1', (x) => fn(x, 1), 3, 1),
  ]
}

const { Infinity: inf, NaN: nan } = globalThis

/** In each row another kind of number that is no finite one. */
const rows = tensor(
  [5, 4],
  [
    ...[1, nan, 3, -2],
    ...[nan, 1, 3, 2],
    ...[1, -inf, 3, 2],
    ...[1, 3, inf, nan],
    ...[-inf, -inf, -inf, -inf],
  ],
)

const notFinite = (['Max', 'Mean', 'Min', 'Prod', 'Sum'] as const).map((kernel) => {
  const fn = { Max: tf.max, Mean: tf.mean, Min: tf.min, Prod: tf.prod, Sum: tf.sum }[kernel]
  return of(kernel, 'NaN and infinity', (x) => [fn(x, 1), fn(x, 0), fn(x)], rows)
})

const reductions = [
  ...axes('Max', tf.max, floats),
  ...axes('Max', tf.max, ints),
  ...axes('Max', tf.max, bools),
  ...axes('Mean', tf.mean, floats),
  ...axes('Mean', tf.mean, ints),
  ...axes('Mean', tf.mean, bools),
  ...axes('Min', tf.min, floats),
  ...axes('Min', tf.min, ints),
  ...axes('Min', tf.min, bools),
  ...axes('Prod', tf.prod, floats),
  ...axes('Prod', tf.prod, ints),
  ...axes('Prod', tf.prod, bools),
  ...axes('Sum', tf.sum, floats),
  ...axes('Sum', tf.sum, ints),
  ...axes('Sum', tf.sum, bools),
  ...axes('All', tf.all, bools),
  ...axes('Any', tf.any, bools),
]

const int32 = (...values: number[]): CaseTensor => ({
  dims: [values.length],
  values,
  dataType: 'int32',
})

const overflows = [
  of('Prod', 'more than 32 bits', (x) => tf.prod(x), int32(65536, 3, 40000)),
  of('Sum', 'more than 32 bits', (x) => tf.sum(x), int32(2147483647, 2147483647, 5)),
  of('Max', 'large whole numbers', (x) => tf.max(x), int32(16777217, 16777216)),
  of('ArgMax', 'large whole numbers', (x) => tf.argMax(x), int32(16777216, 16777217)),
]

/** Tensors of one number everywhere. */
const uniform = (
  [
    ['All', (x) => tf.logicalAnd(x, tf.all(tf.ones([2, 2], 'bool'), 1))],
    ['ArgMax', (x) => tf.add(x, tf.argMax(tf.fill([3, 2], 4), 0))],
    ['Max', (x) => tf.add(x, tf.max(tf.fill([2, 2], 3), 1))],
    ['Mean', (x) => tf.add(x, tf.mean(tf.fill([2, 2], 3), 1))],
    ['Prod', (x) => tf.add(x, tf.prod(tf.fill([2, 2], 3), 1))],
    ['Sum', (x) => tf.add(x, tf.sum(tf.fill([2, 2], 3), 1))],
  ] as const satisfies [OpCase['kernel'], Fn][]
).map(([kernel, fn]) =>
  of(kernel, 'of a uniform tensor', fn, kernel === 'All' ? bools(2) : floats(2)),
)

const places = (['ArgMax', 'ArgMin'] as const).flatMap((kernel) => {
  const fn = { ArgMax: tf.argMax, ArgMin: tf.argMin }[kernel]
  return [
    ...[floats, ints, bools].flatMap((make) => [
      of(kernel, `${make.name}, first axis`, (x) => fn(x), make(5, 3)),
      of(kernel, `${make.name}, last axis`, (x) => fn(x, -1), make(2, 3, 4)),
      of(kernel, `${make.name}, of rank 1`, (x) => fn(x), make(7)),
    ]),
    of(kernel, 'the first among equals', (x) => fn(x, 1), tensor([2, 4], [1, 2, 2, 1, 3, 3, 3, 3])),
    of(kernel, 'no elements', (x) => fn(x, 1), floats(2, 0)),
    of(kernel, 'no results', (x) => fn(x, 1), floats(0, 2)),
    of(kernel, 'NaN in rows', (x) => [fn(x, 1), fn(x, 0)], rows),
    of(kernel, 'NaN between', (x) => fn(x), tensor([5], [2, 1, nan, 4, 3])),
    of(kernel, 'NaN first', (x) => fn(x), tensor([5], [nan, 1, 2, 4, 3])),
  ]
})

const gradients = [
  of('Mean', 'gradient', (x) => tf.grad((y) => tf.mean(tf.square(y)))(x), floats(2, 3)),
  of('Max', 'gradient', (x) => tf.grad((y) => tf.max(y, 1))(x), floats(3, 4)),
]

export const reduction: readonly OpCase[] = [
  ...reductions,
  ...notFinite,
  ...overflows,
  ...uniform,
  ...places,
  ...gradients,
]

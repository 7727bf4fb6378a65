// Op cases of the lowerings that take parts of a tensor.
import * as tf from '@tensorflow/tfjs-core'
import { bools, type CaseTensor, floats, ints, of, type OpCase } from './case.js'

const slices: OpCase[] = [
  of('Slice', 'to the end', (x) => tf.slice(x, [1, 0], [-1, 2]), floats(3, 4)),
  of('Slice', 'whole', (x) => tf.slice(x, [0, 0], [3, 4]), floats(3, 4)),
  of('Slice', 'by numbers', (x) => tf.slice(x, 1, 2), floats(4, 3)),
  of('Slice', 'from a number on', (x) => tf.slice(x, 2), ints(4, 3)),
  of('Slice', 'bool', (x) => tf.slice(x, [0, 1], [2, 2]), bools(2, 4)),
  of('Slice', 'nothing', (x) => tf.slice(x, [1, 0], [0, 2]), floats(3, 4)),
  of('Slice', 'ones', (x) => tf.slice(tf.onesLike(x), [1, 0], [1, 2]), floats(3, 4)),
  of(
    'Slice',
    'rank 5',
    (x) => tf.slice(x, [0, 1, 0, 1, 0], [1, 1, -1, 1, 2]),
    floats(1, 2, 2, 3, 4),
  ),
]

interface Masks {
  readonly begin?: number
  readonly end?: number
  readonly ellipsis?: number
  readonly newAxis?: number
  readonly shrink?: number
}

type Places = readonly [begin: number[], end: number[], strides: number[]]

function strided(name: string, [begin, end, strides]: Places, masks: Masks, x: CaseTensor): OpCase {
  const fn = (each: tf.Tensor) =>
    tf.stridedSlice(
      each,
      begin,
      end,
      strides,
      masks.begin,
      masks.end,
      masks.ellipsis,
      masks.newAxis,
      masks.shrink,
    )
  return of('StridedSlice', name, fn, x)
}

const stridedSlices: OpCase[] = [
  strided(
    'steps',
    [
      [0, 1],
      [3, 4],
      [2, 1],
    ],
    {},
    floats(3, 4),
  ),
  strided(
    'backwards',
    [
      [2, -1],
      [-4, 0],
      [-1, -2],
    ],
    {},
    ints(3, 4),
  ),
  strided('backwards to the first', [[-1], [0], [-1]], { end: 1 }, floats(5)),
  strided(
    'open begin and end',
    [
      [1, 1],
      [2, 2],
      [1, 1],
    ],
    { begin: 1, end: 2 },
    floats(3, 4),
  ),
  strided(
    'ellipsis',
    [
      [0, 1],
      [0, 3],
      [1, 1],
    ],
    { ellipsis: 1 },
    floats(2, 3, 4),
  ),
  strided(
    'new axis',
    [
      [0, 0, 1],
      [0, 2, 3],
      [1, 1, 1],
    ],
    { newAxis: 1 },
    floats(3, 4),
  ),
  strided(
    'shrunk',
    [
      [1, 0],
      [2, 4],
      [1, 1],
    ],
    { shrink: 1 },
    floats(3, 4),
  ),
  strided(
    'shrunk from the end',
    [
      [-1, 0],
      [0, 4],
      [1, 1],
    ],
    { shrink: 1, end: 2 },
    bools(3, 4),
  ),
  strided(
    'to a scalar',
    [
      [1, 2],
      [2, 3],
      [1, 1],
    ],
    { shrink: 3 },
    floats(3, 4),
  ),
  strided(
    'all',
    [
      [0, 0],
      [3, 4],
      [1, 1],
    ],
    {},
    floats(3, 4),
  ),
  strided(
    'all, one axis more',
    [
      [0, 0],
      [0, 3],
      [1, 1],
    ],
    { newAxis: 1 },
    floats(3, 4),
  ),
  strided(
    'beyond the ends',
    [
      [-9, 1],
      [9, 99],
      [1, 1],
    ],
    {},
    ints(3, 4),
  ),
]

const reversals: OpCase[] = [
  of('Reverse', 'all', (x) => tf.reverse(x), floats(2, 3)),
  of('Reverse', 'last axis', (x) => tf.reverse(x, -1), ints(2, 3)),
  of('Reverse', 'two axes', (x) => tf.reverse(x, [0, 2]), floats(2, 2, 3)),
  of('Reverse', 'bool', (x) => tf.reverse(x, 0), bools(4)),
  of('Reverse', 'scalar', (x) => tf.reverse(x, []), floats()),
  of('Reverse', 'none', (x) => tf.reverse(x, 0), floats(0, 2)),
  of('Reverse', 'no axis', (x) => tf.reverse(x, []), floats(3)),
  ...[floats(2, 3, 4, 2), ints(1, 2, 3, 1)].map((image) =>
    of(
      'FlipLeftRight',
      image.dataType,
      (x) => tf.image.flipLeftRight(tf.cast(x, 'float32') as tf.Tensor4D),
      image,
    ),
  ),
]

const parts: OpCase[] = [
  of('SplitV', 'even', (x) => tf.split(x, 3, 1), floats(2, 6)),
  of('SplitV', 'sizes', (x) => tf.split(x, [1, -1, 2], -1), floats(2, 6)),
  of('SplitV', 'int32', (x) => tf.split(x, 2), ints(4)),
  of('SplitV', 'bool', (x) => tf.split(x, [3, 1]), bools(4)),
  of('SplitV', 'one', (x) => tf.split(x, 1, 1), floats(2, 3)),
  of('SplitV', 'with an empty part', (x) => tf.split(x, [0, 3], 1), floats(2, 3)),
  of('SplitV', 'none', (x) => tf.split(x, [1, 2], 1), floats(0, 3)),
  of('Unpack', 'axis 1', (x) => tf.unstack(x, 1), floats(2, 3)),
  of('Unpack', 'last axis', (x) => tf.unstack(x, -1), ints(2, 3)),
  of('Unpack', 'to scalars', (x) => tf.unstack(x), bools(3)),
  of('Unpack', 'none', (x) => tf.unstack(x, 1), floats(0, 3)),
  of('Unpack', 'ones', (x) => tf.unstack(tf.onesLike(x)), floats(2, 3)),
]

export const slicing: readonly OpCase[] = [...slices, ...stridedSlices, ...reversals, ...parts]

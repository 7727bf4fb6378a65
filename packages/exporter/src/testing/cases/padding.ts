// Op cases of the lowerings that pad, and that move space into the batch or the channels.
import * as tf from '@tensorflow/tfjs-core'
import { bools, type Fn, floats, ints, of, type OpCase } from './case.js'

type Paddings = [number, number][]

const pad =
  (paddings: Paddings, value?: number): Fn =>
  (x) =>
    tf.pad(x, paddings, value)

const uneven: Paddings = [
  [1, 0],
  [2, 3],
]

const pads: OpCase[] = [
  of('PadV2', 'with 2', pad(uneven, 2), floats(2, 3)),
  of('PadV2', 'with NaN', pad(uneven, Number.NaN), floats(2, 3)),
  of('PadV2', 'with infinity', pad(uneven, -Infinity), floats(2, 3)),
  of('PadV2', 'int32', pad(uneven, 7), ints(2, 3)),
  of('PadV2', 'int32 with a fraction', pad(uneven, 2.7), ints(2, 3)),
  of('PadV2', 'bool', pad(uneven, 1), bools(2, 3)),
  of('PadV2', 'rank 6', pad([...uneven, ...uneven, ...uneven], 1), floats(1, 2, 1, 2, 1, 2)),
  of('PadV2', 'nothing', pad([[0, 0]]), floats(3)),
  of('PadV2', 'none', pad([[1, 2]], 3), floats(0)),
  of(
    'PadV2',
    'none, still',
    pad(
      [
        [1, 1],
        [0, 0],
      ],
      3,
    ),
    floats(2, 0),
  ),
  of('PadV2', 'ones with 1', (x) => tf.pad(tf.onesLike(x), uneven, 1), floats(2, 3)),
  of('PadV2', 'ones with 2', (x) => tf.pad(tf.onesLike(x), uneven, 2), floats(2, 3)),
]

const mirror =
  (paddings: Paddings, mode: 'reflect' | 'symmetric'): Fn =>
  (x) =>
    tf.mirrorPad(x, paddings, mode)

const mirrorPads: OpCase[] = (['reflect', 'symmetric'] as const).flatMap((mode) => [
  of('MirrorPad', `${mode}, rank 1`, mirror([[2, 3]], mode), floats(4)),
  of(
    'MirrorPad',
    `${mode}, rank 2`,
    mirror(
      [
        [1, 0],
        [2, 2],
      ],
      mode,
    ),
    floats(2, 3),
  ),
  of(
    'MirrorPad',
    `${mode}, int32`,
    mirror(
      [
        [1, 1],
        [0, 2],
      ],
      mode,
    ),
    ints(2, 3),
  ),
  of(
    'MirrorPad',
    `${mode}, bool`,
    mirror(
      [
        [0, 1],
        [1, 0],
      ],
      mode,
    ),
    bools(2, 3),
  ),
  of(
    'MirrorPad',
    `${mode}, rank 4`,
    mirror(
      [
        [0, 0],
        [1, 1],
        [2, 1],
        [0, 0],
      ],
      mode,
    ),
    floats(2, 3, 4, 2),
  ),
  of('MirrorPad', `${mode}, nothing`, mirror([[0, 0]], mode), floats(3)),
])

const whole = of(
  'MirrorPad',
  'symmetric, as wide as it is',
  mirror([[3, 3]], 'symmetric'),
  floats(3),
)

const blocks: OpCase[] = [
  of(
    'BatchToSpaceND',
    'cropped',
    (x) =>
      tf.batchToSpaceND(
        x,
        [2, 2],
        [
          [0, 1],
          [1, 0],
        ],
      ),
    floats(4, 2, 3, 2),
  ),
  of('BatchToSpaceND', 'one axis', (x) => tf.batchToSpaceND(x, [2], [[0, 0]]), ints(4, 3)),
  of('BatchToSpaceND', 'bool', (x) => tf.batchToSpaceND(x, [2], [[1, 1]]), bools(2, 3, 2)),
  of(
    'SpaceToBatchND',
    'padded',
    (x) =>
      tf.spaceToBatchND(
        x,
        [2, 3],
        [
          [1, 0],
          [1, 1],
        ],
      ),
    floats(2, 3, 4, 2),
  ),
  of('SpaceToBatchND', 'one axis', (x) => tf.spaceToBatchND(x, [2], [[0, 0]]), ints(2, 4, 3)),
  of('DepthToSpace', 'by 2', (x) => tf.depthToSpace(x as tf.Tensor4D, 2), floats(2, 2, 3, 8)),
  of('DepthToSpace', 'by 3', (x) => tf.depthToSpace(x as tf.Tensor4D, 3), floats(1, 2, 1, 9)),
]

export const padding: readonly OpCase[] = [...pads, ...mirrorPads, whole, ...blocks]

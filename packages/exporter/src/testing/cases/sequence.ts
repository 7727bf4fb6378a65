// Op cases of the sequence lowerings.
import * as tf from '@tensorflow/tfjs-core'
import { floats, of, type OpCase } from './case.js'

const ranges = [
  [0, 5, 1],
  [0, 1, 0.1],
  [3, 0, 1],
  [10, -3, -3],
  [5, 0, 2],
  [2, 2, 1],
  [0, 5, -1],
  [0, 100, 7],
] as const

export const sequence: readonly OpCase[] = [
  ...ranges.flatMap(([start, stop, step]) =>
    (['float32', 'int32'] as const)
      .filter((dtype) => dtype === 'float32' || Number.isInteger(step))
      .map((dtype) =>
        of(
          'Range',
          `${start} to ${stop} by ${step}, ${dtype}`,
          () => tf.range(start, stop, step, dtype),
          floats(1),
        ),
      ),
  ),
  of('Range', 'added', (x) => tf.add(x, tf.range(0, 3)), floats(2, 1)),
  of('LinSpace', 'seven', () => tf.linspace(0, 1, 7), floats(1)),
  of('LinSpace', 'downwards', () => tf.linspace(5, -3, 4), floats(1)),
  of('LinSpace', 'one', () => tf.linspace(2, 9, 1), floats(1)),
]

// Op cases of the reduction lowerings.
import * as tf from '@tensorflow/tfjs-core'
import { floats, of, type OpCase } from './case.js'

export const reduction: OpCase[] = (['Max', 'Mean', 'Min', 'Sum'] as const).flatMap((kernel) => {
  const fn = { Max: tf.max, Mean: tf.mean, Min: tf.min, Sum: tf.sum }[kernel]
  return [
    of(kernel, 'all', (x) => fn(x), floats(2, 3, 4)),
    of(kernel, 'last axis', (x) => fn(x, -1), floats(2, 3, 4)),
    of(kernel, 'two axes kept', (x) => fn(x, [0, 2], true), floats(2, 3, 4)),
  ]
})

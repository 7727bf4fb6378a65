// Op cases of the complex lowerings.
import * as tf from '@tensorflow/tfjs-core'
import { floats, of, type OpCase } from './case.js'

export const complex: readonly OpCase[] = [
  of('Complex', 'parts', (a, b) => tf.real(tf.complex(a, b)), floats(2, 3), floats(2, 3)),
]

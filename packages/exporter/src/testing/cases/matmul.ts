// Op cases of the matmul lowerings.
import * as tf from '@tensorflow/tfjs-core'
import { type Fn, floats, of, type OpCase } from './case.js'

const transposed =
  (a: boolean, b: boolean): Fn =>
  (x, y) =>
    tf.matMul(x, y, a, b)

export const matmul: OpCase[] = [
  of('BatchMatMul', 'plain', transposed(false, false), floats(2, 3), floats(3, 4)),
  of('BatchMatMul', 'first transposed', transposed(true, false), floats(3, 2), floats(3, 4)),
  of('BatchMatMul', 'second transposed', transposed(false, true), floats(2, 3), floats(4, 3)),
  of('BatchMatMul', 'both transposed', transposed(true, true), floats(3, 2), floats(4, 3)),
  of('BatchMatMul', 'batches', transposed(false, true), floats(5, 2, 3), floats(5, 4, 3)),
]

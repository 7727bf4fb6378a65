// Numbers at which arithmetic is easily wrong, and tables of cases over them.
import type * as tf from '@tensorflow/tfjs-core'
import { type CaseTensor, of, type OpCase } from './case.js'

const INFINITY = Number.POSITIVE_INFINITY
const REALS = [-INFINITY, -100, -30, -2.5, -1.5, -1, -0.5, -1e-8, -0, 0, 1e-8, 0.5, 1, 1.5, 2.5, 30]
const WHOLE = [-2147483648, -7, -2, -1, 0, 1, 2, 3, 7, 2147483647]

/** Real numbers: zeros of both signs, very small ones, halves, infinities, none. */
export const edges: CaseTensor = real([...REALS, 100, INFINITY, Number.NaN])

/** Whole numbers: the least, the greatest, and those that no number is divided by. */
export const wholeEdges: CaseTensor = whole(WHOLE)

export function real(values: readonly number[]): CaseTensor {
  return { dims: [values.length], values, dataType: 'float32' }
}

export function whole(values: readonly number[]): CaseTensor {
  return { dims: [values.length], values, dataType: 'int32' }
}

/** One case for each input of a kernel of one tensor. */
export function eachInput(
  kernel: OpCase['kernel'],
  fn: (x: tf.Tensor) => tf.Tensor,
  inputs: readonly CaseTensor[],
): OpCase[] {
  return inputs.map((input, i) =>
    of(kernel, `of ${input.dataType} [${input.dims.join(', ')}], ${i}`, (x) => fn(x), input),
  )
}

/** Every number with every other. */
export function eachPair(
  kernel: OpCase['kernel'],
  fn: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor,
  inputs: readonly CaseTensor[],
): OpCase[] {
  return inputs.map((input) => {
    const column = { ...input, dims: [...input.dims, 1] }
    return of(kernel, `every pair of ${input.dataType}`, (a, b) => fn(a, b), column, input)
  })
}

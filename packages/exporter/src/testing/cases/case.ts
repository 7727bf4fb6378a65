// What an op case is, and how the tables write one down.
import type * as tf from '@tensorflow/tfjs-core'
import type { Kernel } from '../../kernels.js'
import type { OperandType } from '../../operand.js'

/** A tensor of a case, row-major. */
export interface CaseTensor {
  readonly dims: readonly number[]
  readonly values: readonly number[]
  readonly dataType: OperandType
}

/** One case: the kernel that it is for, a function of tensors and its inputs. */
export interface OpCase {
  readonly kernel: Kernel
  readonly name: string
  readonly fn: (...inputs: tf.Tensor[]) => tf.Tensor | tf.Tensor[]
  readonly inputs: readonly CaseTensor[]
  readonly tolerance?: number
  /** Why the tolerance is looser than the type's own. */
  readonly reason?: string
}

export const size = (dims: readonly number[]) => dims.reduce((product, each) => product * each, 1)

/** Numbers on both sides of zero, none of them near a discontinuity. */
export function floats(...dims: number[]): CaseTensor {
  const values = Array.from({ length: size(dims) }, (_, i) => ((i * 37) % 23) / 7 - 1.55)
  return { dims, values, dataType: 'float32' }
}

export function positives(...dims: number[]): CaseTensor {
  const { values, ...rest } = floats(...dims)
  return { ...rest, values: values.map((value) => Math.abs(value) + 0.1) }
}

export function ints(...dims: number[]): CaseTensor {
  const values = Array.from({ length: size(dims) }, (_, i) => ((i * 5) % 11) - 4)
  return { dims, values, dataType: 'int32' }
}

export function bools(...dims: number[]): CaseTensor {
  return { dims, values: ints(...dims).values.map((value) => value & 1), dataType: 'bool' }
}

export function tensor(dims: readonly number[], values: readonly number[]): CaseTensor {
  return { dims, values, dataType: 'float32' }
}

/** Whole numbers, such as indices. */
export function indices(dims: readonly number[], values: readonly number[]): CaseTensor {
  return { dims, values, dataType: 'int32' }
}

export type Fn = OpCase['fn']

export function of(kernel: Kernel, name: string, fn: Fn, ...inputs: CaseTensor[]): OpCase {
  return { kernel, name, fn, inputs }
}

export const unaryCase = (kernel: Kernel, fn: (x: tf.Tensor) => tf.Tensor, input = floats(2, 3)) =>
  of(kernel, `of shape [${input.dims.join(', ')}]`, (x) => fn(x), input)

/** Same shapes, broadcasting on either side, and a scalar. */
export function binaryCases(
  kernel: Kernel,
  fn: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor,
  make = floats,
) {
  const call: Fn = (a, b) => fn(a, b)
  return [
    of(kernel, 'same shapes', call, make(2, 3), make(2, 3)),
    of(kernel, 'broadcast', call, make(2, 1, 3), make(4, 1)),
    of(kernel, 'scalar', call, make(), make(5)),
  ]
}

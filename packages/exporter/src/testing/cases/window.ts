// What the op cases of kernels with a window share.
import * as tf from '@tensorflow/tfjs-core'
import type { OpCase } from './case.js'

export type Rounding = 'floor' | 'round' | 'ceil'
type Pair = [number, number]
export type Explicit = [Pair, Pair, Pair, Pair]

type OneResult = (...inputs: tf.Tensor[]) => tf.Tensor

/** The gradient of the sum of squares by one of the inputs, so that what comes from behind varies. */
export function gradient(fn: OneResult, by: number): OneResult {
  return (...inputs) => {
    const all = tf.grads((...each) => tf.square(fn(...each)))(inputs)
    return all[by] ?? tf.scalar(Number.NaN)
  }
}

/** For sums of many products, which another order rounds otherwise. */
export function loose(opCase: OpCase): OpCase {
  return { ...opCase, tolerance: 2e-4, reason: 'sums of some hundred products of up to 100' }
}

/** Settings as a case's name. */
export const named = (settings: object) => JSON.stringify(settings).replaceAll('"', '')

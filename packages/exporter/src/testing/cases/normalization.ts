// Op cases of normalisation.
import * as tf from '@tensorflow/tfjs-core'
import { type CaseTensor, floats, of, type OpCase, positives } from './case.js'
import { gradient, named } from './window.js'

interface Moments {
  readonly offset?: boolean
  readonly scale?: boolean
}

/** Mean and variance of a shape, with or without the rest, for x of another. */
function batchNorm(moments: Moments, x: CaseTensor, dims: readonly number[]): OpCase {
  const { offset = false, scale = false } = moments
  const rest = [...(offset ? [floats(...dims)] : []), ...(scale ? [positives(...dims)] : [])]
  return of(
    'FusedBatchNorm',
    `${named(moments)}, x [${x.dims.join()}], moments [${dims.join()}]`,
    (images, mean, variance, ...others) =>
      tf.batchNorm(
        images,
        mean,
        variance,
        offset ? others[0] : undefined,
        scale ? others[offset ? 1 : 0] : undefined,
        0.01,
      ),
    x,
    floats(...dims),
    positives(...dims),
    ...rest,
  )
}

const batchNorms = [{}, { offset: true }, { scale: true }, { offset: true, scale: true }].flatMap(
  (moments) => [
    batchNorm(moments, floats(2, 3, 4, 5), [5]),
    batchNorm(moments, floats(2, 3, 4, 5), [2, 3, 4, 5]),
    batchNorm(moments, floats(2, 3, 5), [5]),
    batchNorm(moments, floats(4, 5), [5]),
    batchNorm(moments, floats(4, 5), [4, 5]),
  ],
)

const constants = of(
  'FusedBatchNorm',
  'moments that are one number',
  (x) => tf.batchNorm(x, tf.zeros([3]), tf.ones([3]), tf.ones([3]), tf.ones([3])),
  floats(2, 2, 2, 3),
)

const settings = [
  { radius: 0, bias: 1, alpha: 1, beta: 0.5 },
  { radius: 1, bias: 2, alpha: 0.5, beta: 0.75 },
  { radius: 3, bias: 1, alpha: 0.1, beta: 1 },
  { radius: 9, bias: 1.5, alpha: 0.1, beta: 2 },
]

const responses = settings.flatMap((each) => {
  const { radius, bias, alpha, beta } = each
  const call = (...[x]: tf.Tensor[]) =>
    tf.localResponseNormalization(x as tf.Tensor4D, radius, bias, alpha, beta)
  return [
    of('LRN', named(each), (x) => call(x), floats(2, 3, 4, 5)),
    of('LRNGrad', named(each), gradient(call, 0), floats(2, 3, 4, 5)),
  ]
})

export const normalization: readonly OpCase[] = [...batchNorms, constants, ...responses]

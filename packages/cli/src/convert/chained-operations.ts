// Methods of tensors, `x.mul(y)` for `tf.mul(x, y)`: whole TensorFlow.js has them, its core alone has not.
import * as tf from '@tensorflow/tfjs-core'

/** Operations whose first argument is the tensor. */
const PLAIN = `abs acos acosh add all any argMax argMin asin asinh atan atan2 atanh avgPool
batchToSpaceND batchNorm broadcastTo cast ceil clipByValue conv1d conv2d conv2dTranspose cos cosh cumprod
cumsum depthToSpace depthwiseConv2d dilation2d div divNoNan dot elu equal erf euclideanNorm exp
expandDims expm1 fft floor floorDiv gather greater greaterEqual ifft irfft isFinite isInf isNaN leakyRelu
less lessEqual localResponseNormalization log log1p logSigmoid logSoftmax logSumExp logicalAnd logicalNot
logicalOr logicalXor matMul max maxPool maximum mean min minimum mirrorPad mod mul neg norm notEqual
oneHot onesLike pad pool pow prelu prod reciprocal relu relu6 reshape resizeBilinear
resizeNearestNeighbor reverse rfft round rsqrt selu separableConv2d sigmoid sign sin sinh slice softmax
softplus spaceToBatchND split sqrt square squaredDifference squeeze step stridedSlice sub sum tan tanh
tile topk transpose unique unsortedSegmentSum unstack zerosLike`.split(/\s+/)

type Method = (this: tf.Tensor, ...rest: never[]) => unknown

/** Methods that are more than an operation with the tensor before its arguments. */
const OTHERS: Readonly<Record<string, Method>> = {
  asScalar() {
    return tf.reshape(this, [])
  },
  flatten() {
    return tf.reshape(this, [this.size])
  },
  asType(this: tf.Tensor, dtype: tf.DataType) {
    return tf.cast(this, dtype)
  },
  toBool() {
    return tf.cast(this, 'bool')
  },
  toFloat() {
    return tf.cast(this, 'float32')
  },
  toInt() {
    return tf.cast(this, 'int32')
  },
  reshapeAs(this: tf.Tensor, other: tf.Tensor) {
    return tf.reshape(this, other.shape)
  },
  concat(this: tf.Tensor, others: tf.Tensor | tf.Tensor[], axis?: number) {
    return tf.concat([this, ...[others].flat()], axis)
  },
  stack(this: tf.Tensor, others: tf.Tensor | tf.Tensor[], axis?: number) {
    return tf.stack([this, ...[others].flat()], axis)
  },
  where(this: tf.Tensor, condition: tf.Tensor, other: tf.Tensor) {
    return tf.where(condition, this, other)
  },
}

/** Gives tensors the methods that they have in whole TensorFlow.js; those that are there stay. */
export function addChainedOperations(): void {
  const known = { ...OTHERS, ...shapes(), ...plain() }
  for (const [name, method] of Object.entries(known)) {
    if (name in tf.Tensor.prototype) continue
    Object.defineProperty(tf.Tensor.prototype, name, {
      value: method,
      configurable: true,
      writable: true,
    })
  }
}

/** as1D to as5D: the sizes are the arguments. */
function shapes(): Record<string, Method> {
  const entries = [1, 2, 3, 4, 5].map((rank): [string, Method] => [
    `as${rank}D`,
    function (this: tf.Tensor, ...sizes: number[]) {
      return tf.reshape(this, rank === 1 ? [this.size] : sizes)
    },
  ])
  return Object.fromEntries(entries)
}

function plain(): Record<string, Method> {
  const spaces: readonly object[] = [tf, tf.image, tf.spectral]
  const entries = PLAIN.flatMap((name): [string, Method][] => {
    const operation = spaces.map((space) => Reflect.get(space, name) as unknown).find(isOperation)
    if (operation === undefined) return []
    return [
      [
        name,
        function (this: tf.Tensor, ...rest: unknown[]) {
          return operation(this, ...rest)
        },
      ],
    ]
  })
  return Object.fromEntries(entries)
}

const isOperation = (value: unknown): value is (...inputs: unknown[]) => unknown =>
  typeof value === 'function'

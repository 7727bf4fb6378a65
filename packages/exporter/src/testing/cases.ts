// One table of op cases: each is run in TensorFlow.js and, traced, in ONNX Runtime.
import * as tf from '@tensorflow/tfjs-core'
import type { Kernel } from '../kernels.js'
import type { OperandType } from '../operand.js'

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

const size = (dims: readonly number[]) => dims.reduce((product, each) => product * each, 1)

/** Numbers on both sides of zero, none of them near a discontinuity. */
function floats(...dims: number[]): CaseTensor {
  const values = Array.from({ length: size(dims) }, (_, i) => ((i * 37) % 23) / 7 - 1.55)
  return { dims, values, dataType: 'float32' }
}

function positives(...dims: number[]): CaseTensor {
  const { values, ...rest } = floats(...dims)
  return { ...rest, values: values.map((value) => Math.abs(value) + 0.1) }
}

function ints(...dims: number[]): CaseTensor {
  const values = Array.from({ length: size(dims) }, (_, i) => ((i * 5) % 11) - 4)
  return { dims, values, dataType: 'int32' }
}

function bools(...dims: number[]): CaseTensor {
  return { dims, values: ints(...dims).values.map((value) => value & 1), dataType: 'bool' }
}

function tensor(dims: readonly number[], values: readonly number[]): CaseTensor {
  return { dims, values, dataType: 'float32' }
}

type Fn = OpCase['fn']

function of(kernel: Kernel, name: string, fn: Fn, ...inputs: CaseTensor[]): OpCase {
  return { kernel, name, fn, inputs }
}

const unaryCase = (kernel: Kernel, fn: (x: tf.Tensor) => tf.Tensor, input = floats(2, 3)) =>
  of(kernel, `of shape [${input.dims.join(', ')}]`, (x) => fn(x), input)

/** Same shapes, broadcasting on either side, and a scalar. */
function binaryCases(kernel: Kernel, fn: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor, make = floats) {
  const call: Fn = (a, b) => fn(a, b)
  return [
    of(kernel, 'same shapes', call, make(2, 3), make(2, 3)),
    of(kernel, 'broadcast', call, make(2, 1, 3), make(4, 1)),
    of(kernel, 'scalar', call, make(), make(5)),
  ]
}

const elementwise: OpCase[] = [
  unaryCase('Abs', tf.abs),
  ...binaryCases('Add', tf.add),
  of('AddN', 'three', (a, b, c) => tf.addN([a, b, c]), floats(4), floats(4), positives(4)),
  of('Cast', 'float to int', (x) => tf.cast(x, 'int32'), floats(6)),
  of('Cast', 'float to bool', (x) => tf.cast(x, 'bool'), tensor([3], [0, 2, -1])),
  of('Cast', 'bool to float', (x) => tf.cast(x, 'float32'), bools(5)),
  unaryCase('ClipByValue', (x) => tf.clipByValue(x, -0.5, 1)),
  unaryCase('Elu', tf.elu),
  ...binaryCases('Equal', tf.equal, ints),
  unaryCase('Exp', tf.exp),
  unaryCase('Floor', tf.floor),
  ...binaryCases('Greater', tf.greater),
  ...binaryCases('GreaterEqual', tf.greaterEqual, ints),
  unaryCase('LeakyRelu', (x) => tf.leakyRelu(x, 0.3)),
  ...binaryCases('Less', tf.less),
  ...binaryCases('LessEqual', tf.lessEqual, ints),
  unaryCase('Log', tf.log, positives(2, 3)),
  ...binaryCases('LogicalAnd', tf.logicalAnd, bools),
  unaryCase('LogicalNot', tf.logicalNot, bools(4)),
  ...binaryCases('LogicalOr', tf.logicalOr, bools),
  ...binaryCases('Maximum', tf.maximum),
  ...binaryCases('Minimum', tf.minimum),
  ...binaryCases('Multiply', tf.mul),
  of('Multiply', 'ones only broadcast', (x) => tf.mul(x, tf.ones([3, 2, 4])), floats(2, 1)),
  of('Multiply', 'ones first', (x) => tf.mul(tf.ones([2, 3]), x), floats(2, 3)),
  unaryCase('Neg', tf.neg),
  ...binaryCases('NotEqual', tf.notEqual, ints),
  ...binaryCases('Pow', tf.pow, positives),
  ...binaryCases('RealDiv', tf.div, positives),
  unaryCase('Reciprocal', tf.reciprocal, positives(4)),
  unaryCase('Relu', tf.relu),
  unaryCase('Rsqrt', tf.rsqrt, positives(4)),
  of(
    'Select',
    'same shapes',
    (c, t, e) => tf.where(c, t, e),
    bools(2, 3),
    floats(2, 3),
    positives(2, 3),
  ),
  unaryCase('Sigmoid', tf.sigmoid),
  unaryCase('Sign', tf.sign),
  unaryCase('Softplus', tf.softplus),
  unaryCase('Softplus', tf.softplus, tensor([4], [-120, -30, 30, 120])),
  unaryCase('Sqrt', tf.sqrt, positives(4)),
  unaryCase('Square', tf.square),
  ...binaryCases('SquaredDifference', tf.squaredDifference),
  unaryCase('Step', (x) => tf.step(x)),
  unaryCase('Step', (x) => tf.step(x, -1), tensor([3], [-2, 0, 2])),
  ...binaryCases('Sub', tf.sub),
  unaryCase('Tanh', tf.tanh),
]

const transposed =
  (a: boolean, b: boolean): Fn =>
  (x, y) =>
    tf.matMul(x, y, a, b)

const matmul: OpCase[] = [
  of('BatchMatMul', 'plain', transposed(false, false), floats(2, 3), floats(3, 4)),
  of('BatchMatMul', 'first transposed', transposed(true, false), floats(3, 2), floats(3, 4)),
  of('BatchMatMul', 'second transposed', transposed(false, true), floats(2, 3), floats(4, 3)),
  of('BatchMatMul', 'both transposed', transposed(true, true), floats(3, 2), floats(4, 3)),
  of('BatchMatMul', 'batches', transposed(false, true), floats(5, 2, 3), floats(5, 4, 3)),
]

type Padding = 'same' | 'valid' | number

function conv(stride: number, pad: Padding): Fn {
  return (x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, pad)
}

function convGradients(stride: number, pad: Padding): Fn {
  return (x, w) =>
    tf.grads((a, b) => tf.square(tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, stride, pad)))([
      x,
      w,
    ])
}

/** Every size modulo the stride, so that each way in which strides leave rows over is met. */
const convolution: OpCase[] = ([1, 2, 3] as const).flatMap((stride) =>
  ([6, 7, 8, 9] as const).flatMap((height) =>
    (['same', 'valid', ...(stride === 1 ? [1] : [])] as const).flatMap((pad) => {
      const inputs = [floats(2, height, 7, 3), floats(3, 2, 3, 4)]
      const name = `height ${height}, stride ${stride}, pad ${pad}`
      return [
        of('Conv2D', name, conv(stride, pad), ...inputs),
        {
          ...of('Conv2DBackpropFilter', name, convGradients(stride, pad), ...inputs),
          tolerance: 1e-3,
          reason: 'sums of some hundred products of up to 100',
        },
      ]
    }),
  ),
)

const convTranspose: OpCase[] = [27, 28].map((height) =>
  of(
    'Conv2DBackpropInput',
    `to height ${height}`,
    (x, w) => tf.conv2dTranspose(x as tf.Tensor4D, w as tf.Tensor4D, [2, height, 28, 3], 2, 'same'),
    floats(2, 14, 14, 4),
    floats(5, 5, 3, 4),
  ),
)

const reduction: OpCase[] = (['Max', 'Mean', 'Min', 'Sum'] as const).flatMap((kernel) => {
  const fn = { Max: tf.max, Mean: tf.mean, Min: tf.min, Sum: tf.sum }[kernel]
  return [
    of(kernel, 'all', (x) => fn(x), floats(2, 3, 4)),
    of(kernel, 'last axis', (x) => fn(x, -1), floats(2, 3, 4)),
    of(kernel, 'two axes kept', (x) => fn(x, [0, 2], true), floats(2, 3, 4)),
  ]
})

const movement: OpCase[] = [
  of('Concat', 'last axis', (a, b) => tf.concat([a, b], -1), floats(2, 3), floats(2, 2)),
  of('ExpandDims', 'last', (x) => tf.expandDims(x, -1), floats(2, 3)),
  of('Fill', 'added', (x) => tf.add(x, tf.fill([4, 1], 2)), floats(3)),
  of('Fill', 'alone', () => tf.fill([2, 3], 7, 'int32'), floats(1)),
  of('Identity', 'clone', (x) => tf.clone(x), floats(3)),
  of('OnesLike', 'of ints', (x) => tf.onesLike(x), ints(2, 2)),
  of('Pack', 'axis 1', (a, b) => tf.stack([a, b], 1), floats(2, 3), positives(2, 3)),
  of(
    'PadV2',
    'with 2',
    (x) =>
      tf.pad(
        x,
        [
          [1, 0],
          [2, 3],
        ],
        2,
      ),
    floats(2, 3),
  ),
  of('Reshape', 'to [3, -1]', (x) => tf.reshape(x, [3, -1]), floats(2, 6)),
  of('Slice', 'to the end', (x) => tf.slice(x, [1, 0], [-1, 2]), floats(3, 4)),
  of('Slice', 'whole', (x) => tf.slice(x, [0, 0], [3, 4]), floats(3, 4)),
  of('SplitV', 'even', (x) => tf.split(x, 3, 1), floats(2, 6)),
  of('SplitV', 'sizes', (x) => tf.split(x, [1, -1, 2], -1), floats(2, 6)),
  of('Tile', 'twice', (x) => tf.tile(x, [2, 1]), floats(2, 3)),
  of('Transpose', 'turned', (x) => tf.transpose(x, [2, 0, 1]), floats(2, 3, 4)),
  of('Unpack', 'axis 1', (x) => tf.unstack(x, 1), floats(2, 3)),
  of('ZerosLike', 'of floats', (x) => tf.zerosLike(x), floats(2, 2)),
  unaryCase('Softmax', (x) => tf.softmax(x), floats(3, 5)),
]

export const cases: readonly OpCase[] = [
  ...elementwise,
  ...matmul,
  ...convolution,
  ...convTranspose,
  ...reduction,
  ...movement,
]

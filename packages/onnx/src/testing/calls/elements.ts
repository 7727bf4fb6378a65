// Calls of operators that compute element by element, over axes, and products.
import { attr } from '../../builder/value.js'
import { f32, list, of, type OperatorExample, scalar } from './call.js'

const floats =
  'Acos Acosh Asin Asinh Atan Atanh Ceil Celu Cos Cosh Elu Erf Exp Floor HardSigmoid LeakyRelu Log ' +
  'LogSoftmax Hardmax Softmax LpNormalization Reciprocal Relu Round Selu Sigmoid Sin Sinh Softplus ' +
  'Softsign Sqrt Tan Tanh ThresholdedRelu Abs Neg Sign Identity Clip Shrink'

const unaries = floats.split(' ').map((opType) => ({
  opType,
  inputs: [f32(2, 0, 3)],
  outputs: [[2, 0, 3]],
}))

const later: readonly (readonly [string, number])[] = [
  ['HardSwish', 14],
  ['Mish', 18],
  ['Gelu', 20],
]

const arithmetic = 'Add Sub Mul Div Pow Max Min Sum Mean Mod'.split(' ').map((opType) => ({
  opType,
  inputs: [f32(2, 1, 3), f32(4, 1)],
  attributes: opType === 'Mod' ? { fmod: attr.int(1) } : {},
  outputs: [[2, 4, 3]],
}))

const comparisons = 'Greater GreaterOrEqual Less LessOrEqual Equal'.split(' ').map((opType) => ({
  opType,
  inputs: [of('int32', 3, 1), of('int32')],
  outputs: [of('bool', 3, 1)],
}))

const logic = 'And Or Xor'.split(' ').map((opType) => ({
  opType,
  inputs: [of('bool', 0), of('bool', 1)],
  outputs: [[0]],
}))

const bitwise = 'BitwiseAnd BitwiseOr BitwiseXor'.split(' ').map((opType): OperatorExample => ({
  opType,
  inputs: [of('int32', 3), of('int32', 2, 1)],
  outputs: [[2, 3]],
  opsets: [18, 21],
}))

const reductions =
  'ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSumSquare'
    .split(' ')
    .flatMap((opType): OperatorExample[] => [
      {
        opType,
        inputs: [f32(2, 3, 4)],
        attributes: { axes: attr.ints([-1, 0]) },
        outputs: [[1, 3, 1]],
        opsets: [13, 17],
      },
      {
        opType,
        inputs: [f32(2, 3, 4), list(1)],
        attributes: { keepdims: attr.int(0) },
        outputs: [[2, 4]],
        opsets: [18, 21],
      },
      { opType, inputs: [f32(2, 3)], attributes: { keepdims: attr.int(0) }, outputs: [[]] },
    ])

export const elements: readonly OperatorExample[] = [
  ...unaries,
  ...later.map(([opType, since]): OperatorExample => ({
    opType,
    inputs: [f32()],
    outputs: [[]],
    opsets: [since, 21],
  })),
  ...arithmetic,
  ...comparisons,
  ...logic,
  ...bitwise,
  ...reductions,
  {
    opType: 'BitShift',
    inputs: [of('uint8', 3), of('uint8')],
    attributes: { direction: attr.string('LEFT') },
    outputs: [[3]],
  },
  { opType: 'BitwiseNot', inputs: [of('int32', 3)], outputs: [[3]], opsets: [18, 21] },
  { opType: 'Not', inputs: [of('bool')], outputs: [[]] },
  { opType: 'IsNaN', inputs: [f32(2)], outputs: [of('bool', 2)] },
  { opType: 'IsInf', inputs: [f32(2)], outputs: [of('bool', 2)] },
  { opType: 'Relu', inputs: [of('int32', 2)], outputs: [[2]], opsets: [14, 21] },
  { opType: 'Add', inputs: [of('int8', 2), of('int8', 2)], outputs: [[2]], opsets: [14, 21] },
  { opType: 'PRelu', inputs: [f32(2, 3), f32(3)], outputs: [[2, 3]] },
  {
    opType: 'Where',
    inputs: [of('bool', 2, 1), of('int32', 3), of('int32')],
    outputs: [of('int32', 2, 3)],
  },
  { opType: 'Cast', inputs: [f32(2)], attributes: { to: attr.int(9) }, outputs: [of('bool', 2)] },
  {
    opType: 'CastLike',
    inputs: [f32(2), of('int32', 5)],
    outputs: [of('int32', 2)],
    opsets: [15, 21],
  },
  { opType: 'CumSum', inputs: [of('int32', 2, 3), scalar('int64', 1)], outputs: [[2, 3]] },
  { opType: 'ReduceSum', inputs: [f32(2, 3), list(-1)], outputs: [[2, 1]] },
  { opType: 'ReduceSum', inputs: [f32()], outputs: [[]] },
  {
    opType: 'ReduceSum',
    inputs: [f32(2, 3)],
    attributes: { noop_with_empty_axes: attr.int(1) },
    outputs: [[2, 3]],
  },
  {
    opType: 'ReduceSum',
    inputs: [f32(0, 3), list(0)],
    attributes: { keepdims: attr.int(0) },
    outputs: [[3]],
  },
  { opType: 'ReduceMax', inputs: [of('bool', 2)], outputs: [[1]], opsets: [20, 21] },
  {
    opType: 'ArgMax',
    inputs: [f32(2, 3)],
    attributes: { axis: attr.int(-1), keepdims: attr.int(0) },
    outputs: [of('int64', 2)],
  },
  { opType: 'ArgMin', inputs: [f32(2, 3)], outputs: [of('int64', 1, 3)] },
  { opType: 'TopK', inputs: [f32(2, 5), list(3)], outputs: [[2, 3], of('int64', 2, 3)] },
  { opType: 'MatMul', inputs: [f32(3), f32(3)], outputs: [[]] },
  { opType: 'MatMul', inputs: [f32(3), f32(5, 3, 2)], outputs: [[5, 2]] },
  { opType: 'MatMul', inputs: [f32(4, 1, 2, 3), f32(5, 3, 0)], outputs: [[4, 5, 2, 0]] },
  { opType: 'MatMul', inputs: [f32(2, 3), f32(3)], outputs: [[2]] },
  {
    opType: 'MatMulInteger',
    inputs: [of('uint8', 2, 3), of('int8', 3, 4)],
    outputs: [of('int32', 2, 4)],
  },
  {
    opType: 'Gemm',
    inputs: [f32(3, 2), f32(4, 3), f32(4)],
    attributes: { transA: attr.int(1), transB: attr.int(1) },
    outputs: [[2, 4]],
  },
  {
    opType: 'Einsum',
    inputs: [f32(2, 3), f32(3, 4)],
    attributes: { equation: attr.string('ij, jk -> ki') },
    outputs: [[4, 2]],
  },
  {
    opType: 'Einsum',
    inputs: [f32(5, 2, 3), f32(5, 3, 4)],
    attributes: { equation: attr.string('...ij,...jk') },
    outputs: [[5, 2, 4]],
  },
  {
    opType: 'Einsum',
    inputs: [f32(3, 3)],
    attributes: { equation: attr.string('ii->') },
    outputs: [[]],
  },
  { opType: 'Det', inputs: [f32(5, 3, 3)], outputs: [[5]] },
]

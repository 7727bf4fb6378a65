// Matrix products.
import { attr, broadcast } from '@anyvae/onnx'
import { backend_util, type Tensor } from '@tensorflow/tfjs-core'
import { TraceError } from '../error.js'
import type { Operand } from '../operand.js'
import type { Recorder } from '../recorder.js'
import { activate } from './activation.js'
import { arithmetic, convert, type Lowering, numbers, numeric } from './lowering.js'

interface Product {
  readonly a: Operand
  readonly b: Operand
  readonly transposeA: boolean
  readonly transposeB: boolean
}

/** batchMatMul(a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean) */
const batchMatMul: Lowering<'BatchMatMul'> = (inputs, { transposeA, transposeB }, recorder) => {
  const [a, b] = numbers(inputs, recorder)
  checkMatrices(a, b)
  return convert(product({ a, b, transposeA, transposeB }, recorder), inputs.a.dataType, recorder)
}

/** ONNX multiplies vectors too. */
function checkMatrices(...operands: readonly Operand[]): void {
  const vector = operands.find(({ dims }) => dims.length < 2)
  if (vector !== undefined) {
    throw new TraceError(
      `matMul: not a matrix, got shape [${vector.dims.join(', ')}], expected rank 2 or more`,
    )
  }
}

function product(operands: Product, recorder: Recorder): Operand {
  const { a, b, transposeA, transposeB } = operands
  if ((transposeA || transposeB) && isFlat(operands)) {
    return gemm(operands, undefined, recorder)
  }
  return recorder.node('MatMul', [
    transposeA ? swapLast(a, recorder) : a,
    transposeB ? swapLast(b, recorder) : b,
  ])
}

/** Whether both are real matrices, which is what Gemm takes. */
function isFlat({ a, b }: Product): boolean {
  return [a, b].every((each) => each.dims.length === 2 && each.dataType === 'float32')
}

function gemm(operands: Product, bias: Operand | undefined, recorder: Recorder): Operand {
  const { a, b, transposeA, transposeB } = operands
  return recorder.node('Gemm', bias ? [a, b, bias] : [a, b], {
    ...(transposeA && { transA: attr.int(1) }),
    ...(transposeB && { transB: attr.int(1) }),
  })
}

function swapLast(operand: Operand, recorder: Recorder): Operand {
  const rank = operand.dims.length
  const perm = Array.from({ length: rank }, (_, axis) => axis)
  return recorder.transpose(operand, [...perm.slice(0, -2), rank - 1, rank - 2])
}

/**
 * fusedMatMul(a: Tensor, b: Tensor, bias?: Tensor, preluActivationWeights?: Tensor, transposeA:
 * boolean, transposeB: boolean, activation: string, leakyreluAlpha?: number)
 */
const fusedMatMul: Lowering<'_FusedMatMul'> = (inputs, attributes, recorder) => {
  const { transposeA, transposeB, activation, leakyreluAlpha } = attributes
  // Absent inputs are absent from the record, whatever the interface says.
  const { bias, preluActivationWeights: preluWeights } = inputs as Partial<typeof inputs>
  const [a, b] = numbers(inputs, recorder)
  checkMatrices(a, b)
  const batch = broadcast(a.dims.slice(0, -2), b.dims.slice(0, -2))
  const single = [batch, bias?.dims.slice(0, -2), preluWeights?.dims.slice(0, -2)].every(
    (sizes) => sizes === undefined || sizes.every((size) => size === 1),
  )
  const flat = (operand: Operand) => (single ? matrix(operand, recorder) : operand)
  const operands = { a: flat(a), b: flat(b), transposeA, transposeB }
  const sum = biased(operands, bias && flat(bias), recorder)
  const options = { leakyreluAlpha, preluWeights: preluWeights && flat(preluWeights) }
  const result = activate(sum, activation, options, recorder)
  return recorder.reshape(result, [...batch, ...result.dims.slice(-2)])
}

/** One Gemm where there is one matrix on either side. */
function biased(operands: Product, bias: Operand | undefined, recorder: Recorder): Operand {
  if (bias !== undefined && isFlat(operands)) {
    return gemm(operands, recorder.cast(bias, 'float32'), recorder)
  }
  const result = product(operands, recorder)
  return bias ? arithmetic('Add')({ a: result, b: bias }, {}, recorder) : result
}

/** A batch of one matrix as that matrix. */
function matrix(operand: Operand, recorder: Recorder): Operand {
  return recorder.reshape(operand, operand.dims.slice(-2))
}

/** einsum(...tensors: Tensor[], equation: string), of one or two tensors */
const einsum: Lowering<'Einsum'> = (tensors, attributes, recorder) => {
  const operands = [...tensors].map((each) => numeric(each, recorder))
  const equation = attributes.equation.replaceAll(/\s/g, '')
  // Refuses what TensorFlow.js refuses and ONNX might take.
  const { allDims, idDims } = backend_util.decodeEinsumEquation(equation, operands.length)
  const shapes = operands.map(({ dims }) => ({ shape: [...dims] }) as Tensor)
  backend_util.checkEinsumDimSizes(allDims.length, idDims, shapes)
  return recorder.node('Einsum', operands, { equation: attr.string(equation) })
}

export const matmul = {
  BatchMatMul: batchMatMul,
  Einsum: einsum,
  _FusedMatMul: fusedMatMul,
} as const

// Matrix products.
import { attr } from '@anyvae/onnx'
import type { Operand } from '../operand.js'
import type { Recorder } from '../recorder.js'
import type { Lowering } from './lowering.js'

/** batchMatMul(a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean) */
const batchMatMul: Lowering<'BatchMatMul'> = ({ a, b }, { transposeA, transposeB }, recorder) => {
  if (!transposeA && !transposeB) {
    return recorder.node('MatMul', [a, b])
  }
  if (a.dims.length === 2 && b.dims.length === 2) {
    return recorder.node('Gemm', [a, b], {
      transA: attr.int(transposeA ? 1 : 0),
      transB: attr.int(transposeB ? 1 : 0),
    })
  }
  return recorder.node('MatMul', [
    transposeA ? swapLast(a, recorder) : a,
    transposeB ? swapLast(b, recorder) : b,
  ])
}

function swapLast(operand: Operand, recorder: Recorder): Operand {
  const rank = operand.dims.length
  const perm = Array.from({ length: rank }, (_, axis) => axis)
  return recorder.transpose(operand, [...perm.slice(0, -2), rank - 1, rank - 2])
}

export const matmul = { BatchMatMul: batchMatMul } as const

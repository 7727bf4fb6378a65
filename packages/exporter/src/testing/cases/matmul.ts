// Op cases of the lowerings of matrix products.
import * as tf from '@tensorflow/tfjs-core'
import { type Fn, floats, ints, of, type OpCase, positives } from './case.js'

type Activation = Parameters<typeof tf.fused.matMul>[0]['activation']

const transposed =
  (a: boolean, b: boolean): Fn =>
  (x, y) =>
    tf.matMul(x, y, a, b)

const fused =
  (activation: Activation, options: { transposeA?: boolean; transposeB?: boolean } = {}): Fn =>
  (a, b, bias, preluActivationWeights) =>
    tf.fused.matMul({ a, b, bias, activation, preluActivationWeights, ...options } as Parameters<
      typeof tf.fused.matMul
    >[0])

const einsum = (equation: string, ...shapes: readonly number[][]) =>
  of(
    'Einsum',
    equation,
    (...inputs) => tf.einsum(equation, ...inputs),
    ...shapes.map((dims) => floats(...dims)),
  )

const activations = ['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu'] as const

export const matmul: OpCase[] = [
  of('BatchMatMul', 'plain', transposed(false, false), floats(2, 3), floats(3, 4)),
  of('BatchMatMul', 'first transposed', transposed(true, false), floats(3, 2), floats(3, 4)),
  of('BatchMatMul', 'second transposed', transposed(false, true), floats(2, 3), floats(4, 3)),
  of('BatchMatMul', 'both transposed', transposed(true, true), floats(3, 2), floats(4, 3)),
  of('BatchMatMul', 'batches', transposed(false, true), floats(5, 2, 3), floats(5, 4, 3)),
  of('BatchMatMul', 'one for all', transposed(true, false), floats(1, 3, 2), floats(5, 3, 4)),
  of('BatchMatMul', 'rank 4', transposed(false, false), floats(2, 5, 2, 3), floats(2, 5, 3, 4)),
  of('BatchMatMul', 'ranks 4 and 2', transposed(false, true), floats(2, 5, 2, 3), floats(4, 3)),
  of('BatchMatMul', 'of int', transposed(false, false), ints(2, 3), ints(3, 4)),
  of('BatchMatMul', 'of int, transposed', transposed(true, true), ints(3, 2), ints(4, 3)),
  of('BatchMatMul', 'no rows', transposed(false, false), floats(0, 3), floats(3, 4)),
  of('BatchMatMul', 'nothing to sum', transposed(false, true), floats(2, 0), floats(4, 0)),
  ...activations.map((name) =>
    of('_FusedMatMul', name, fused(name), floats(2, 3), floats(3, 4), floats(4)),
  ),
  of('_FusedMatMul', 'prelu', fused('prelu'), floats(2, 3), floats(3, 4), floats(4), positives(4)),
  of(
    '_FusedMatMul',
    'transposed',
    fused('relu', { transposeA: true, transposeB: true }),
    floats(3, 2),
    floats(4, 3),
    floats(4),
  ),
  of('_FusedMatMul', 'without bias', fused('relu'), floats(2, 3), floats(3, 4)),
  of('_FusedMatMul', 'scalar bias', fused('linear'), floats(2, 3), floats(3, 4), floats()),
  of('_FusedMatMul', 'bias of a matrix', fused('linear'), floats(2, 3), floats(3, 4), floats(2, 4)),
  of('_FusedMatMul', 'batches', fused('relu'), floats(5, 2, 3), floats(5, 3, 4), floats(4)),
  of('_FusedMatMul', 'one for all', fused('relu'), floats(5, 2, 3), floats(1, 3, 4), floats(4)),
  of(
    '_FusedMatMul',
    'bias of rank 3',
    (a, b, bias) => tf.fused.matMul({ a, b, bias: tf.reshape(bias, [1, 2, 4]) }),
    floats(2, 3),
    floats(3, 4),
    floats(2, 4),
  ),
  of('_FusedMatMul', 'of int', fused('relu'), ints(2, 3), ints(3, 4), ints(4)),
  of('_FusedMatMul', 'nothing to sum', fused('relu'), floats(2, 0), floats(0, 4), floats(4)),
  einsum('ij,jk->ik', [2, 3], [3, 4]),
  einsum('bij,bjk->bki', [5, 2, 3], [5, 3, 4]),
  einsum('ij->ji', [2, 3]),
  einsum('ij->', [2, 3]),
  einsum('i, j -> ij', [2], [3]),
  einsum('abcd,cde->abe', [2, 3, 4, 2], [4, 2, 3]),
  of('Einsum', 'of int', (a, b) => tf.einsum('ij,j->i', a, b), ints(2, 3), ints(3)),
]

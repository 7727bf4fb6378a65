// Result types of matrix products.
import { OnnxError } from '../../error.js'
import type { DataType } from '../../types.js'
import { type Call, type Inference, int, required, sizeOf, text } from '../value.js'
import { broadcast, broadcastTo } from './elementwise.js'

/** As numpy multiplies: a vector is a row on the left and a column on the right. */
function product(call: Call, a: readonly number[], b: readonly number[]): number[] {
  const left = a.length === 1 ? [1, ...a] : a
  const right = b.length === 1 ? [...b, 1] : b
  if (sizeOf(left, -1) !== sizeOf(right, -2)) {
    throw new OnnxError(
      `${call.opType}: inner sizes differ, got [${a.join(', ')}] and [${b.join(', ')}]`,
    )
  }
  const outer = broadcast(left.slice(0, -2), right.slice(0, -2))
  const rows = a.length === 1 ? [] : [sizeOf(left, -2)]
  const columns = b.length === 1 ? [] : [sizeOf(right, -1)]
  return [...outer, ...rows, ...columns]
}

/** A product whose operands stand at two places and whose type one input or a fixed one gives. */
const matmul =
  (second: number, result: number | DataType): Inference =>
  (call) => {
    const [a, b] = [required(call, 0), required(call, second)]
    const dataType = typeof result === 'number' ? required(call, result).dataType : result
    return [{ dataType, dims: product(call, a.dims, b.dims) }]
  }

const gemm: Inference = (call) => {
  const [a, b] = [required(call, 0), required(call, 1)]
  const [transA, transB] = [int(call, 'transA', 0), int(call, 'transB', 0)]
  if (sizeOf(a.dims, transA ? 0 : 1) !== sizeOf(b.dims, transB ? 1 : 0)) {
    throw new OnnxError(
      `Gemm: inner sizes differ, got [${a.dims.join(', ')}] and [${b.dims.join(', ')}]`,
    )
  }
  const dims = [sizeOf(a.dims, transA ? 1 : 0), sizeOf(b.dims, transB ? 0 : 1)]
  broadcastTo(call, dims, call.inputs[2]?.dims ?? [])
  return [{ dataType: a.dataType, dims }]
}

const det: Inference = (call) => {
  const { dataType, dims } = required(call, 0)
  return [{ dataType, dims: dims.slice(0, -2) }]
}

const ELLIPSIS = '...'

/** The letters of a term; `...` stands for the dimensions that have none. */
function lettersOf(term: string): string[] {
  return term.replaceAll(' ', '').match(/\.\.\.|[A-Za-z]/g) ?? []
}

/** The sizes of letters in one operand; those under an ellipsis come as a list. */
function bind(letters: readonly string[], dims: readonly number[]): [string, number[]][] {
  const hidden = dims.length - letters.filter((each) => each !== ELLIPSIS).length
  if (hidden < 0 || (hidden > 0 && !letters.includes(ELLIPSIS))) {
    throw new OnnxError(
      `Einsum: rank of an operand, got [${dims.join(', ')}], expected one for ${letters.join('')}`,
    )
  }
  const rest = [...dims]
  return letters.map((letter) => [letter, rest.splice(0, letter === ELLIPSIS ? hidden : 1)])
}

const einsum: Inference = (call) => {
  const [left = '', right] = text(call, 'equation', '').split('->')
  const terms = left.split(',').map(lettersOf)
  const sizes = new Map<string, number[]>()
  terms.forEach((letters, i) => {
    for (const [letter, dims] of bind(letters, required(call, i).dims)) {
      sizes.set(letter, broadcast(sizes.get(letter) ?? [], dims))
    }
  })
  const result = right === undefined ? implied(terms.flat()) : lettersOf(right)
  const dims = result.flatMap((letter) => sizes.get(letter) ?? [])
  return [{ dataType: required(call, 0).dataType, dims }]
}

/** Without an arrow: the dimensions without letters, then the letters that stand there once. */
function implied(letters: readonly string[]): string[] {
  const once = letters.filter((each) => letters.indexOf(each) === letters.lastIndexOf(each))
  const ellipsis = letters.includes(ELLIPSIS) ? [ELLIPSIS] : []
  return [...ellipsis, ...once.filter((each) => each !== ELLIPSIS).sort()]
}

export const linear: Readonly<Record<string, Inference>> = {
  Det: det,
  Einsum: einsum,
  Gemm: gemm,
  MatMul: matmul(1, 0),
  MatMulInteger: matmul(1, 'int32'),
  QLinearMatMul: matmul(3, 7),
}

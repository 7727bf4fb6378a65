// Element-wise operators on constants, in the arithmetic that the operators' types have.
import { dataTypeOfCode } from '../../data-types.js'
import { broadcast } from '../../builder/inference/elementwise.js'
import type { DataType, TensorData } from '../../types.js'
import { rowMajorStrides } from '../permutation.js'
import { type Evaluation, exactNumbers, exactTensor, gathered, isWanted } from './types.js'

/** A result, or undefined where runtimes differ in it. */
type Compute = (...operands: number[]) => number | undefined

/** The result has the first operand's type. A double of +, -, *, / and sqrt rounds to float32 correctly. */
const arithmetic =
  (float: Compute, int?: Compute): Evaluation =>
  ({ tensors, limit }) => {
    const dataType = tensors[0]?.dataType
    if (dataType === undefined || dataType === 'bool') return undefined
    const isFloat = dataType === 'float32' || dataType === 'float64'
    const compute = isFloat ? float : int
    return compute && elementwise(tensors, { dataType, compute, limit })
  }

const logic =
  (compute: (...operands: number[]) => boolean): Evaluation =>
  ({ tensors, limit }) => {
    const asNumber = (...operands: number[]) => Number(compute(...operands))
    return elementwise(tensors, { dataType: 'bool', compute: asNumber, limit })
  }

interface Wanted {
  readonly dataType: DataType
  readonly compute: Compute
  readonly limit: number
}

/** The result of a function of numbers, element by element; the shapes are broadcast. */
export function elementwise(
  tensors: readonly (TensorData | undefined)[],
  { dataType, compute, limit }: Wanted,
): TensorData | undefined {
  const operands = tensors.filter((tensor) => tensor !== undefined)
  if (operands.length !== tensors.length) return undefined
  const dims = operands.map((each) => each.dims).reduce((a, b) => broadcast(a, b))
  if (!isWanted(dataType, dims, limit)) return undefined
  const numbers = operands.map((tensor) => exactNumbers(stretched(tensor, dims)))
  if (!numbers.every((each) => each !== undefined)) return undefined
  const values = (numbers[0] ?? []).map((_, i) => compute(...numbers.map((each) => each[i] ?? 0)))
  return exactTensor(dataType, dims, values)
}

/** A tensor stretched to a shape that it broadcasts to. */
export function stretched(tensor: TensorData, dims: readonly number[]): TensorData {
  const missing = dims.length - tensor.dims.length
  const strides = rowMajorStrides(tensor.dims, 1)
  const steps = dims.map((_, i) =>
    (tensor.dims[i - missing] ?? 1) === 1 ? 0 : (strides[i - missing] ?? 0),
  )
  return gathered(tensor, dims, (index) =>
    index.reduce((sum, at, axis) => sum + at * (steps[axis] ?? 0), 0),
  )
}

const cast: Evaluation = ({ node, tensors, limit }) => {
  const [tensor] = tensors
  const { to } = node.attributes
  if (tensor === undefined || to?.type !== 'int') return undefined
  const dataType = dataTypeOfCode(to.value)
  const compute = (x: number) => {
    if (dataType === 'bool') return Number(x !== 0)
    return dataType === 'float32' || dataType === 'float64' ? x : Math.trunc(x) + 0
  }
  return elementwise([tensor], { dataType, compute, limit })
}

const where: Evaluation = ({ tensors, limit }) => {
  const dataType = tensors[1]?.dataType
  const compute = (...[condition, x, y]: number[]) => (condition ? x : y)
  return dataType && elementwise(tensors, { dataType, compute, limit })
}

/** The sign of a zero and what NaN gives are left to the runtime. */
const chosen =
  (choose: (...operands: number[]) => number): Compute =>
  (...operands) => {
    const result = choose(...operands)
    return result === 0 || operands.some(Number.isNaN) ? undefined : result
  }

const divideWhole: Compute = (a = 0, b = 0) => (b === 0 ? undefined : Math.trunc(a / b) + 0)

/** Rows by operator; what is not among them, such as exp, runtimes round each in their own way. */
export const arithmetics: Readonly<Record<string, Evaluation>> = {
  Add: arithmetic(
    (a = 0, b = 0) => a + b,
    (a = 0, b = 0) => a + b,
  ),
  Sub: arithmetic(
    (a = 0, b = 0) => a - b,
    (a = 0, b = 0) => a - b,
  ),
  Mul: arithmetic(
    (a = 0, b = 0) => a * b,
    (a = 0, b = 0) => a * b + 0,
  ),
  Div: arithmetic((a = 0, b = 0) => a / b, divideWhole),
  Min: arithmetic(chosen(Math.min), Math.min),
  Max: arithmetic(chosen(Math.max), Math.max),
  Neg: arithmetic(
    (x = 0) => -x,
    (x = 0) => 0 - x,
  ),
  Abs: arithmetic((x = 0) => Math.abs(x), Math.abs),
  Sqrt: arithmetic((x = 0) => Math.sqrt(x)),
  Reciprocal: arithmetic((x = 0) => 1 / x),
  Floor: arithmetic((x = 0) => Math.floor(x)),
  Ceil: arithmetic((x = 0) => Math.ceil(x)),
  Equal: logic((a, b) => a === b),
  Greater: logic((a = 0, b = 0) => a > b),
  GreaterOrEqual: logic((a = 0, b = 0) => a >= b),
  Less: logic((a = 0, b = 0) => a < b),
  LessOrEqual: logic((a = 0, b = 0) => a <= b),
  And: logic((a, b) => a === 1 && b === 1),
  Or: logic((a, b) => a === 1 || b === 1),
  Not: logic((a) => a === 0),
  Cast: cast,
  Where: where,
}

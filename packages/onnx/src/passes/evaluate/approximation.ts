// Element-wise operators that runtimes round each in their own way, computed as JavaScript does.
import { int } from '../../builder/value.js'
import { elementwise } from './arithmetic.js'
import type { Evaluation, Known } from './types.js'

type Compute = (...operands: number[]) => number

/** The result has the first operand's type. */
const typed =
  (compute: Compute): Evaluation =>
  ({ tensors, limit }) => {
    const dataType = tensors[0]?.dataType
    return dataType && elementwise(tensors, { dataType, compute, limit })
  }

const test =
  (compute: (x: number) => boolean): Evaluation =>
  ({ tensors, limit }) =>
    elementwise(tensors, { dataType: 'bool', compute: (x = 0) => Number(compute(x)), limit })

/** The rest has the divisor's sign, or with `fmod` the dividend's. */
const mod: Evaluation = (known) => {
  const isC = int(known.node, 'fmod', 0) === 1
  return typed((a = 0, b = 0) => (isC ? a % b : a - b * Math.floor(a / b)))(known)
}

/** Both bounds may be left out. */
const clip: Evaluation = ({ tensors: [x, low, high], node, limit }: Known) => {
  if (x === undefined) return undefined
  const bounds = [low, high].filter((each) => each !== undefined)
  const [hasLow, hasHigh] = [1, 2].map((input) => (node.inputs[input] ?? '') !== '')
  const compute = (value = 0, ...[first = 0, second = 0]: number[]) => {
    const least = hasLow ? Math.max(value, first) : value
    return hasHigh ? Math.min(least, hasLow ? second : first) : least
  }
  return elementwise([x, ...bounds], { dataType: x.dataType, compute, limit })
}

function roundToEven(x: number): number {
  const below = Math.floor(x)
  const rest = x - below
  if (rest !== 0.5) return Math.round(x)
  return below % 2 === 0 ? below : below + 1
}

/** Numbers of any type are cut off to whole ones; what is beyond int64 is left to the runtime. */
const cast: Evaluation = ({ tensors: [x], node, limit }) => {
  const { to } = node.attributes
  const isWhole = to?.type === 'int' && (to.value === 6 || to.value === 7)
  if (x === undefined || !isWhole) return undefined
  const dataType = to.value === 6 ? 'int32' : 'int64'
  const compute = (value = 0) => (dataType === 'int32' ? Math.trunc(value) | 0 : whole(value))
  return elementwise([x], { dataType, compute, limit })
}

function whole(value: number): number {
  return Number.isFinite(value) ? Math.trunc(value) + 0 : 0
}

const functions: Readonly<Record<string, Compute>> = {
  ...{ Exp: Math.exp, Log: Math.log, Sin: Math.sin, Cos: Math.cos, Tan: Math.tan },
  ...{ Asin: Math.asin, Acos: Math.acos, Atan: Math.atan, Sinh: Math.sinh, Cosh: Math.cosh },
  ...{ Tanh: Math.tanh, Asinh: Math.asinh, Acosh: Math.acosh, Atanh: Math.atanh },
  Max: (...each) => Math.max(...each),
  Min: (...each) => Math.min(...each),
  Pow: (a = 0, b = 0) => a ** b,
  Relu: (x = 0) => Math.max(0, x),
  Round: (x = 0) => roundToEven(x),
  Sigmoid: (x = 0) => 1 / (1 + Math.exp(-x)),
  Sign: (x = 0) => Math.sign(x),
  Xor: (a, b) => Number(a !== b),
}

/** Rows by operator. */
export const approximations: Readonly<Record<string, Evaluation>> = {
  ...Object.fromEntries(
    Object.entries(functions).map(([opType, compute]) => [opType, typed(compute)] as const),
  ),
  Cast: cast,
  Clip: clip,
  IsInf: test((x) => Math.abs(x) === Infinity),
  IsNaN: test(Number.isNaN),
  Mod: mod,
}

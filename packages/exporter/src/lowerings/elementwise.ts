// Element-wise kernels of one tensor.
import { TraceError } from '../error.js'
import type { Operand } from '../operand.js'
import { operandOf, type Recorder } from '../recorder.js'
import { complexOf } from './complex.js'
import {
  convert,
  double,
  floating,
  type Lowering,
  numeric,
  type Single,
  unary,
} from './lowering.js'

/** A kernel that rounds; whole numbers stay as they are. */
const rounding =
  (opType: string) =>
  ({ x }: Single, _: object, recorder: Recorder): Operand =>
    x.dataType === 'float32' ? recorder.node(opType, [x]) : x

/** A kernel that tests real numbers; for whole ones the answer is known. */
const test =
  (answer: boolean, ofReal: (x: Operand, recorder: Recorder) => Operand) =>
  ({ x }: Single, _: object, recorder: Recorder): Operand =>
    x.dataType === 'float32' ? ofReal(x, recorder) : recorder.fill('bool', x.dims, answer ? 1 : 0)

const constant = (value: number, recorder: Recorder) => recorder.fill('float32', [], value)

/** cast(x: Tensor, dtype: DataType) */
const cast: Lowering<'Cast'> = ({ x }, { dtype }, recorder) => {
  if (dtype === 'complex64') {
    return complexOf(recorder.cast(x, 'float32'), recorder.fill('float32', x.dims, 0))
  }
  if (dtype === 'float32' || dtype === 'int32' || dtype === 'bool') {
    return convert(x, dtype, recorder)
  }
  throw new TraceError(
    `cast: type has no ONNX equal, got ${dtype}, expected float32, int32, bool or complex64`,
  )
}

/** isFinite(x: Tensor); |x| < ∞ is false of NaN too. */
const isFinite = test(true, (x, recorder) =>
  recorder.elementwise('Less', [
    recorder.node('Abs', [x]),
    constant(Number.POSITIVE_INFINITY, recorder),
  ]),
)

/** exp(x: Tensor); a float32 tensor, whatever x is, and of whole numbers in double precision */
const exp: Lowering<'Exp'> = ({ x }, _, recorder) => {
  if (x.dataType === 'float32') {
    return recorder.node('Exp', [x])
  }
  const { builder } = recorder
  return operandOf(builder.cast(builder.node('Exp', [double(x, recorder)]), 'float32'))
}

/** expm1(x: Tensor) = tanh(x / 2) · (exp(x) + 1), which loses no digits near zero. */
const expm1: Lowering<'Expm1'> = ({ x }, _, recorder) => {
  const real = recorder.cast(x, 'float32')
  const half = recorder.elementwise('Mul', [real, constant(0.5, recorder)])
  const more = recorder.elementwise('Add', [recorder.node('Exp', [real]), constant(1, recorder)])
  const result = recorder.node('Mul', [recorder.node('Tanh', [half]), more])
  return convert(result, x.dataType, recorder)
}

/**
 * log1p(x: Tensor) = asinh(x · (0.5 + 0.5 / (x + 1))), which loses no digits near zero. The root of
 * x + 1, squared again, makes it NaN below -1.
 */
const log1p: Lowering<'Log1p'> = ({ x }, _, recorder) => {
  const real = recorder.cast(x, 'float32')
  const half = constant(0.5, recorder)
  const root = recorder.node('Sqrt', [recorder.elementwise('Add', [real, constant(1, recorder)])])
  const quotient = recorder.elementwise('Div', [half, recorder.node('Mul', [root, root])])
  const factor = recorder.elementwise('Add', [quotient, half])
  const result = recorder.node('Asinh', [recorder.node('Mul', [real, factor])])
  return convert(result, x.dataType, recorder)
}

/** rsqrt(x: Tensor) */
const rsqrt: Lowering<'Rsqrt'> = ({ x }, _, recorder) => {
  const root = recorder.node('Sqrt', [recorder.cast(x, 'float32')])
  return convert(recorder.node('Reciprocal', [root]), x.dataType, recorder)
}

/** sign(x: Tensor); 0 where x is NaN */
const sign: Lowering<'Sign'> = ({ x }, _, recorder) => {
  if (x.dataType !== 'float32') {
    return x.dataType === 'bool' ? x : recorder.node('Sign', [x])
  }
  const known = recorder.node('Sign', [x])
  if (recorder.assumeFinite) {
    return known
  }
  const unknown = recorder.node('IsNaN', [x])
  return recorder.elementwise('Where', [unknown, constant(0, recorder), known])
}

/** square(x: Tensor) */
const square: Lowering<'Square'> = ({ x }, _, recorder) => {
  const number = numeric(x, recorder)
  return recorder.cast(recorder.node('Mul', [number, number]), x.dataType)
}

export const elementwise = {
  Abs: unary('Abs'),
  Acos: floating('Acos'),
  Acosh: floating('Acosh'),
  Asin: floating('Asin'),
  Asinh: floating('Asinh'),
  Atan: floating('Atan'),
  Atanh: floating('Atanh'),
  Cast: cast,
  Ceil: rounding('Ceil'),
  Cos: floating('Cos'),
  Cosh: floating('Cosh'),
  Erf: floating('Erf'),
  Exp: exp,
  Expm1: expm1,
  Floor: rounding('Floor'),
  IsFinite: isFinite,
  IsInf: test(false, (x, recorder) => recorder.node('IsInf', [x])),
  IsNan: test(false, (x, recorder) => recorder.node('IsNaN', [x])),
  Log: floating('Log'),
  Log1p: log1p,
  Neg: unary('Neg'),
  Reciprocal: floating('Reciprocal'),
  Round: rounding('Round'),
  Rsqrt: rsqrt,
  Sign: sign,
  Sin: floating('Sin'),
  Sinh: floating('Sinh'),
  Sqrt: floating('Sqrt'),
  Square: square,
  Tan: floating('Tan'),
} as const

// Complex numbers, which ONNX has not: each tensor is two, its real and its imaginary part.
import { TraceError } from '../error.js'
import type { ComplexKernel, Kernel } from '../kernels.js'
import {
  type AnyOperand,
  type AnyOperands,
  type ComplexOperand,
  isComplex,
  type Operand,
  type Operands,
} from '../operand.js'
import { operandOf, type Recorder } from '../recorder.js'
import { fourier } from './fourier.js'
import { type ComplexLowering, convert, double, type Lowering } from './lowering.js'

type RealKernel = Exclude<Kernel, ComplexKernel>

/** A lowering for every kernel of real numbers. */
export type RealTable = { readonly [K in RealKernel]: Lowering<K> }

/** A lowering for some kernels of complex numbers, those among them that know no others. */
export type ComplexTable = { readonly [K in ComplexKernel]: ComplexLowering<K> } & {
  readonly [K in RealKernel]?: ComplexLowering<K>
}

/** complex(real: Tensor, imag: Tensor) */
const toComplex: Lowering<'Complex'> = ({ real, imag }, _, recorder) =>
  complexOf(recorder.cast(real, 'float32'), recorder.cast(imag, 'float32'))

/** real(input: Tensor) */
const realPart: ComplexLowering<'Real'> = ({ input }) => parts(input).real

/** imag(input: Tensor) */
const imaginaryPart: ComplexLowering<'Imag'> = ({ input }) => parts(input).imaginary

/** complexAbs(x: Tensor), in double precision, where squares neither vanish nor overflow */
const absolute: ComplexLowering<'ComplexAbs'> = ({ x }, _, recorder) => {
  const { builder } = recorder
  const [real, imaginary] = [parts(x).real, parts(x).imaginary].map((part) => {
    const wide = double(part, recorder)
    return builder.node('Mul', [wide, wide])
  })
  const root = builder.node('Sqrt', [builder.node('Add', [real, imaginary])])
  return operandOf(builder.cast(root, 'float32'))
}

/** multiply(a: Tensor, b: Tensor) */
const multiply: ComplexLowering<'Multiply'> = ({ a, b }, _, recorder) => {
  const [x, y] = [widened(a, recorder), widened(b, recorder)]
  const product = (left: Operand, right: Operand) => recorder.elementwise('Mul', [left, right])
  return complexOf(
    recorder.elementwise('Sub', [product(x.real, y.real), product(x.imaginary, y.imaginary)]),
    recorder.elementwise('Add', [product(x.real, y.imaginary), product(x.imaginary, y.real)]),
  )
}

/** cast(x: Tensor, dtype: DataType); real types take the real part. */
const cast: ComplexLowering<'Cast'> = ({ x }, { dtype }, recorder) => {
  if (dtype === 'float32' || dtype === 'int32' || dtype === 'bool') {
    return convert(parts(x).real, dtype, recorder)
  }
  return x
}

/** onesLike(x: Tensor) */
const onesLike: ComplexLowering<'OnesLike'> = ({ x }, _, recorder) =>
  complexOf(recorder.fill('float32', x.dims, 1), recorder.fill('float32', x.dims, 0))

/** Applies the lowering of real numbers to each part; operands that are real go into both. */
function perPart<K extends RealKernel>(lower: Lowering<K>): ComplexLowering<K> {
  return (inputs, attributes, recorder) => {
    const real = list(lower(partOf(inputs, 'real'), attributes, recorder))
    const imaginary = list(lower(partOf(inputs, 'imaginary'), attributes, recorder))
    const results = real.flatMap((part, i) => {
      const other = imaginary[i]
      return other === undefined ? [] : [complexOf(part, other)]
    })
    return results.length === 1 && results[0] ? results[0] : results
  }
}

/** The same, for kernels that take real numbers as complex ones without imaginary part. */
function perWidePart<K extends RealKernel>(
  lower: Lowering<K>,
  widen: readonly string[],
): ComplexLowering<K> {
  const each = perPart(lower)
  return (inputs, attributes, recorder) => {
    const wide = entries(inputs).map(([name, operand]) => [
      name,
      widen.includes(name) ? widened(operand, recorder) : operand,
    ])
    return each(Object.fromEntries(wide) as typeof inputs, attributes, recorder)
  }
}

function list(result: AnyOperand | readonly AnyOperand[]): Operand[] {
  const results = Array.isArray(result) ? (result as readonly AnyOperand[]) : [result as AnyOperand]
  return results.flatMap((each) => (isComplex(each) ? [] : [each]))
}

function partOf<Inputs>(inputs: AnyOperands<Inputs>, part: 'real' | 'imaginary'): Operands<Inputs> {
  const picked = entries(inputs).map(
    ([name, operand]) => [name, isComplex(operand) ? operand[part] : operand] as const,
  )
  const result = Array.isArray(inputs) ? picked.map(([, each]) => each) : Object.fromEntries(picked)
  return result as Operands<Inputs>
}

/** The operands of a kernel, by name, or by place where the kernel takes a list. */
function entries<Inputs>(inputs: AnyOperands<Inputs>): [string, AnyOperand][] {
  return Object.entries(inputs as Readonly<Record<string, AnyOperand>>)
}

/** A real tensor as a complex one without imaginary part. */
function widened(operand: AnyOperand, recorder: Recorder): ComplexOperand {
  if (isComplex(operand)) {
    return operand
  }
  return complexOf(recorder.cast(operand, 'float32'), recorder.fill('float32', operand.dims, 0))
}

/** The complex tensor of two parts. */
export function complexOf(real: Operand, imaginary: Operand): ComplexOperand {
  return { dataType: 'complex64', dims: real.dims, real, imaginary }
}

/** The parts of a tensor that must be complex. */
export function parts(operand: AnyOperand): ComplexOperand {
  if (!isComplex(operand)) {
    throw new TraceError(
      `complex: not a complex tensor, got ${operand.dataType}, expected complex64`,
    )
  }
  return operand
}

/** Kernels that make complex numbers of real ones. */
export const complex = { Complex: toComplex } as const

/** Kernels of which some input is complex; most are those of real numbers, once for each part. */
export function ofComplex(real: RealTable): ComplexTable {
  return {
    ...fourier,
    Add: perWidePart(real.Add, ['a', 'b']),
    BroadcastTo: perPart(real.BroadcastTo),
    Cast: cast,
    ComplexAbs: absolute,
    Concat: perPart(real.Concat),
    ExpandDims: perPart(real.ExpandDims),
    GatherNd: perPart(real.GatherNd),
    GatherV2: perPart(real.GatherV2),
    Identity: ({ x }) => x,
    Imag: imaginaryPart,
    Multiply: multiply,
    Neg: perPart(real.Neg),
    OnesLike: onesLike,
    Pack: perPart(real.Pack),
    Real: realPart,
    Reshape: perPart(real.Reshape),
    Reverse: perPart(real.Reverse),
    Select: perWidePart(real.Select, ['t', 'e']),
    Slice: perPart(real.Slice),
    SplitV: perPart(real.SplitV),
    StridedSlice: perPart(real.StridedSlice),
    Sub: perWidePart(real.Sub, ['a', 'b']),
    Sum: perPart(real.Sum),
    Tile: perPart(real.Tile),
    Transpose: perPart(real.Transpose),
    Unpack: perPart(real.Unpack),
    ZerosLike: perPart(real.ZerosLike),
  }
}

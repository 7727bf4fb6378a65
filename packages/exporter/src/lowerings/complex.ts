// Complex numbers, which ONNX has not: each tensor is two, its real and its imaginary part.
import { TraceError } from '../error.js'
import { type AnyOperand, type ComplexOperand, isComplex, type Operand } from '../operand.js'
import type { Recorder } from '../recorder.js'
import type { ComplexLowering, Lowering } from './lowering.js'

/** complex(real: Tensor, imag: Tensor) */
const toComplex: Lowering<'Complex'> = ({ real, imag }) => complexOf(real, imag)

/** real(input: Tensor) */
const realPart: ComplexLowering<'Real'> = ({ input }) => parts(input).real

/** imag(input: Tensor) */
const imaginaryPart: ComplexLowering<'Imag'> = ({ input }) => parts(input).imaginary

/** add(a: Tensor, b: Tensor) */
const add: ComplexLowering<'Add'> = ({ a, b }, _, recorder) => both('Add', [a, b], recorder)

/** sub(a: Tensor, b: Tensor) */
const subtract: ComplexLowering<'Sub'> = ({ a, b }, _, recorder) => both('Sub', [a, b], recorder)

function both(
  opType: string,
  [a, b]: readonly [AnyOperand, AnyOperand],
  recorder: Recorder,
): ComplexOperand {
  const [x, y] = [widened(a, recorder), widened(b, recorder)]
  return complexOf(
    recorder.elementwise(opType, [x.real, y.real]),
    recorder.elementwise(opType, [x.imaginary, y.imaginary]),
  )
}

/** A real tensor as a complex one without imaginary part. */
function widened(operand: AnyOperand, recorder: Recorder): ComplexOperand {
  if (isComplex(operand)) {
    return operand
  }
  return complexOf(recorder.cast(operand, 'float32'), recorder.fill('float32', operand.dims, 0))
}

function complexOf(real: Operand, imaginary: Operand): ComplexOperand {
  return { dataType: 'complex64', dims: real.dims, real, imaginary }
}

function parts(operand: AnyOperand): ComplexOperand {
  if (!isComplex(operand)) {
    throw new TraceError(
      `complex: not a complex tensor, got ${operand.dataType}, expected complex64`,
    )
  }
  return operand
}

/** Kernels that make complex numbers of real ones. */
export const complex = { Complex: toComplex } as const

/** Kernels of which some input is complex. */
export const ofComplex = { Add: add, Imag: imaginaryPart, Real: realPart, Sub: subtract } as const

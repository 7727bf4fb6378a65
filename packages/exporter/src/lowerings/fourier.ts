// Fourier transforms of complex tensors along their last axis.
import { attr, type Value } from '@anyvae/onnx'
import { TraceError } from '../error.js'
import { type AnyOperand, type ComplexOperand, isComplex } from '../operand.js'
import { operandOf, type Recorder } from '../recorder.js'

/** The opset from which on DFT takes its axis as an input. */
const AXIS_AS_INPUT = 20

/** fft(input: Tensor), or ifft, which also divides by the size */
const transform =
  (inverse: boolean) =>
  ({ input }: { readonly input: AnyOperand }, _: object, recorder: Recorder): ComplexOperand => {
    if (!isComplex(input)) {
      throw new TraceError(`fft: not a complex tensor, got ${input.dataType}, expected complex64`)
    }
    const { builder } = recorder
    const last = builder.list([-1])
    const columns = [input.real, input.imaginary].map((part) =>
      builder.node('Unsqueeze', [recorder.value(part), last]),
    )
    const pairs = builder.node('Concat', columns, { axis: attr.int(-1) })
    const wide = builder.cast(pairs, precision(input.dims.at(-1) ?? 1))
    const result = builder.cast(dft(wide, inverse, recorder), 'float32')
    const part = (index: number) =>
      builder.node('Gather', [result, builder.scalar('int64', index)], { axis: attr.int(-1) })
    const [real, imaginary] = [operandOf(part(0)), operandOf(part(1))]
    return { dataType: 'complex64', dims: input.dims, real, imaginary }
  }

/** Only sizes that are a power of two keep their digits in ONNX Runtime's single precision. */
function precision(size: number) {
  return Number.isInteger(Math.log2(size)) ? 'float32' : 'float64'
}

function dft(pairs: Value, inverse: boolean, { builder }: Recorder): Value {
  const axis = pairs.dims.length - 2
  const direction = attr.int(inverse ? 1 : 0)
  return builder.opset >= AXIS_AS_INPUT
    ? builder.node('DFT', [pairs, undefined, builder.scalar('int64', axis)], { inverse: direction })
    : builder.node('DFT', [pairs], { axis: attr.int(axis), inverse: direction })
}

export const fourier = { FFT: transform(false), IFFT: transform(true) } as const

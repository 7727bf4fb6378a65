// Fourier transforms of complex tensors along their last axis.
import { attr, type Value } from '@anyvae/onnx'
import { TraceError } from '../error.js'
import { type AnyOperand, type ComplexOperand, isComplex } from '../operand.js'
import { operandOf, type Recorder } from '../recorder.js'

/** The opset from which on there is a transform, and from which on it takes its axis as an input. */
const DFT_SINCE = 17
const AXIS_AS_INPUT = 20

/** fft(input: Tensor), or ifft, which also divides by the size */
const transform =
  (inverse: boolean) =>
  ({ input }: { readonly input: AnyOperand }, _: object, recorder: Recorder): ComplexOperand => {
    if (!isComplex(input)) {
      throw new TraceError(`fft: not a complex tensor, got ${input.dataType}, expected complex64`)
    }
    return recorder.builder.opset >= DFT_SINCE
      ? byOperator(input, inverse, recorder)
      : byMatrix(input, inverse, recorder)
  }

function byOperator(input: ComplexOperand, inverse: boolean, recorder: Recorder): ComplexOperand {
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
  return complexOf(part(0), part(1))
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

/** (x + iy) · (C - iS) with the cosines and sines of all turns; for the inverse + iS, by the size. */
function byMatrix(input: ComplexOperand, inverse: boolean, recorder: Recorder): ComplexOperand {
  const { builder } = recorder
  const [x, y] = [recorder.value(input.real), recorder.value(input.imaginary)]
  const size = builder.list([input.dims.at(-1) ?? 1])
  const angles = turns(size, recorder)
  const [cosines, sines] = [builder.node('Cos', [angles]), builder.node('Sin', [angles])]
  const product = (part: Value, matrix: Value) => builder.node('MatMul', [part, matrix])
  const [ahead, back] = inverse ? (['Sub', 'Add'] as const) : (['Add', 'Sub'] as const)
  const real = builder.node(ahead, [product(x, cosines), product(y, sines)])
  const imaginary = builder.node(back, [product(y, cosines), product(x, sines)])
  const scaled = (part: Value) =>
    inverse ? builder.node('Div', [part, builder.cast(size, 'float32')]) : part
  return complexOf(scaled(real), scaled(imaginary))
}

/** 2π · j · k / size for every j and k, each reduced to one turn before it loses digits. */
function turns(size: Value, { builder }: Recorder): Value {
  const ones = builder.node('Expand', [builder.scalar('int64', 1), size])
  const row = builder.node('CumSum', [ones, builder.scalar('int64', 0)], { exclusive: attr.int(1) })
  const column = builder.node('Unsqueeze', [row, builder.list([1])])
  const steps = builder.node('Mod', [builder.node('Mul', [column, row]), size])
  const share = builder.node('Div', [builder.cast(steps, 'float32'), builder.cast(size, 'float32')])
  return builder.node('Mul', [share, builder.scalar('float32', 2 * Math.PI)])
}

function complexOf(real: Value, imaginary: Value): ComplexOperand {
  const parts = { real: operandOf(real), imaginary: operandOf(imaginary) }
  return { dataType: 'complex64', dims: real.dims, ...parts }
}

export const fourier = { FFT: transform(false), IFFT: transform(true) } as const

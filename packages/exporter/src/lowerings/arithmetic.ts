// Arithmetic of two tensors, element by element.
import { attr, broadcast, type Value } from '@anyvae/onnx'
import type { Operand } from '../operand.js'
import { operandOf, type Recorder } from '../recorder.js'
import {
  arithmetic,
  convert,
  double,
  type Lowering,
  numbers,
  type Pair,
  wrapped,
} from './lowering.js'

/** addN(tensors: Tensor[]) */
const addN: Lowering<'AddN'> = (tensors, _, recorder) =>
  [...tensors].reduce((a, b) => arithmetic('Add')({ a, b }, {}, recorder))

/** atan2(a: Tensor, b: Tensor): the angle of the point with x = b and y = a, signs of zero included. */
const atan2: Lowering<'Atan2'> = (inputs, _, recorder) => {
  const [y, x] = [recorder.cast(inputs.a, 'float32'), recorder.cast(inputs.b, 'float32')]
  const [height, width] = [recorder.node('Abs', [y]), recorder.node('Abs', [x])]
  const steep = recorder.elementwise('Div', [height, width])
  // Two zeros and two infinities have no quotient, but an angle.
  const equal = recorder.elementwise('Equal', [height, width])
  const ratio = recorder.elementwise('Where', [equal, recorder.node('Sign', [height]), steep])
  const angle = recorder.node('Atan', [ratio])
  const turned = recorder.elementwise('Sub', [recorder.fill('float32', [], Math.PI), angle])
  const half = recorder.elementwise('Where', [negative(x, recorder), turned, angle])
  const below = recorder.node('Neg', [half])
  const result = recorder.elementwise('Where', [negative(y, recorder), below, half])
  return convert(result, inputs.a.dataType, recorder)
}

/** Where the sign is minus, that of zero included, which the reciprocal shows. */
function negative(x: Operand, recorder: Recorder): Operand {
  const sum = recorder.node('Add', [x, recorder.node('Reciprocal', [x])])
  return recorder.elementwise('Less', [sum, recorder.fill('float32', [], 0)])
}

/**
 * div(a: Tensor, b: Tensor). Whole numbers are divided in double precision, since a division of whole
 * numbers by zero ends the process in ONNX Runtime.
 */
const realDiv: Lowering<'RealDiv'> = ({ a, b }, _, recorder) => {
  if (a.dataType === 'float32') {
    const divisor = recorder.cast(b, 'float32')
    const trivial = 'fill' in divisor && divisor.fill === 1 && divisor.dims.length === 0
    return trivial ? a : recorder.elementwise('Div', [a, divisor])
  }
  return recorder.cast(wrapped(quotient({ a, b }, recorder), recorder), a.dataType)
}

/** floorDiv(a: Tensor, b: Tensor); an int32 tensor, whatever a and b are */
const floorDiv: Lowering<'FloorDiv'> = (inputs, _, recorder) =>
  wrapped(recorder.builder.node('Floor', [quotient(inputs, recorder)]), recorder)

function quotient({ a, b }: Pair, recorder: Recorder): Value {
  return recorder.builder.node('Div', [double(a, recorder), double(b, recorder)])
}

/** mod(a: Tensor, b: Tensor), with the sign of b */
const mod: Lowering<'Mod'> = (inputs, _, recorder) => {
  const [a, b] = numbers(inputs, recorder)
  const result =
    a.dataType === 'float32' ? realMod({ a, b }, recorder) : wholeMod({ a, b }, recorder)
  return convert(result, inputs.a.dataType, recorder)
}

/** In double precision, as JavaScript does, since rest + b may be b in single precision. */
function realMod(inputs: Pair, recorder: Recorder): Operand {
  const { builder } = recorder
  const [a, b] = [double(inputs.a, recorder), double(inputs.b, recorder)]
  const remainder = (x: Value) => builder.node('Mod', [x, b], { fmod: attr.int(1) })
  const rest = remainder(a)
  const zero = builder.scalar('float64', 0)
  const signs = [a, b].map((each) => builder.node('Less', [each, zero]))
  const moved = remainder(builder.node('Add', [rest, b]))
  const result = builder.node('Where', [builder.node('Xor', signs), moved, rest])
  return operandOf(builder.cast(result, 'float32'))
}

/** Division by 0 ends the process in ONNX Runtime, as does that of the least number by -1: 1 does as well. */
function wholeMod({ a, b }: Pair, recorder: Recorder): Operand {
  const scalar = (value: number) => recorder.fill('int32', [], value)
  if ('fill' in b) {
    const divisor = b.fill === 0 || b.fill === -1 ? 1 : b.fill
    return recorder.elementwise('Mod', [a, recorder.fill('int32', b.dims, divisor)])
  }
  const near = recorder.node('Clip', [b, scalar(-1), scalar(0)])
  const special = recorder.node('Equal', [near, b])
  return recorder.elementwise('Mod', [a, recorder.elementwise('Where', [special, scalar(1), b])])
}

/** multiply(a: Tensor, b: Tensor); the factor 1 only broadcasts. */
function multiply({ a, b }: Pair, _: object, recorder: Recorder): Operand {
  const product = arithmetic('Mul')
  if (a.dataType !== b.dataType) {
    return product({ a, b }, {}, recorder)
  }
  const dims = broadcast(a.dims, b.dims)
  if ('fill' in b && b.fill === 1) {
    return recorder.expand(a, dims)
  }
  return 'fill' in a && a.fill === 1 ? recorder.expand(b, dims) : product({ a, b }, {}, recorder)
}

/** pow(a: Tensor, b: Tensor); whole numbers in double precision, since their powers may be none. */
const pow: Lowering<'Pow'> = ({ a, b }, _, recorder) => {
  if (a.dataType === 'float32') {
    return realPow({ a, b: recorder.cast(b, 'float32') }, recorder)
  }
  const power = recorder.builder.node('Pow', [double(a, recorder), double(b, recorder)])
  return recorder.cast(wrapped(power, recorder), a.dataType)
}

/** JavaScript does not know what 1 and -1 are to the power of infinity or NaN; elsewhere it is 1. */
function realPow({ a, b }: Pair, recorder: Recorder): Operand {
  const power = recorder.elementwise('Pow', [a, b])
  if (('fill' in b && Number.isFinite(b.fill)) || recorder.assumeFinite) {
    return power
  }
  const unit = recorder.elementwise('Equal', [
    recorder.node('Abs', [a]),
    recorder.fill('float32', [], 1),
  ])
  const unknown = recorder.elementwise('Add', [power, recorder.elementwise('Sub', [b, b])])
  return recorder.elementwise('Where', [unit, unknown, power])
}

/** squaredDifference(a: Tensor, b: Tensor) */
const squaredDifference: Lowering<'SquaredDifference'> = ({ a, b }, _, recorder) => {
  const difference = recorder.elementwise('Sub', numbers({ a, b }, recorder))
  return convert(recorder.node('Mul', [difference, difference]), a.dataType, recorder)
}

export const binary = {
  Add: arithmetic('Add'),
  AddN: addN,
  Atan2: atan2,
  FloorDiv: floorDiv,
  Maximum: arithmetic('Max'),
  Minimum: arithmetic('Min'),
  Mod: mod,
  Multiply: multiply,
  Pow: pow,
  RealDiv: realDiv,
  SquaredDifference: squaredDifference,
  Sub: arithmetic('Sub'),
} as const

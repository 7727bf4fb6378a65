// Comparisons, booleans and bits.
import { attr, type Value } from '@anyvae/onnx'
import type { Operand } from '../operand.js'
import { operandOf, type Recorder, sameDims } from '../recorder.js'
import { comparison, logical, type Lowering, numbers, type Pair } from './lowering.js'

/** notEqual(a: Tensor, b: Tensor) */
const notEqual: Lowering<'NotEqual'> = (inputs, _, recorder) =>
  recorder.node('Not', [equal(inputs, recorder)])

function equal({ a, b }: Pair, recorder: Recorder): Operand {
  return recorder.elementwise(
    'Equal',
    a.dataType === b.dataType ? [a, b] : numbers({ a, b }, recorder),
  )
}

/** where(condition: Tensor, t: Tensor, e: Tensor); a condition of rank 1 chooses rows. */
const select: Lowering<'Select'> = ({ condition, t, e }, _, recorder) => {
  const rows = condition.dims.length === 1 && t.dims.length > 1 && !sameDims(condition.dims, t.dims)
  const mask = rows
    ? recorder.reshape(condition, [...condition.dims, ...t.dims.slice(1).map(() => 1)])
    : condition
  const bool = t.dataType === 'bool' && e.dataType === 'bool'
  // ONNX Runtime has no Where of booleans.
  const [chosen, other] = numbers({ a: t, b: e }, recorder)
  const result = recorder.elementwise('Where', [recorder.cast(mask, 'bool'), chosen, other])
  return bool ? recorder.cast(result, 'bool') : result
}

/** The opset from which on bits have operators. */
const BITS_SINCE = 18
const BITS = 32

/** bitwiseAnd(a: Tensor, b: Tensor), of int32 */
const bitwiseAnd: Lowering<'BitwiseAnd'> = ({ a, b }, _, recorder) => {
  if (recorder.builder.opset >= BITS_SINCE) {
    return recorder.elementwise('BitwiseAnd', [a, b])
  }
  const { builder } = recorder
  const weights = builder.list(Array.from({ length: BITS }, (__, bit) => 2 ** bit))
  const common = builder.node('Mul', [bits(a, weights, recorder), bits(b, weights, recorder)])
  const sum = builder.node(
    'ReduceSum',
    [builder.node('Mul', [common, weights]), builder.list([-1])],
    {
      keepdims: attr.int(0),
    },
  )
  return operandOf(builder.cast(sum, 'int32'))
}

/** The bits of whole numbers along a new last axis, the lowest first, as int64. */
function bits(x: Operand, weights: Value, recorder: Recorder): Value {
  const { builder } = recorder
  const column = builder.node('Unsqueeze', [recorder.int64(x), builder.list([-1])])
  const unsigned = builder.node('Mod', [column, builder.scalar('int64', 2 ** BITS)])
  const shifted = builder.node('Div', [unsigned, weights])
  return builder.node('Mod', [shifted, builder.scalar('int64', 2)])
}

export const logic = {
  BitwiseAnd: bitwiseAnd,
  /** equal(a: Tensor, b: Tensor) */
  Equal: ((inputs, _, recorder) => equal(inputs, recorder)) satisfies Lowering<'Equal'>,
  Greater: comparison('Greater'),
  GreaterEqual: comparison('GreaterOrEqual'),
  Less: comparison('Less'),
  LessEqual: comparison('LessOrEqual'),
  LogicalAnd: logical('And'),
  /** logicalNot(x: Tensor) */
  LogicalNot: (({ x }, _, recorder) =>
    recorder.node('Not', [recorder.cast(x, 'bool')])) satisfies Lowering<'LogicalNot'>,
  LogicalOr: logical('Or'),
  LogicalXor: logical('Xor'),
  NotEqual: notEqual,
  Select: select,
} as const

// The kernel that chooses at random: uniform numbers are its input, by which it looks up outcomes.
import { attr } from '@anyvae/onnx'
import { operandOf } from '../recorder.js'
import type { Lowering } from './lowering.js'

/**
 * multinomial(logits: Tensor2D [rows, outcomes], uniforms: Tensor2D [rows, numSamples], normalized):
 * for each uniform number the first outcome whose cumulative probability is above it, else the last.
 * Logits that are normalized are probabilities.
 */
const multinomial: Lowering<'Multinomial'> = (inputs, { normalized }, recorder) => {
  const { uniforms } = inputs
  const logits = recorder.cast(inputs.logits, 'float32')
  if (uniforms.dims.includes(0) || logits.dims.includes(0)) {
    return recorder.fill('int32', uniforms.dims, 0)
  }
  const { builder } = recorder
  const probabilities = normalized
    ? recorder.value(logits)
    : builder.node('Softmax', [recorder.value(logits)], { axis: attr.int(-1) })
  const [start, end, axis] = [0, -1, 1].map((each) => recorder.list([each]))
  const others = builder.node('Slice', [probabilities, start, end, axis])
  const cumulative = builder.node('CumSum', [others, builder.scalar('int64', 1)])
  // The last outcome has no bound, so that rounding leaves no number without an outcome.
  const above = builder.scalar('float32', Number.POSITIVE_INFINITY)
  const bounds = builder.node('Pad', [cumulative, recorder.list([0, 0, 0, 1]), above])
  const isBelow = builder.node('Less', [
    builder.node('Unsqueeze', [recorder.value(uniforms), recorder.list([2])]),
    builder.node('Unsqueeze', [bounds, recorder.list([1])]),
  ])
  const first = { axis: attr.int(2), keepdims: attr.int(0) }
  const outcomes = builder.node('ArgMax', [builder.cast(isBelow, 'float32')], first)
  return operandOf(builder.cast(outcomes, 'int32'))
}

export const drawing = { Multinomial: multinomial } as const

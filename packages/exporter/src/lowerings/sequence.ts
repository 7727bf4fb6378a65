// Sequences of numbers, which their attributes alone make: constants of the graph.
import { tensorOf } from '@anyvae/onnx'
import type { Operand } from '../operand.js'
import { operandOf, type Recorder } from '../recorder.js'
import type { Lowering } from './lowering.js'

interface Sequence {
  readonly dataType: 'float32' | 'int32'
  readonly start: number
  readonly step: number
  readonly count: number
}

/** Adds the step again and again and rounds each time, as TensorFlow.js does. */
function sequenceOf({ dataType, start, step, count }: Sequence, recorder: Recorder): Operand {
  if (count === 0) {
    return recorder.fill(dataType, [0], 0)
  }
  const values = dataType === 'float32' ? new Float32Array(count) : new Int32Array(count)
  values[0] = start
  for (let i = 1; i < count; i++) {
    values[i] = (values[i - 1] ?? 0) + step
  }
  return operandOf(recorder.builder.initializer('range', tensorOf(dataType, [count], values)))
}

/** range(start: number, stop: number, step: number, dtype: 'float32' | 'int32') */
const range: Lowering<'Range'> = (_, { start, stop, step, dtype }, recorder) => {
  // A step of 1 is the default and counts down where the end is below.
  const down = stop < start && step === 1
  const none = start === stop || (start < stop && step < 0) || (stop < start && step > 1)
  const count = none ? 0 : Math.abs(Math.ceil((stop - start) / step))
  return sequenceOf({ dataType: dtype, start, step: down ? -1 : step, count }, recorder)
}

/** linspace(start: number, stop: number, num: number) */
const linSpace: Lowering<'LinSpace'> = (_, { start, stop, num }, recorder) => {
  const step = (stop - start) / (num - 1)
  return sequenceOf({ dataType: 'float32', start, step, count: num }, recorder)
}

export const sequence = { LinSpace: linSpace, Range: range } as const

// The types that operators' results have, for every operator that a builder may write.
import { OnnxError } from '../../error.js'
import type { Call, ValueType } from '../value.js'
import { elementwise } from './elementwise.js'
import { linear } from './linear.js'
import { movement } from './movement.js'
import { reduction } from './reduction.js'

const inferences = { ...elementwise, ...linear, ...movement, ...reduction }

/** The types of a call's results; an operator without a rule is an error. */
export function inferTypes(call: Call): readonly ValueType[] {
  const inference = inferences[call.opType]
  if (inference === undefined) {
    throw new OnnxError(
      `${call.opType}: no shape inference for this operator, expected one of ours`,
    )
  }
  return inference(call)
}

// The types that operators' results have, for every operator that a builder may write.
import { OnnxError } from '../../error.js'
import type { Call, Inference, ValueType } from '../value.js'
import { elementwise } from './elementwise.js'
import { image } from './image.js'
import { indexing } from './indexing.js'
import { linear } from './linear.js'
import { movement } from './movement.js'
import { network } from './network.js'
import { reduction } from './reduction.js'
import { signal } from './signal.js'
import { window } from './window.js'

/** The rules by operator; those without one hold graphs. */
export const inferences: Readonly<Record<string, Inference>> = {
  ...elementwise,
  ...image,
  ...indexing,
  ...linear,
  ...movement,
  ...network,
  ...reduction,
  ...signal,
  ...window,
}

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

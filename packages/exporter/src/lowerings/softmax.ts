// Softmax and its logarithm.
import { attr } from '@anyvae/onnx'
import type { Operand } from '../operand.js'
import type { Recorder } from '../recorder.js'
import type { Lowering } from './lowering.js'

interface Along {
  readonly logits: Operand
  readonly axis: number
}

function normalize(opType: string, { logits, axis }: Along, recorder: Recorder): Operand {
  const numbers = recorder.cast(logits, 'float32')
  return logits.dims.includes(0)
    ? numbers
    : recorder.node(opType, [numbers], { axis: attr.int(axis) })
}

/** softmax(logits: Tensor, dim: number) */
const softmax: Lowering<'Softmax'> = ({ logits }, { dim }, recorder) =>
  normalize('Softmax', { logits, axis: dim }, recorder)

/** logSoftmax(logits: Tensor, axis: number); tf.logSoftmax itself runs other kernels. */
const logSoftmax: Lowering<'LogSoftmax'> = ({ logits }, { axis }, recorder) =>
  normalize('LogSoftmax', { logits, axis }, recorder)

export const softmaxes = { LogSoftmax: logSoftmax, Softmax: softmax } as const

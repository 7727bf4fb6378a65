// What went wrong in a trace, told to the user: the cause, and the line of their code.
import { OnnxError } from '@anyvae/onnx'
import { blameOf } from './blame.js'
import { TraceError } from './error.js'
import { loweredKernels } from './register.js'

/** Errors of the trace with their place; those of the user's own code stay as they are. */
export function explained(error: unknown): unknown {
  if (!(error instanceof Error)) {
    return error
  }
  const message = messageOf(error)
  return message === undefined
    ? error
    : new TraceError(`${message}${placeOf(error)}`, { cause: error })
}

function messageOf(error: Error): string | undefined {
  if (error instanceof TraceError || error instanceof OnnxError) {
    return error.message
  }
  // Unknown kernels and disposed tensors are what TensorFlow.js itself says of a trace.
  const kernel = /ernel '(\w+)' (?:not registered )?for backend/.exec(error.message)?.[1]
  if (kernel !== undefined) {
    return `${kernel}: this TensorFlow.js kernel cannot be written to ONNX yet, expected one of ${loweredKernels().join(', ')}`
  }
  if (/(?:is|has been|already) (?:already )?disposed/i.test(error.message)) {
    return `trace: the function uses a tensor that was disposed of, got "${error.message}", expected one that is kept (tf.keep) until the export is done`
  }
  return undefined
}

function placeOf(error: Error): string {
  const blame = blameOf(error.stack)
  if (blame === undefined) {
    return ''
  }
  return blame.call === undefined ? ` (at ${blame.place})` : ` (${blame.call} at ${blame.place})`
}

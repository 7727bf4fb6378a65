// What went wrong in a trace, told to the user: the cause, and the line of their code.
import { OnnxError } from '@anyvae/onnx'
import { blameOf } from './blame.js'
import { TraceError } from './error.js'

/** The layers and nodes of models in which errors came up. */
const origins = new WeakMap<Error, string>()

/** Runs a part of a model; an error within is told with the part's name. */
export function within<T>(part: () => string, run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (error instanceof Error && !origins.has(error)) {
      origins.set(error, part())
    }
    throw error
  }
}

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

/** Looks for the place where a value of the graph is made, when the same is traced once more. */
export interface Watch {
  readonly name: string
  /** The stack there. */
  stack?: string | undefined
}

/** Which value or node an error is about, where that is not where it came up. */
const subjects = new WeakMap<Error, string>()

/** An error about a value or node of the graph. */
export function about(name: string, message: string): TraceError {
  const error = new TraceError(message)
  subjects.set(error, name)
  return error
}

/** The error with the line that makes what it is about, which `retrace` finds. */
export function located(error: unknown, retrace: (watch: Watch) => void): unknown {
  const name = error instanceof TraceError ? subjects.get(error) : undefined
  if (name === undefined || !(error instanceof TraceError)) {
    return error
  }
  const watch: Watch = { name }
  retrace(watch)
  return new TraceError(`${error.message}${placeText(undefined, watch.stack)}`, { cause: error })
}

function messageOf(error: Error): string | undefined {
  if (error instanceof TraceError || error instanceof OnnxError) {
    return error.message
  }
  // Unknown kernels and disposed tensors are what TensorFlow.js itself says of a trace.
  const kernel = /ernel '(\w+)' (?:not registered )?for backend/.exec(error.message)?.[1]
  if (kernel !== undefined) {
    return `${kernel}: this TensorFlow.js kernel cannot be written to ONNX, expected kernels of tfjs-core alone; write what it does in its operations`
  }
  const op = /^Unknown op '([^']*)'/.exec(error.message)?.[1]
  if (op !== undefined) {
    return `${op}: TensorFlow.js has no such operation, expected its own; register it with tf.registerOp, or cut the model before it, at an inner node`
  }
  const gradient = /gradient function not found for (\w+)/.exec(error.message)?.[1]
  if (gradient !== undefined) {
    return `${gradient}: its gradient is not registered, got "${error.message.replace(/\.$/, '')}", expected all gradients; import '@tensorflow/tfjs-core/dist/register_all_gradients.js', or '@tensorflow/tfjs-layers', which does so`
  }
  if (/(?:is|has been|already) (?:already )?disposed/i.test(error.message)) {
    return `trace: the function uses a tensor that was disposed of, got "${error.message}", expected one that is kept (tf.keep) until the export is done`
  }
  return undefined
}

/** The layer or node, and the line, that an error comes from, in brackets; nothing where unknown. */
export function placeOf(error: Error): string {
  return placeText(origins.get(error), error.stack)
}

function placeText(origin: string | undefined, stack: string | undefined): string {
  const blame = blameOf(stack)
  const place = blame && `${blame.call === undefined ? '' : `${blame.call} `}at ${blame.place}`
  const parts = [origin, place].filter((part) => part !== undefined)
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`
}

// The error that this package throws.
import { oneLine } from '@anyvae/onnx'

/** A function that cannot be traced to ONNX. The message says what, got and expected. */
export class TraceError extends Error {
  override readonly name = 'TraceError'

  /** The message becomes one line of bounded length. */
  constructor(message: string, options?: ErrorOptions) {
    super(oneLine(message), options)
  }
}

/** Says that an operation has a batch of its own, fixed, where that of the inputs is another. */
export class BatchError extends TraceError {
  /** The batch at which the operation does what TensorFlow.js does. */
  readonly batch: number

  constructor(what: string, { batch, got }: { readonly batch: number; readonly got: number }) {
    super(`${what}: its output shape fixes the batch at ${batch}, got inputs of batch ${got}`)
    this.batch = batch
  }
}

/** The batch that an error asks for, where it or what it was made of is about one. */
export function batchOf(error: unknown): number | undefined {
  if (error instanceof BatchError) return error.batch
  return error instanceof Error ? batchOf(error.cause) : undefined
}

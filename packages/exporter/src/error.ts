// The error that this package throws.

/** A function that cannot be traced to ONNX. The message says what, got and expected. */
export class TraceError extends Error {
  override readonly name = 'TraceError'
}

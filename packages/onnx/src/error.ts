// The error that this package throws.

/** A model that cannot be built, read or written. The message says what, got and expected. */
export class OnnxError extends Error {
  override readonly name = 'OnnxError'
}

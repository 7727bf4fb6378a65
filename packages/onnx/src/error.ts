// The error that this package throws.
import { oneLine } from './one-line.js'

/** A model that cannot be built, read or written. The message says what, got and expected. */
export class OnnxError extends Error {
  override readonly name = 'OnnxError'

  /** The message becomes one line of bounded length. */
  constructor(message: string, options?: ErrorOptions) {
    super(oneLine(message), options)
  }
}

// The error that this package throws.
import { oneLine } from '@anyvae/onnx'

/** A bundle that cannot be made or checked. The message says what, got and expected. */
export class BundleError extends Error {
  override readonly name = 'BundleError'

  /** The message becomes one line of bounded length. */
  constructor(message: string, options?: ErrorOptions) {
    super(oneLine(message), options)
  }
}

// The error that this package throws.

/** A bundle that cannot be made or checked. The message says what, got and expected. */
export class BundleError extends Error {
  override readonly name = 'BundleError'
}

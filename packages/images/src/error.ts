// The one error class of this package.
import { oneLine } from './one-line.js'

/** What went wrong with images: `what: what is wrong, got X, expected Y`. */
export class ImagesError extends Error {
  override readonly name = 'ImagesError'

  /** The message becomes one line of bounded length. */
  constructor(message: string, options?: ErrorOptions) {
    super(oneLine(message), options)
  }
}

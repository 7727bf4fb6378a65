// The one error class of this package.

/** What went wrong with images: `what: what is wrong, got X, expected Y`. */
export class ImagesError extends Error {
  override readonly name = 'ImagesError'
}

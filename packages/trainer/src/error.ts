// The error that this package throws.

/** A configuration, checkpoint or training run that cannot go on. The message says what, got and expected. */
export class TrainError extends Error {
  override readonly name = 'TrainError'
}

// The error that this package throws.
import { oneLine } from '@anyvae/onnx'

/** A configuration, checkpoint or training run that cannot go on. The message says what, got and expected. */
export class TrainError extends Error {
  override readonly name = 'TrainError'

  /** The message becomes one line of bounded length. */
  constructor(message: string, options?: ErrorOptions) {
    super(oneLine(message), options)
  }
}

// A recurrent cell of one's own: halves what it has and adds half of what it sees.
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'

/** Its output is its one state, of as many features as its input. */
export class RunningMean extends tfl.layers.Layer {
  static readonly className = 'RunningMean'
  readonly stateSize: number
  // Every cell has these, for dropout.
  readonly dropoutMask = []
  readonly recurrentDropoutMask = []

  constructor(size: number) {
    super({ name: 'running_mean' })
    this.stateSize = size
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor[] {
    const [x, before] = [inputs].flat()
    const mean = tf.mul(0.5, tf.add(x ?? 0, before ?? 0))
    return [mean, mean]
  }
}

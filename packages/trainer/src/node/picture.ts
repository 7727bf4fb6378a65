// The picture that a run keeps of each epoch.
import { encodePng, pairGrid, type ImageShape } from '@anyvae/images'
import type { TrainEvent } from '../training/events.js'

/**
 * Test images beside what the model makes of them, as a PNG file. Of images that are neither grey nor
 * coloured it shows the first channel.
 */
export function reconstructionsPng(
  shape: ImageShape,
  { record, examples }: TrainEvent & { type: 'epoch' },
): Uint8Array {
  const { images, reconstructions, count } = examples
  const nats = record.test.negativeElbo.toFixed(1)
  const title = `epoch ${record.epoch}: test images, negative ELBO ${nats} nats`
  if (shape.channels === 1 || shape.channels === 3) {
    return encodePng(pairGrid(images, reconstructions, { shape, title }))
  }
  const pixels = shape.height * shape.width
  const first = <T extends Uint8Array | Float32Array>(from: T, to: T): T => {
    for (let i = 0; i < count; i++) {
      const start = i * shape.channels * pixels
      to.set(from.subarray(start, start + pixels), i * pixels)
    }
    return to
  }
  return encodePng(
    pairGrid(
      first(images, new Uint8Array(count * pixels)),
      first(reconstructions, new Float32Array(count * pixels)),
      { shape: { ...shape, channels: 1 }, title: `${title}, channel 1 of ${shape.channels}` },
    ),
  )
}

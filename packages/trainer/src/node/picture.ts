// The picture that a run keeps of each epoch.
import { pairGrid, type ImageShape } from '@anyvae/images'
import { deflatePng } from '@anyvae/images/node'
import type { TrainEvent } from '../training/events.js'

/** Test images beside what the model makes of them, as a PNG file. */
export function reconstructionsPng(
  shape: ImageShape,
  { record, examples }: TrainEvent & { type: 'epoch' },
): Uint8Array {
  const { images, reconstructions } = examples
  const nats = record.test.negativeElbo.toFixed(1)
  const title = `epoch ${record.epoch}: test images, negative ELBO ${nats} nats`
  return deflatePng(pairGrid(images, reconstructions, { shape, title }))
}

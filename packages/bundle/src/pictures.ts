// The picture of a bundle: images that its decoder makes of random latents.
import * as tf from '@tensorflow/tfjs-core'
import { encodePng, imageGrid } from '@anyvae/images'
import { randomStream } from '@anyvae/random'
import { createNetwork } from '@anyvae/trainer'
import { computeReference } from './networks.js'
import type { Trained } from './trained.js'

const COLUMNS = 10
const ROWS = 6

/** samples.png: the decoded means of standard normal latents of seed 0, those that `sample` draws. */
export async function samplesPicture(trained: Trained, name: string): Promise<Uint8Array> {
  const network = createNetwork(trained.network)
  const count = COLUMNS * ROWS
  const latents = randomStream(0, 'latent').normals(count * trained.network.latent)
  const { image } = await computeReference(network, trained.parameters, (parameters) => {
    const latent = tf.tensor2d(latents, [count, trained.network.latent])
    return { image: network.decode(parameters, latent).image }
  })
  return encodePng(
    imageGrid(image?.values ?? new Float32Array(), {
      shape: trained.network.image,
      columns: COLUMNS,
      title: `${name}: decoded samples of N(0, I), seed 0`,
    }),
  )
}

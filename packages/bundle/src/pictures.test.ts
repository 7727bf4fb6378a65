import { decodePng } from '@anyvae/images'
import { createNetwork, initialState } from '@anyvae/trainer'
import { expect, it } from 'vitest'
import { samplesPicture } from './pictures.js'

it.each([
  [1, 1],
  [2, 1],
  [3, 3],
  [4, 1],
])('draws samples of %d channels', async (channels, drawn) => {
  const image = { channels, height: 6, width: 5 }
  const network = createNetwork({ image, latent: 2, hidden: [4] })
  const trained = {
    network: network.config,
    parameters: initialState(network, 1).parameters,
    examples: { count: 1, images: new Uint8Array(30 * channels) },
    training: { data: 'none' },
    quality: {},
  }
  const picture = decodePng(await samplesPicture(trained, 'test'))
  expect(picture.channels).toBe(drawn)
})

import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { expect, it } from 'vitest'
import { createNetwork } from '../index.js'

it.each([
  ['relu', 0, 3],
  ['softplus', Math.log(1 + Math.exp(-2)), Math.log(1 + Math.exp(3))],
] as const)('ends its hidden layers in %s, and no other', (activation, below, above) => {
  const image = { channels: 1, height: 1, width: 1 }
  const network = createNetwork({ image, latent: 1, hidden: [1], activation })
  /** Kernels of 1, and hidden layers of -2 at 0 and 3 at 1. */
  const parameters = Object.fromEntries(
    network.parameters.map(({ name, shape }) => {
      const value = name.endsWith('bias') ? 0 : name.endsWith('hidden/kernel') ? 5 : 1
      return [name, tf.fill([...shape], name.endsWith('hidden/bias') ? -2 : value)]
    }),
  )
  const { mean } = network.encode(parameters, tf.tensor4d([0, 1], [2, 1, 1, 1]))
  const logits = network.decodeFlat(parameters, tf.tensor2d([0, 1], [2, 1]))
  for (const outputs of [mean, logits]) {
    const [first, second] = outputs.dataSync<'float32'>()
    expect(first).toBeCloseTo(below, 5)
    expect(second).toBeCloseTo(above, 5)
  }
})

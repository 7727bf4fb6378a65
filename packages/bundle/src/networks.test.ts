import * as tf from '@tensorflow/tfjs-core'
import { expect, it, vi } from 'vitest'
import { createNetwork, initialState } from '@anyvae/trainer'
import { computeReference } from './networks.js'

it('computes without an advertisement, and leaves the environment as it was', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  const image = { channels: 1, height: 2, width: 2 }
  const network = createNetwork({ architecture: 'mlp', image, latent: 1, hidden: [2] })
  const { parameters } = initialState(network, 1)
  const isNode = tf.env().getBool('IS_NODE')
  const { sum } = await computeReference(network, parameters, () => ({
    sum: tf.add(tf.scalar(1), tf.scalar(2)),
  }))
  expect(sum?.values[0]).toBe(3)
  expect(warn).not.toHaveBeenCalled()
  expect(tf.env().getBool('IS_NODE')).toBe(isNode)
  warn.mockRestore()
})

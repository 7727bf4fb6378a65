import { expect, it } from 'vitest'
import { TrainError } from '../index.js'
import { convBody } from './conv.js'

it('refuses a network without convolutions', () => {
  const image = { channels: 1, height: 4, width: 4 }
  const config = { architecture: 'conv', image, latent: 2, likelihood: 'bernoulli' } as const
  const body = () => convBody({ ...config, filters: [], kernelSize: 3 })
  expect(body).toThrow(TrainError)
  expect(body).toThrow('filters: empty, got [], expected one or more')
})

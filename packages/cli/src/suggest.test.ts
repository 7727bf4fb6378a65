// What is suggested for mistyped words, and what is too far off.
import { expect, it } from 'vitest'
import { closest } from './suggest.js'

const WORDS = [
  'train',
  'export',
  'verify',
  'mlp',
  'conv',
  'resnet',
  'mnist',
  'fashion-mnist',
  'cpu',
]

it.each([
  ['trian', 'train'],
  ['exprot', 'export'],
  ['verfy', 'verify'],
  ['con', 'conv'],
  ['Conv', 'conv'],
  ['convv', 'conv'],
  ['renset', 'resnet'],
  ['mnsit', 'mnist'],
  ['fashon_mnist', 'fashion-mnist'],
  ['paint', undefined],
  ['vit', undefined],
  ['tpu', undefined],
  ['CPU', 'cpu'],
  ['mlpp', 'mlp'],
  ['', undefined],
])('%j is close to %j', (word, expected) => {
  expect(closest(word, WORDS)).toBe(expected)
})

// The inverse normal distribution function against published quantiles.
import { describe, expect, it } from 'vitest'
import { coordinates, manifoldLatents } from './manifold.js'
import { inverseNormal } from './normal.js'

describe('inverseNormal', () => {
  // Quantiles to 16 digits, as R's qnorm gives them.
  it.each([
    [0.5, 0],
    [0.975, 1.959963984540054],
    [0.9, 1.2815515655446004],
    [0.025, -1.959963984540054],
    [0.001, -3.090232306167813],
    [1e-6, -4.753424308822899],
    [1e-10, -6.361340902404056],
  ])('of %d is %d', (p, expected) => {
    expect(inverseNormal(p)).toBeCloseTo(expected, 11)
  })
})

describe('a manifold', () => {
  it('is even in probability and symmetric', () => {
    const values = coordinates(4)
    expect(values[0]).toBeCloseTo(-1.1503493803760079, 12)
    expect(values.map((value, i) => value + (values[3 - i] ?? 0))).toEqual([0, 0, 0, 0])
  })

  it('grows to the right along the first axis and upwards along the second', () => {
    const [low, high] = coordinates(2).map(Math.fround)
    const latents = manifoldLatents({ size: 2, latentSize: 3, axes: [2, 0] })
    expect([...latents]).toEqual([high, 0, low, high, 0, high, low, 0, low, low, 0, high])
  })
})

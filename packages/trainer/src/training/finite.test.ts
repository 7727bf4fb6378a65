import { describe, expect, it } from 'vitest'
import { TrainError } from '../index.js'
import { checkMetrics } from './finite.js'

function metrics(reconstruction: number[], kl: number[], loss: number[]) {
  const [a, b, c] = [reconstruction, kl, loss].map((values) => Float32Array.from(values))
  return { reconstruction: a, kl: b, loss: c } as Parameters<typeof checkMetrics>[0]
}

describe('checkMetrics', () => {
  it('names the first step that is not finite, whichever term it is', () => {
    // The KL overflows first; a step later the reconstruction follows.
    const chunk = metrics([1, 1, NaN], [1, Infinity, NaN], [2, Infinity, NaN])
    expect(() => checkMetrics(chunk, 40)).toThrow(TrainError)
    expect(() => checkMetrics(chunk, 40)).toThrow(
      /^kl: not finite at step 42, got Infinity, expected a finite number/,
    )
  })

  it('names the term that the loss follows from, and the loss where it is the only one', () => {
    expect(() => checkMetrics(metrics([NaN], [NaN], [NaN]), 0)).toThrow(
      /^reconstruction: not finite at step 1,/,
    )
    expect(() => checkMetrics(metrics([1], [1], [-Infinity]), 0)).toThrow(
      /^loss: not finite at step 1, got -Infinity/,
    )
  })

  it('lets finite losses pass', () => {
    expect(() => checkMetrics(metrics([1, -2], [0, 3], [1, 1]), 0)).not.toThrow()
  })
})

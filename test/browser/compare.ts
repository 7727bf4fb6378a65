// What runtime-node computes, and how far from it a page may be.
import { join } from 'node:path'
import { loadVae } from '@anyvae/runtime-node'
import { expect } from 'vitest'
import { ROOT } from '../command.js'
import { callEverything, type Everything } from './page/everything.js'

/** The largest difference of a pixel, or of any other value here, between the runtimes. */
const TOLERANCE = 1e-4

/** A model that is small in bytes, and one that is quick. */
export const MODELS = ['mnist-conv', 'mnist-mlp'] as const

/** What every method gives on runtime-node, of one of `models/`. */
export async function everythingInNode(name: string): Promise<Everything> {
  const vae = await loadVae(join(ROOT, 'models', name))
  const everything = await callEverything(vae)
  await vae.release()
  return everything
}

/** Latents from a seed are the same to the bit; all else is close. */
export function expectAlike(got: Everything, expected: Everything): void {
  expect(got.latents).toEqual(expected.latents)
  expect(got.shapes).toEqual(expected.shapes)
  for (const name of ['sampled', 'mean', 'logVariance', 'reconstructed', 'interpolated'] as const) {
    expectClose(name, got[name], expected[name])
  }
  // A logit can be large, and so its rounding error.
  expectClose('logits', got.logits.map(sigmoid), expected.logits.map(sigmoid))
  expectClose('drawn', got.drawn, expected.drawn)
}

/** Every value within 1e-4. */
export function expectClose(what: string, got: Float32Array, expected: Float32Array): void {
  expect(got.length, what).toBe(expected.length)
  const largest = expected.reduce((most, x, i) => Math.max(most, Math.abs(x - (got[i] ?? NaN))), 0)
  expect(largest, what).toBeLessThan(TOLERANCE)
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x))
}

// The comparison finds models that differ in one row, at one size, or in weights beside the model.
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { type ExportedModel, exportOnnx } from '@anyvae/exporter'
import { beforeAll, describe, expect, it } from 'vitest'
import { compareModels } from './compare.js'
import { TOLERANCES } from './difference.js'
import type { LoadedModel } from '../model.js'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

/** An embedding of nine words, of which one may be another. */
function words(other?: number): tfl.LayersModel {
  const model = tfl.sequential({ name: 'text' })
  model.add(tfl.layers.embedding({ inputDim: 9, outputDim: 2, inputLength: 4, name: 'words' }))
  const rows = Array.from({ length: 9 }, (_, i) => [i, i === other ? 77 : -i])
  model.setWeights([tf.tensor2d(rows)])
  return model
}

const loaded = (model: tfl.LayersModel): LoadedModel => ({
  model,
  predict: (inputs) => [model.call(inputs, { training: false })].flat(),
})

/** The largest difference relative to an output's size. */
async function largestDifference(
  model: LoadedModel,
  exported: ExportedModel,
  multiples: Record<string, number>,
) {
  const settings = { multiples, ranges: {}, tolerance: TOLERANCES.fp32 }
  const { outputs } = (await compareModels(model, exported, settings)) ?? { outputs: [] }
  return Math.max(...outputs.map(({ relative }) => relative))
}

describe('compareModels', () => {
  it.each([undefined, 0, 1, 4, 8])('looks at every word: another one is %s', async (other) => {
    const exported = await exportOnnx(words())
    const difference = await largestDifference(loaded(words(other)), exported, {})
    expect(difference).toBeCloseTo(other === undefined ? 0 : (77 + other) / 77)
  })

  it.each([
    ['length', { length: 1 }],
    ['length in eights', { length: 8 }],
    ['length in hundreds', { length: 100 }],
  ])('looks at two sizes of %s', async (_, multiples) => {
    const seen: number[] = []
    const predict = ([x]: tf.Tensor[]) => {
      if (x === undefined) return []
      seen.push(x.shape[1] ?? 0)
      return [seen.length > 1 ? tf.mul(x, 2) : x]
    }
    const exported = await exportOnnx(({ x }) => tf.abs(x), { x: ['batch', 'length'] })
    const model = words()
    expect(await largestDifference({ model, predict }, exported, multiples)).toBeGreaterThan(0.3)
    expect(new Set(seen).size).toBe(2)
    expect(seen.every((size) => size % multiples.length === 0)).toBe(true)
  })

  it('runs models whose weights stand beside them', async () => {
    const options = { externalAbove: 0, dataFile: 'words.data' }
    const kernel = tf.variable(tf.reshape(tf.range(0, 1024), [32, 32]), true, 'kernel')
    const fn = ({ x }: { x: tf.Tensor2D }) => tf.matMul(x, kernel)
    const exported = await exportOnnx(fn, { x: ['batch', 32] }, options)
    expect(exported.data).not.toEqual([])
    const model = (scale: number): LoadedModel => ({
      model: words(),
      predict: ([x]) => (x ? [tf.mul(fn({ x: x as tf.Tensor2D }), scale)] : []),
    })
    expect(await largestDifference(model(1), exported, {})).toBeLessThan(1e-4)
    expect(await largestDifference(model(1.1), exported, {})).toBeGreaterThan(0.01)
    kernel.dispose()
  })
})

// What passes a comparison, and what does not, in both directions.
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { exportOnnx, type TensorResult } from '@anyvae/exporter'
import { sequential } from '@tensorflow/tfjs-layers'
import { beforeAll, describe, expect, it } from 'vitest'
import type { LoadedModel } from '../model.js'
import { withChoices } from './choices.js'
import { differenceOf, TOLERANCES, type Difference } from './difference.js'
import { numbersFor, sizeOf } from './feeds.js'
import { verifyModels } from './verdict.js'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

const compare = (expected: number[], got: number[], isExact = false): Difference =>
  differenceOf({ name: 'y', dims: [expected.length], isExact, expected, got }, TOLERANCES.fp32)

describe('an output', () => {
  it.each<[string, number[], number[], Difference['verdict']]>([
    ['of scale 632, off by 5e-5 of it', [632, 1, -3], [632, 1 + 0.03, -3], 'same'],
    ['of scale 632, off by 1.5e-4 of it', [632, 300, -3], [632, 300 + 632 * 1.5e-4, -3], 'unclear'],
    ['of scale 632, off by 2e-3 of it', [632, 300, -3], [632, 300 + 1.3, -3], 'different'],
    ['of scale 1e-4, off by a hundredth of it', [1e-4, 5e-5], [1.01e-4, 5e-5], 'different'],
    ['of scale 1e-9, which is what rounding leaves', [1e-9, -2e-9], [3e-9, 0], 'unclear'],
    [
      'wrong everywhere behind one large element',
      [1e6, 1, 2, 3, 4],
      [1e6, 1.05, 2.1, 3.15, 4.2],
      'different',
    ],
    ['of zeros', [0, 0], [0, 0], 'same'],
    ['of zeros that are not', [0, 0], [0, 1e-3], 'different'],
    ['with NaN at the same place', [NaN, 1], [NaN, 1], 'same'],
    ['with NaN elsewhere', [1, 1], [NaN, 1], 'different'],
    ['with the other infinity', [Infinity, 1], [-Infinity, 1], 'different'],
  ])('%s', (_, expected, got, verdict) => {
    expect(compare(expected, got).verdict).toBe(verdict)
  })

  it('of integers is the same or different, however large they are', () => {
    expect(compare([1e6, 7], [1e6, 7], true).verdict).toBe('same')
    expect(compare([1e6, 7], [1e6 + 1, 7], true).verdict).toBe('different')
  })

  it('is told by the place where it differs most, the last one too', () => {
    const output = { name: 'y', dims: [2, 3], isExact: false }
    const expected = [1, 2, 3, 4, 5, 6]
    const at = (place: number) => {
      const got = expected.map((value, i) => (i === place ? value + 1 : value))
      return differenceOf({ ...output, expected, got }, TOLERANCES.fp32)
    }
    expect(at(0)).toMatchObject({
      index: [0, 0],
      expected: 1,
      got: 2,
      size: 6,
      verdict: 'different',
    })
    expect(at(5)).toMatchObject({ index: [1, 2], expected: 6, got: 7, verdict: 'different' })
    expect(at(5).relative).toBeCloseTo(1 / 6)
  })
})

describe('numbers to run on', () => {
  it.each([
    [8, 9, [0, 1, 2, 3, 5, 6, 7, 8]],
    [9, 9, [0, 1, 2, 3, 4, 5, 6, 7, 8]],
    [10, 9, [0, 1, 2, 3, 4, 5, 6, 7, 8, 0]],
    [3, 1001, [0, 500, 1000]],
    [2, 1, [0, 0]],
    [1, 5, [0]],
  ])('%i of a table of %i rows reach its first and its last', (count, rows, wanted) => {
    const got = numbersFor([count], { place: 0, rows })
    expect(got.map(Math.round)).toEqual(wanted)
  })

  it('keep to multiples and ranges', () => {
    const open = { multiples: { height: 8 }, ranges: { length: [1, 8], time: [50, 60] } } as const
    expect([sizeOf('height', 0, open), sizeOf('height', 1, open)]).toEqual([32, 24])
    expect([sizeOf('length', 0, open), sizeOf('length', 1, open)]).toEqual([8, 1])
    expect([sizeOf('time', 0, open), sizeOf('time', 1, open)]).toEqual([60, 50])
    expect([sizeOf('batch', 0, open), sizeOf('batch', 1, open)]).toEqual([2, 3])
  })
})

type Fn = (inputs: { x: tf.Tensor }) => TensorResult

/** The ONNX model of one function against another function in TensorFlow.js. */
async function verified(traced: Fn, original: Fn, { force = false } = {}) {
  const warnings: string[] = []
  const exported = await exportOnnx(traced as (inputs: object) => TensorResult, {
    x: ['batch', 40],
  })
  const predict = ([x]: tf.Tensor[]) => {
    const results: TensorResult = x === undefined ? [] : original({ x })
    return results instanceof tf.Tensor ? [results] : Object.values(results)
  }
  const loaded: LoadedModel = { model: sequential(), predict }
  const options = { precision: 'fp32', force, multiples: {}, ranges: {} } as const
  const warn = (line: string) => void warnings.push(line)
  const comparison = await verifyModels(loaded, exported, { ...options, warn })
  return { comparison, warnings }
}

/** Scores of pairs that differ by rounding alone, or by more. */
const pairs = (x: tf.Tensor, gap: number) =>
  tf.add(tf.floor(tf.mul(x, 20)), tf.mul(tf.mod(tf.range(0, 40), 2), gap))

const best =
  (gap: number, scale = 1, shift = 0): Fn =>
  ({ x }) => {
    const { values, indices } = tf.topk(pairs(x, gap), 12)
    const shifted = tf.add(indices, tf.scalar(shift, 'int32'))
    return { values, indices: shifted, boxes: tf.mul(tf.gather(tf.range(0, 40), indices), scale) }
  }

describe('positions of sorted scores', () => {
  it('may change places where scores are equal but for rounding', async () => {
    const { warnings, comparison } = await verified(best(1e-6), best(-1e-6))
    expect(comparison?.swapped).toBeGreaterThan(0)
    expect(comparison?.outputs.map(({ verdict }) => verdict)).toEqual(['same', 'same', 'same'])
    expect(warnings).toEqual([
      expect.stringMatching(/positions were chosen otherwise among scores that are equal/),
    ])
  })

  it.each<[string, Fn, Fn]>([
    ['scores that differ by more', best(0.2), best(-0.2)],
    ['what is computed from the same positions', best(1e-6), best(-1e-6, 1.05)],
    ['positions that are shifted', best(1e-6), best(1e-6, 1, 1)],
    ['the largest, and the smallest', ({ x }) => tf.argMax(x, 1), ({ x }) => tf.argMin(x, 1)],
  ])('are told from a fault: %s', async (_, traced, original) => {
    await expect(verified(traced, original)).rejects.toThrow(
      /gives other values, got (?:indices|boxes|values|output)/,
    )
  })

  it('may be those of argMax and argMin too', async () => {
    const both =
      (gap: number): Fn =>
      ({ x }) => ({ most: tf.argMax(pairs(x, gap), 1), least: tf.argMin(pairs(x, gap), 1) })
    const { comparison } = await verified(both(1e-6), both(-1e-6))
    expect(comparison?.outputs.every(({ verdict }) => verdict === 'same')).toBe(true)
  })

  it('twice the same one, or one outside, is no choice', async () => {
    const run = () => tf.topk(tf.tensor1d([5, 5, 5, 1]), 2).indices.dataSync()
    const chosen = (list: number[]) => withChoices({ TopK: [list] }, 1e-4, run)
    expect([...((await chosen([2, 1]))?.result ?? [])]).toEqual([2, 1])
    expect((await chosen([2, 1]))?.changed).toBe(1)
    for (const wrong of [[1, 1], [0, 4], [0, -1], [0, 3], [0]]) {
      expect(await chosen(wrong)).toBeUndefined()
    }
    expect(await withChoices({}, 1e-4, run)).toBeUndefined()
    expect([...run()]).toEqual([0, 1])
  })
})

describe('a verdict', () => {
  const twice: Fn = ({ x }) => ({ good: tf.abs(x), small: tf.mul(x, 1e-3) })
  const wrong: Fn = ({ x }) => ({ good: tf.abs(x), small: tf.mul(x, 1.1e-3) })

  it('names the output and the place', async () => {
    await expect(verified(twice, wrong)).rejects.toThrow(
      /got small at \[\d, \d+\]: got 0\.000\d+, expected 0\.00\d+, 9\.\de-2 of its size .*nothing was written \(--force/,
    )
  })

  it('is a warning where the model is written all the same', async () => {
    const { warnings } = await verified(twice, wrong, { force: true })
    expect(warnings).toEqual([expect.stringMatching(/gives other values.*as --force says/)])
  })

  it('is a warning with figures where it cannot be decided', async () => {
    const close: Fn = ({ x }) => ({ good: tf.mul(tf.abs(x), 1 + 3e-4), small: tf.mul(x, 1e-3) })
    const { warnings, comparison } = await verified(twice, close)
    expect(comparison?.outputs.map(({ verdict }) => verdict)).toEqual(['unclear', 'same'])
    expect(warnings).toEqual([
      expect.stringMatching(/^rounding may explain it, or may not: good at .*3\.0e-4/),
    ])
  })
})

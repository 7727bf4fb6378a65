// Large left operands of products are transposed once, or not at all.
import { describe, expect, it } from 'vitest'
import type { GraphBuilder } from '../../builder/builder.js'
import { attr, type Value } from '../../builder/value.js'
import { expectSame, graphOf, operators, ROUNDING, wave, withBatch } from '../harness.test.js'
import { fuseKernels } from './fuse.js'

type Dims = readonly [rows: number, columns: number]
type Attributes = Readonly<Record<string, ReturnType<typeof attr.int | typeof attr.float>>>

const transA = attr.int(1)

/** x' times a wave of so many columns, and what is added. */
function product(b: GraphBuilder, x: Value, columns: number, sum?: Value, more: Attributes = {}) {
  const right = wave(b, [Number(x.dims?.[0]), columns], 'right')
  return b.node('Gemm', [x, right, ...(sum ? [sum] : [])], { transA, ...more })
}

/** Sums over 4,096 rows round more than short ones. */
const LONG = 100 * ROUNDING
const LARGE: Dims = [4096, 64]

describe('turnedGemm', () => {
  it.each<[string, Dims, (b: GraphBuilder, x: Value) => Value]>([
    ['a product of many columns', [128, 128], (b, x) => product(b, x, 129)],
    ['one with a bias', [128, 128], (b, x) => product(b, x, 129, wave(b, [129], 'bias'))],
    [
      'one with factors',
      [128, 128],
      (b, x) => {
        const factors = { alpha: attr.float(0.5), beta: attr.float(2) }
        return product(b, x, 129, wave(b, [128, 129], 'sum'), factors)
      },
    ],
  ])('transposes the left operand of %s', async (_, dims, body) => {
    const graph = graphOf(dims, body)
    const after = fuseKernels(graph)
    expect(operators(after)).toBe('Transpose Gemm')
    expect(after.nodes[1]?.attributes).not.toHaveProperty('transA')
    await expectSame(graph, after, ROUNDING)
  })

  it.each<[string, (b: GraphBuilder, x: Value) => Value]>([
    ['a product of few columns', (b, x) => product(b, x, 8)],
    ['one with a factor', (b, x) => product(b, x, 8, undefined, { alpha: attr.float(0.5) })],
  ])('exchanges the operands of %s', async (_, body) => {
    const graph = graphOf(LARGE, body)
    const after = fuseKernels(graph)
    expect(operators(after)).toBe('Transpose Gemm Transpose')
    expect(after.nodes[1]?.inputs[1]).toBe('x')
    await expectSame(graph, after, LONG)
  })

  it('keeps sums of products transposed', async () => {
    const graph = graphOf(LARGE, (b, x) =>
      product(b, x, 8, product(b, b.node('Neg', [x]), 8, product(b, x, 8))),
    )
    const after = fuseKernels(graph)
    expect(operators(after).match(/Gemm/g)).toHaveLength(3)
    // Each right operand, and the sum.
    expect(operators(after).match(/Transpose/g)).toHaveLength(4)
    await expectSame(graph, after, LONG)
  })

  it.each<[string, Dims, (b: GraphBuilder, x: Value) => Value]>([
    ['a small operand', [100, 100], (b, x) => product(b, x, 200)],
    ['an operand that is read in time', [4096, 64], (b, x) => product(b, x, 128)],
    ['few columns of a small operand', [2048, 64], (b, x) => product(b, x, 8)],
    ['a product as large as the operand', [100, 2700], (b, x) => product(b, x, 64)],
    ['a sum that is not transposed', LARGE, (b, x) => product(b, x, 8, wave(b, [64, 8], 'sum'))],
    [
      'an operand that is not transposed',
      [128, 128],
      (b, x) => b.node('Gemm', [x, wave(b, [128, 129], 'right')]),
    ],
    [
      'two transposed operands',
      [128, 128],
      (b, x) => b.node('Gemm', [x, wave(b, [129, 128], 'right')], { transA, transB: transA }),
    ],
    [
      'another type',
      [128, 128],
      (b, x) => {
        const [left, right] = [x, wave(b, [128, 129], 'right')].map((y) => b.cast(y, 'float64'))
        return b.cast(b.node('Gemm', [left ?? x, right ?? x], { transA }), 'float32')
      },
    ],
  ])('leaves %s', (_, dims, body) => {
    const graph = graphOf(dims, body)
    expect(fuseKernels(graph)).toBe(graph)
  })

  it('leaves sizes that are not known', () => {
    const graph = withBatch(graphOf([128, 127], (b, x) => product(b, x, 129)))
    expect(fuseKernels(graph)).toBe(graph)
  })
})

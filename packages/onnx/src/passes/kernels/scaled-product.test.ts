// Constant factors go into products and behind sums, and values stay the same but for rounding.
import { describe, expect, it } from 'vitest'
import type { GraphBuilder } from '../../builder/builder.js'
import { attr, type Value } from '../../builder/value.js'
import { expectSame, graphOf, operators, ROUNDING, wave } from '../harness.test.js'
import { fuseKernels } from './fuse.js'

type Body = (b: GraphBuilder, x: Value) => Value

const DIMS = [128, 128]

const scaled = (b: GraphBuilder, x: Value, factor = 0.25) =>
  b.node('Mul', [x, b.scalar('float32', factor)])
const kernel = (b: GraphBuilder) => wave(b, [128, 3], 'kernel')

describe('scaledProduct', () => {
  it.each<[string, string, Body]>([
    ['a product', 'Gemm', (b, x) => b.node('Gemm', [scaled(b, x), kernel(b)])],
    [
      'a product with a factor in front',
      'Gemm',
      (b, x) => {
        const factors = { alpha: attr.float(3), beta: attr.float(2) }
        const left = b.node('Mul', [b.scalar('float32', 0.25), x])
        return b.node('Gemm', [left, kernel(b), wave(b, [3], 'bias')], factors)
      },
    ],
    [
      'both operands of a product',
      'Gemm',
      (b, x) => b.node('Gemm', [scaled(b, x), scaled(b, x, -0.5)], { transB: attr.int(1) }),
    ],
    ['a sum', 'ReduceSum Mul', (b, x) => b.reduce('ReduceSum', scaled(b, x), [0])],
    [
      'a sum, of a factor that has more axes',
      'ReduceSum Mul',
      (b, x) => b.reduce('ReduceSum', b.node('Mul', [x, wave(b, [1, 1], 'one')]), [0]),
    ],
    [
      'a sum over rows that are joined for it',
      'Reshape Reshape ReduceSum Reshape ReduceSum Mul',
      (b, x) => b.reduce('ReduceSum', scaled(b, b.reshape(x, [32, 32, 16])), [0, 1]),
    ],
    [
      'a sum and a product',
      'ReduceSum Mul Gemm',
      (b, x) => {
        const values = scaled(b, x)
        const row = b.reduce('ReduceSum', values, [0], true)
        return b.node('Gemm', [values, wave(b, DIMS, 'square'), row])
      },
    ],
  ])('takes the factor out of %s', async (_, wanted, body) => {
    const graph = graphOf(DIMS, body)
    const after = fuseKernels(graph)
    expect(operators(after)).toBe(wanted)
    await expectSame(graph, after, 10 * ROUNDING)
  })

  it.each<[string, readonly number[], Body]>([
    ['few values', [64, 128], (b, x) => b.node('Gemm', [scaled(b, x), kernel(b)])],
    [
      'a factor that is computed',
      DIMS,
      (b, x) => {
        const factor = b.input('factor', { dataType: 'float32', dims: [] })
        return b.node('Gemm', [b.node('Mul', [x, factor]), kernel(b)])
      },
    ],
    [
      'several factors',
      DIMS,
      (b, x) => b.node('Gemm', [b.node('Mul', [x, wave(b, [128], 'row')]), kernel(b)]),
    ],
    [
      'a factor that widens',
      [1, 16_384],
      (b, x) => {
        const whole = b.node('Mul', [x, wave(b, [1, 1, 1], 'one')])
        return b.reduce('ReduceSum', whole, [0, 1])
      },
    ],
    [
      'a factor below what float32 has',
      DIMS,
      (b, x) => b.node('Gemm', [scaled(b, x, 1e-40), kernel(b)]),
    ],
    [
      'factors whose product is too small',
      DIMS,
      (b, x) => b.node('Gemm', [scaled(b, x, 1e-30), kernel(b)], { alpha: attr.float(1e-30) }),
    ],
    [
      'what others read too',
      DIMS,
      (b, x) => {
        const values = scaled(b, x)
        return b.node('Gemm', [values, kernel(b), b.reduce('ReduceMax', values, [1], true)])
      },
    ],
    ['a mean', DIMS, (b, x) => b.reduce('ReduceMean', scaled(b, x), [0])],
    [
      'what is added',
      DIMS,
      (b, x) =>
        b.node('Gemm', [wave(b, [128, 2], 'left'), wave(b, [2, 128], 'right'), scaled(b, x)]),
    ],
  ])('leaves %s', (_, dims, body) => {
    const graph = graphOf(dims, body)
    expect(fuseKernels(graph)).toBe(graph)
  })

  it('leaves what leaves the graph', () => {
    const made = graphOf(DIMS, (b, x) => b.reduce('ReduceSum', scaled(b, x), [0]))
    const shown = {
      name: made.nodes[0]?.outputs[0] ?? '',
      dataType: 'float32',
      dims: DIMS,
    } as const
    const graph = { ...made, outputs: [...made.outputs, shown] }
    expect(fuseKernels(graph)).toBe(graph)
  })
})

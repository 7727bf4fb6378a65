// Steps, leaky ReLU's gradient and Softplus become other operators, and keep their values.
import { describe, expect, it } from 'vitest'
import type { GraphBuilder } from '../../builder/builder.js'
import { tensorOf } from '../../builder/tensor.js'
import { attr, type Value } from '../../builder/value.js'
import { expectSame, graphOf, operators } from '../harness.test.js'
import { fuseKernels } from './fuse.js'

type Body = (b: GraphBuilder, x: Value) => Value

const number = (b: GraphBuilder, value: number) => b.scalar('float32', value)
const input = (b: GraphBuilder, name: string, dims: readonly number[]) =>
  b.input(name, { dataType: 'float32', dims })

const ODD = [Infinity, -Infinity, 0, -0, 1, -1, 3e-39, 1e-38, -1e-38, 3.4e38, -3.4e38]

/** Tells numbers apart but for the sign of zero. */
const SIGN_OF_ZERO = Number.MIN_VALUE

/** x, and behind it numbers that are often computed wrongly. */
function withOdd(b: GraphBuilder, x: Value, odd: readonly number[] = ODD): Value {
  const values = b.initializer('odd', tensorOf('float32', [odd.length], odd))
  return b.node('Concat', [x, values], { axis: attr.int(0) })
}

const step = (b: GraphBuilder, x: Value, [low, high] = [0, 1]) =>
  b.node('Ceil', [b.node('Clip', [x, number(b, low ?? 0), number(b, high ?? 1)])])

interface Leaky {
  readonly slope: number
  readonly zero: number
  readonly g: Value
}

/** g where x > 0, and slope * g elsewhere. */
function leaky(b: GraphBuilder, x: Value, options: Partial<Leaky> = {}): Value {
  const { slope = 0.3, zero = 0, g = input(b, 'g', x.dims) } = options
  const below = b.node('Mul', [g, number(b, slope)])
  return b.node('Where', [b.node('Greater', [x, number(b, zero)]), g, below])
}

function refuses(cases: readonly (readonly [string, Body])[]): void {
  it.each(cases)('leaves %s', (_, body) => {
    const graph = graphOf([2, 9], body)
    expect(fuseKernels(graph)).toBe(graph)
  })
}

describe('step', () => {
  it('is one HardSigmoid, also of infinity and NaN', async () => {
    const graph = graphOf([9], (b, x) => step(b, withOdd(b, x, [...ODD, NaN])))
    const after = fuseKernels(graph)
    expect(operators(after)).toBe('Concat HardSigmoid')
    await expectSame(graph, after, SIGN_OF_ZERO)
  })

  refuses([
    ['Clip to 0 and 2', (b, x) => step(b, x, [0, 2])],
    ['Clip to -1 and 1', (b, x) => step(b, x, [-1, 1])],
    ['Clip without an upper bound', (b, x) => b.node('Ceil', [b.node('Clip', [x, number(b, 0)])])],
    [
      'Clip to values that are computed',
      (b, x) => b.node('Ceil', [b.node('Clip', [x, input(b, 'low', []), number(b, 1)])]),
    ],
    [
      'Clip that others read',
      (b, x) => {
        const clip = b.node('Clip', [x, number(b, 0), number(b, 1)])
        return b.node('Sub', [b.node('Ceil', [clip]), clip])
      },
    ],
    [
      'another type',
      (b, x) => {
        const bounds = [0, 1].map((value) => b.scalar('float64', value))
        const clip = b.node('Clip', [b.cast(x, 'float64'), ...bounds])
        return b.cast(b.node('Ceil', [clip]), 'float32')
      },
    ],
  ])
})

describe('leakyGradient', () => {
  it.each([0, 0.3, 1])('is a product with a slope of %d, bit for bit', async (slope) => {
    const graph = graphOf([9], (b, x) => leaky(b, withOdd(b, x), { slope }))
    const after = fuseKernels(graph)
    expect(operators(after)).toBe('Concat HardSigmoid Max Mul')
    await expectSame(graph, after)
  })

  it('takes the slope as the first factor', async () => {
    const graph = graphOf([2, 9], (b, x) => {
      const g = input(b, 'g', [2, 9])
      const below = b.node('Mul', [number(b, 0.2), g])
      return b.node('Where', [b.node('Greater', [x, number(b, 0)]), g, below])
    })
    const after = fuseKernels(graph)
    expect(operators(after)).toBe('HardSigmoid Max Mul')
    await expectSame(graph, after)
  })

  refuses([
    ['a slope above 1', (b, x) => leaky(b, x, { slope: 1.5 })],
    ['a negative slope', (b, x) => leaky(b, x, { slope: -0.1 })],
    ['another bend', (b, x) => leaky(b, x, { zero: 0.5 })],
    ['a gradient that is repeated', (b, x) => leaky(b, x, { g: input(b, 'g', [9]) })],
    [
      'a slope that is computed',
      (b, x) => {
        const below = b.node('Mul', [x, input(b, 'slope', [])])
        return b.node('Where', [b.node('Greater', [x, number(b, 0)]), x, below])
      },
    ],
    [
      'a condition that others read',
      (b, x) => {
        const above = b.node('Greater', [x, number(b, 0)])
        const where = b.node('Where', [above, x, b.node('Mul', [x, number(b, 0.3)])])
        return b.node('Where', [above, where, b.node('Abs', [where])])
      },
    ],
    [
      'a product that others read',
      (b, x) => {
        const below = b.node('Mul', [x, number(b, 0.3)])
        const where = b.node('Where', [b.node('Greater', [x, number(b, 0)]), x, below])
        return b.node('Sub', [where, below])
      },
    ],
  ])
})

describe('softplus', () => {
  it('keeps its values to 1e-7, and its limits', async () => {
    const graph = graphOf([999], (b, x) => {
      const spread = b.node('Mul', [x, number(b, 40)])
      return b.node('Softplus', [withOdd(b, spread, [...ODD, NaN])])
    })
    const after = fuseKernels(graph)
    expect(operators(after)).toBe('Mul Concat Sigmoid Sub Max Log Relu Sub')
    await expectSame(graph, after, 1.2e-7)
  })

  refuses([
    ['another type', (b, x) => b.cast(b.node('Softplus', [b.cast(x, 'float64')]), 'float32')],
  ])
})

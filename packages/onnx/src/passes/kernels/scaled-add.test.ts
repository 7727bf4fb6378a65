// x * s + y becomes one FusedConv, which onnxruntime's CPU provider computes to the last bit but one.
import { describe, expect, it } from 'vitest'
import type { GraphBuilder } from '../../builder/builder.js'
import { tensorOf } from '../../builder/tensor.js'
import type { Value } from '../../builder/value.js'
import { expectSame, graphOf, operators, withBatch } from '../harness.test.js'
import { fuseKernels } from './fuse.js'

type Body = (b: GraphBuilder, x: Value) => Value
type Case = readonly [name: string, dims: readonly number[], body: Body]

/** One rounding instead of two, of values below 2. */
const ONCE = 2 ** -23

const input = (b: GraphBuilder, name: string, dims: readonly number[]) =>
  b.input(name, { dataType: 'float32', dims })
const third = (b: GraphBuilder, dims: readonly number[] = []) =>
  b.initializer('third', tensorOf('float32', dims, [1 / 3]))

/** x * s + y, of the operators and with the operands that are given. */
function scaled(b: GraphBuilder, x: Value, options: Partial<Parts> = {}): Value {
  const { s = input(b, 's', []), y = input(b, 'added', x.dims) } = options
  return b.node('Add', [b.node('Mul', [x, s]), y])
}

interface Parts {
  readonly s: Value
  readonly y: Value
}

const ROWS = 'Reshape Reshape Reshape FusedConv Reshape'

describe('scaledAdd', () => {
  it.each([
    ['x * s + y', [64, 64], ROWS, (b, x) => scaled(b, x)],
    [
      'y + s * x',
      [64, 64],
      ROWS,
      (b, x) => b.node('Add', [input(b, 'added', [64, 64]), b.node('Mul', [input(b, 's', []), x])]),
    ],
    [
      'y - x * s',
      [64, 64],
      `Neg ${ROWS}`,
      (b, x) => b.node('Sub', [input(b, 'added', [64, 64]), b.node('Mul', [x, third(b)])]),
    ],
    [
      'a constant number',
      [4096],
      'Reshape Reshape FusedConv Reshape',
      (b, x) => scaled(b, x, { s: third(b, [1]) }),
    ],
    [
      'a plane, which keeps its shape',
      [1, 1, 64, 64],
      'FusedConv',
      (b, x) => scaled(b, x, { s: third(b, [1, 1, 1, 1]) }),
    ],
    [
      'operands with fewer axes of size 1',
      [1, 64, 64],
      ROWS,
      (b, x) => scaled(b, x, { y: input(b, 'added', [64, 64]) }),
    ],
    [
      'a sum whose addend others read',
      [64, 64],
      `Exp ${ROWS} Sub`,
      (b, x) => {
        const y = b.node('Exp', [x])
        return b.node('Sub', [scaled(b, x, { y }), y])
      },
    ],
  ] as const satisfies [string, readonly number[], string, Body][])(
    'fuses %s',
    async (_, dims, wanted, body) => {
      const graph = graphOf(dims, body)
      const after = fuseKernels(graph)
      expect(operators(after)).toBe(wanted)
      expect(after.nodes.find((node) => node.opType === 'FusedConv')?.domain).toBe('com.microsoft')
      await expectSame(graph, after, ONCE)
    },
  )

  it.each([
    ['fewer than 4,096 values', [4095], (b, x) => scaled(b, x)],
    ['x * s - y', [4096], (b, x) => b.node('Sub', [b.node('Mul', [x, third(b)]), x])],
    [
      'a product that others read',
      [4096],
      (b, x) => {
        const product = b.node('Mul', [x, third(b)])
        return b.node('Div', [b.node('Add', [product, x]), product])
      },
    ],
    [
      'a product that is added to itself',
      [4096],
      (b, x) => {
        const product = b.node('Mul', [x, third(b)])
        return b.node('Add', [product, product])
      },
    ],
    ['a factor of several numbers', [64, 64], (b, x) => scaled(b, x, { s: input(b, 's', [64]) })],
    ['a product of two values', [64, 64], (b, x) => scaled(b, x, { s: x })],
    ['an addend that is repeated', [64, 64], (b, x) => scaled(b, x, { y: input(b, 'y2', [64]) })],
    [
      'another type',
      [4096],
      (b, x) => {
        const [wide, s] = [b.cast(x, 'float64'), b.scalar('float64', 2)]
        return b.cast(scaled(b, wide, { s, y: wide }), 'float32')
      },
    ],
  ] as const satisfies Case[])('leaves %s', (_, dims, body) => {
    const graph = graphOf(dims, body)
    expect(fuseKernels(graph)).toBe(graph)
  })

  it('leaves a product that is an output', () => {
    const graph = graphOf([4096], (b, x) => scaled(b, x))
    const [product] = graph.values
    if (product === undefined) throw new Error('no product')
    const both = { ...graph, outputs: [...graph.outputs, product], values: [] }
    expect(fuseKernels(both)).toBe(both)
  })

  it('leaves sizes that are not known', () => {
    const graph = withBatch(graphOf([64, 64], (b, x) => scaled(b, x, { s: third(b), y: x })))
    expect(fuseKernels(graph)).toBe(graph)
  })
})

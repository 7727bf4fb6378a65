// What is computed beforehand is what onnxruntime computes, to the last bit.
import { describe, expect, it } from 'vitest'
import type { GraphBuilder } from '../../builder/builder.js'
import { tensorOf } from '../../builder/tensor.js'
import { attr, type Value } from '../../builder/value.js'
import { printGraph } from '../../printer.js'
import type { DataType } from '../../types.js'
import { foldConstants } from '../fold.js'
import { expectSame, graphOf, operators, wave } from '../harness.test.js'

type Body = (b: GraphBuilder) => Value

const list = (b: GraphBuilder, dataType: DataType, values: readonly number[]) =>
  b.initializer('list', tensorOf(dataType, [values.length], values))

/** Fractions, large and small numbers, both zeros and both infinities. */
const floats = [1 / 3, -2.5, 7e10, 1e-40, 0, -0, Infinity, -Infinity, 123456.789]
const others = [3, 0.1, -1e-7, 5, -0, 2, 1, 3e38, -7]

const binary =
  (opType: string): Body =>
  (b) =>
    b.node(opType, [list(b, 'float32', floats), list(b, 'float32', others)])
const unary =
  (opType: string): Body =>
  (b) =>
    b.node(opType, [list(b, 'float32', floats)])
const whole =
  (opType: string): Body =>
  (b) =>
    b.node(opType, [list(b, 'int32', [7, -7, 9]), list(b, 'int32', [2, 2, -4])])

const bodies: readonly (readonly [string, Body])[] = [
  ...['Add', 'Sub', 'Mul', 'Div', 'Greater', 'LessOrEqual', 'Equal'].map(
    (opType) => [opType, binary(opType)] as const,
  ),
  ...['Neg', 'Abs', 'Reciprocal', 'Floor', 'Ceil'].map(
    (opType) => [opType, unary(opType)] as const,
  ),
  ...['Add', 'Sub', 'Mul', 'Div', 'Min', 'Max', 'Less'].map(
    (opType) => [`${opType} of whole numbers`, whole(opType)] as const,
  ),
  ['Sqrt', (b) => b.node('Sqrt', [b.node('Abs', [list(b, 'float32', floats)])])],
  ['Min', (b) => b.node('Min', [list(b, 'float32', [1, 2.5]), list(b, 'float32', [3, -1])])],
  ['Cast to whole numbers', (b) => b.cast(list(b, 'float32', [2.9, -2.9, 0]), 'int32')],
  ['Cast to float', (b) => b.cast(list(b, 'int64', [16777217, -3]), 'float32')],
  ['Cast to bool', (b) => b.cast(list(b, 'float32', [0, -0, 0.5]), 'bool')],
  [
    'And, Or and Not',
    (b) => {
      const [p, q] = [list(b, 'bool', [1, 1, 0, 0]), list(b, 'bool', [1, 0, 1, 0])]
      return b.node('Or', [b.node('And', [p, q]), b.node('Not', [p])])
    },
  ],
  ['Where', (b) => b.node('Where', [list(b, 'bool', [1, 0]), wave(b, [3, 1]), wave(b, [2])])],
  ['Concat', (b) => b.node('Concat', [wave(b, [2, 3]), wave(b, [2, 1])], { axis: attr.int(-1) })],
  [
    'Slice',
    (b) =>
      b.node('Slice', [
        wave(b, [4, 5]),
        b.list([-1, 1]),
        b.list([-9, 99]),
        b.list([0, 1]),
        b.list([-3, 3]),
      ]),
  ],
  [
    'Gather',
    (b) =>
      b.node(
        'Gather',
        [wave(b, [4, 5]), b.initializer('i', tensorOf('int64', [2, 2], [3, -1, 0, 1]))],
        { axis: attr.int(1) },
      ),
  ],
  ['Expand', (b) => b.node('Expand', [wave(b, [3, 1]), b.list([2, 1, 4])])],
  ['Tile', (b) => b.node('Tile', [wave(b, [2, 3]), b.list([2, 2])])],
  ['Transpose and Reshape', (b) => b.reshape(b.transpose(wave(b, [2, 3, 4]), [2, 0, 1]), [4, 6])],
  [
    'Squeeze and Unsqueeze',
    (b) => b.node('Unsqueeze', [b.node('Squeeze', [wave(b, [1, 3]), b.list([0])]), b.list([1])]),
  ],
  [
    'Range',
    (b) => b.node('Range', [b.scalar('int32', 5), b.scalar('int32', -4), b.scalar('int32', -2)]),
  ],
  [
    'ConstantOfShape',
    (b) =>
      b.node('ConstantOfShape', [b.list([2, 3])], {
        value: attr.tensor(tensorOf('float32', [1], [4])),
      }),
  ],
]

describe('foldConstants', () => {
  it.each(bodies)('computes %s', async (_, body) => {
    const graph = graphOf([1], (b, x) => {
      const value = b.cast(body(b), 'float64')
      return b.node(
        'Concat',
        [
          b.reshape(
            value,
            [-1].map(() => value.dims.reduce((a, c) => a * c, 1)),
          ),
          b.cast(x, 'float64'),
        ],
        { axis: attr.int(0) },
      )
    })
    const after = foldConstants(graph)
    expect(operators(after), printGraph(after)).toBe('Cast Concat')
    await expectSame(graph, after)
  })

  it('knows the shape of a value', async () => {
    const graph = graphOf([2, 3], (b, x) => {
      const shape = b.node('Shape', [b.node('Exp', [x])])
      const size = b.node('Gather', [shape, b.list([1])], { axis: attr.int(0) })
      return b.node('Add', [x, b.cast(size, 'float32')])
    })
    const after = foldConstants(graph)
    expect(operators(after)).toBe('Exp Add')
    await expectSame(graph, after)
  })

  it.each<[string, Body]>([
    ['what runtimes round in their own ways', (b) => b.node('Exp', [wave(b, [3])])],
    ['what would be larger', (b) => b.node('Expand', [wave(b, [1]), b.list([1000])])],
    [
      'whole numbers divided by 0',
      (b) => b.node('Div', [list(b, 'int32', [1]), list(b, 'int32', [0])]),
    ],
    [
      'whole numbers that overflow',
      (b) => b.node('Mul', [list(b, 'int32', [65536]), list(b, 'int32', [65536])]),
    ],
    ['numbers that do not fit', (b) => b.cast(list(b, 'float32', [1e20, NaN]), 'int32')],
    [
      'a minimum of zeros',
      (b) => b.node('Min', [list(b, 'float32', [0]), list(b, 'float32', [-0])]),
    ],
  ])('leaves %s', (_, body) => {
    const graph = graphOf([1], (b, x) => {
      return b.node('Mul', [x, b.cast(b.node('Identity', [body(b)]), 'float32')])
    })
    const [first] = graph.nodes
    expect(operators(foldConstants(graph))).toContain(first?.opType)
  })

  it('copies no large constant that something else reads', () => {
    const graph = graphOf([40, 30], (b, x) => {
      const weights = wave(b, [30, 40])
      return b.node('MatMul', [b.node('Add', [b.transpose(weights, [1, 0]), x]), weights])
    })
    expect(operators(foldConstants(graph))).toBe('Transpose Add MatMul')
  })
})

describe('foldConstants of Pad', () => {
  it('removes padding by nothing alone', () => {
    const padded = (pads: readonly number[]) =>
      graphOf([2], (b, x) => b.node('Pad', [x, b.list(pads)]))
    expect(operators(foldConstants(padded([0, 0])))).not.toContain('Pad')
    expect(operators(foldConstants(padded([0, 1])))).toContain('Pad')
  })
})

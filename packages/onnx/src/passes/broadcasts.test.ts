// Values are not repeated for operators that do so, and stay the same.
import { describe, expect, it } from 'vitest'
import type { GraphBuilder } from '../builder/builder.js'
import type { Value } from '../builder/value.js'
import { removeBroadcasts } from './broadcasts.js'
import { expectSame, graphOf, operators, wave, withBatch } from './harness.test.js'
import { optimizeGraph } from './optimize.js'

type Body = (b: GraphBuilder, x: Value) => Value

const mean = (b: GraphBuilder, x: Value) => b.reduce('ReduceMean', x, [2], true)
const tile = (b: GraphBuilder, x: Value, repeats: readonly number[]) =>
  b.node('Tile', [x, b.list(repeats)])
const expand = (b: GraphBuilder, x: Value, dims: readonly number[]) =>
  b.node('Expand', [x, b.list(dims)])

const removed: readonly (readonly [string, Body, string])[] = [
  [
    'Tile where the other operand has the shape',
    (b, x) => b.node('Sub', [x, tile(b, mean(b, x), [1, 1, 5])]),
    'ReduceMean Sub',
  ],
  ['Expand of fewer axes', (b, x) => b.node('Mul', [expand(b, wave(b, [5]), [2, 3, 5]), x]), 'Mul'],
  [
    'both where each gives the axes that the other lacks',
    (b, x) =>
      b.node('Div', [tile(b, wave(b, [1, 1, 5]), [2, 3, 1]), tile(b, mean(b, x), [1, 1, 5])]),
    'ReduceMean Div',
  ],
  [
    'what is read by several operators',
    (b, x) => {
      const wide = tile(b, mean(b, x), [1, 1, 5])
      return b.node('Add', [b.node('Sub', [x, wide]), b.node('Mul', [x, wide])])
    },
    'ReduceMean Sub Mul Add',
  ],
  [
    'what stands before operators of the smaller shape',
    (b, x) => {
      const wide = tile(b, mean(b, x), [1, 1, 5])
      return b.node('Add', [x, b.node('Sqrt', [b.node('Mul', [wide, wide])])])
    },
    'ReduceMean Mul Sqrt Add',
  ],
  ['what repeats nothing', (b, x) => b.node('Abs', [tile(b, x, [1, 1, 1])]), 'Abs'],
  [
    'condition',
    (b, x) => {
      const large = b.node('Greater', [mean(b, x), wave(b, [])])
      return b.node('Where', [expand(b, large, [2, 3, 5]), x, wave(b, [3, 1])])
    },
    'ReduceMean Greater Where',
  ],
]

const kept: readonly (readonly [string, Body, string])[] = [
  [
    'Tile of longer axes',
    (b, x) => b.node('Add', [tile(b, x, [1, 2, 1]), wave(b, [1, 6, 1])]),
    'Tile Add',
  ],
  [
    'Tile that alone gives the shape, last',
    (b, x) => b.node('Exp', [tile(b, mean(b, x), [1, 1, 5])]),
    'ReduceMean Exp Tile',
  ],
  [
    'Tile before an operator that is not element-wise',
    (b, x) => b.reduce('ReduceSum', tile(b, mean(b, x), [1, 1, 5]), [0, 1, 2], false),
    'ReduceMean Tile ReduceSum',
  ],
  [
    'Tile before PRelu',
    (b, x) => b.node('PRelu', [tile(b, mean(b, x), [1, 1, 5]), wave(b, [5])]),
    'ReduceMean Tile PRelu',
  ],
]

describe('removeBroadcasts', () => {
  it.each(removed)('removes %s', async (_, body, wanted) => {
    const graph = graphOf([2, 3, 5], body)
    const after = removeBroadcasts(graph)
    expect(operators(after)).toBe(wanted)
    await expectSame(graph, after)
  })

  it.each(kept)('keeps %s', async (_, body, wanted) => {
    const graph = graphOf([2, 3, 5], body)
    const after = removeBroadcasts(graph)
    expect(operators(after)).toBe(wanted)
    await expectSame(graph, after)
  })

  it('takes equal names for equal sizes', async () => {
    const graph = withBatch(graphOf([2, 3, 5], removed[0]?.[1] ?? ((_, x) => x)))
    const after = removeBroadcasts(graph)
    expect(operators(after)).toBe('ReduceMean Sub')
    await expectSame(graph, after)
  })

  it('keeps what gives the shape where sizes are not known to be the same', () => {
    const graph = graphOf([2, 3, 5], removed[0]?.[1] ?? ((_, x) => x))
    const rename = <T extends { readonly name: string }>(value: T): T =>
      value.name === 'x' ? { ...value, dims: [2, 3, 'width'] } : value
    const after = removeBroadcasts({ ...graph, inputs: graph.inputs.map(rename) })
    expect(operators(after)).toBe('ReduceMean Tile Sub')
  })

  it('keeps what is an output', () => {
    const graph = graphOf([2, 3, 5], (b, x) => tile(b, mean(b, x), [1, 1, 5]))
    expect(operators(removeBroadcasts(graph))).toBe('ReduceMean Tile')
  })

  it('brings axes in front behind operators, where they end', async () => {
    const graph = graphOf([2, 3, 5], (b, x) => {
      const front = b.reshape(x, [1, 2, 3, 5])
      const shifted = b.node('Sub', [front, mean(b, x)])
      const scaled = b.node('Mul', [shifted, wave(b, [1, 1, 5])])
      return b.reshape(b.node('Add', [scaled, wave(b, [], 'shift')]), [2, 3, 5])
    })
    const after = optimizeGraph(graph)
    expect(operators(after)).toBe('ReduceMean Sub Mul Add')
    await expectSame(graph, after)
  })
})

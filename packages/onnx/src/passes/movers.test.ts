// Each operator of the table gives the same values before a Transpose as behind it.
import { describe, expect, it } from 'vitest'
import type { GraphBuilder } from '../builder/builder.js'
import { tensorOf } from '../builder/tensor.js'
import { attr, type Value } from '../builder/value.js'
import { printGraph } from '../printer.js'
import { expectSame, graphOf, operators, ROUNDING, wave, withBatch } from './harness.test.js'
import { pushTransposes } from './transposes.js'

type Body = (b: GraphBuilder, x: Value) => Value

const toChannelsLast = [0, 2, 3, 1]
const toChannelsFirst = [0, 3, 1, 2]

/** The operand, channels last, is [2, 4, 5, 3]. */
const bodies: readonly (readonly [string, Body])[] = [
  ['Clip', (b, x) => b.node('Clip', [x, b.scalar('float32', -0.5), b.scalar('float32', 0.5)])],
  ['PRelu', (b, x) => b.node('PRelu', [x, wave(b, [3])])],
  ['Softmax', (b, x) => b.node('Softmax', [x], { axis: attr.int(-1) })],
  ['LogSoftmax', (b, x) => b.node('LogSoftmax', [x], { axis: attr.int(1) })],
  ['Concat', (b, x) => b.node('Concat', [x, wave(b, [2, 4, 5, 2]), x], { axis: attr.int(3) })],
  [
    'Split',
    (b, x) => {
      const options = { attributes: { axis: attr.int(2) }, outputCount: 2 }
      const [left, right] = b.nodes('Split', [x, b.list([2, 3])], options)
      return b.node('Concat', [right ?? x, left ?? x], { axis: attr.int(2) })
    },
  ],
  ['Pad', (b, x) => b.node('Pad', [x, b.list([0, 1, 2, 0, 0, 3, 1, 0]), b.scalar('float32', 7)])],
  ['Tile', (b, x) => b.node('Tile', [x, b.list([1, 2, 1, 3])])],
  ['Slice', (b, x) => b.node('Slice', [x, b.list([1, 0]), b.list([4, 2]), b.list([2, -1])])],
  ['Slice', (b, x) => b.node('Slice', [x, b.list([0, 1]), b.list([2, 3])])],
  ['Gather', (b, x) => b.node('Gather', [x, b.list([2, 0, 1])], { axis: attr.int(3) })],
  ['CumSum', (b, x) => b.node('CumSum', [x, b.scalar('int64', 1)])],
  [
    'Resize',
    (b, x) => {
      const scales = b.initializer('scales', tensorOf('float32', [4], [1, 2, 3, 1]))
      return b.node('Resize', [x, undefined, scales], { mode: attr.string('nearest') })
    },
  ],
  [
    'Resize',
    (b, x) =>
      b.node('Resize', [x, undefined, undefined, b.list([2, 9, 7, 3])], {
        mode: attr.string('linear'),
      }),
  ],
  ['ReduceMax', (b, x) => b.node('ReduceMax', [x], { axes: attr.ints([1, -1]) })],
  ['ReduceSum', (b, x) => b.node('ReduceSum', [x, b.list([3])], { keepdims: attr.int(1) })],
  ['Where', (b, x) => b.node('Where', [b.node('Greater', [x, wave(b, [5, 3])]), x, wave(b, [3])])],
]

describe('pushTransposes', () => {
  it.each(bodies)('moves %s before a Transpose, which cancels', async (_, body) => {
    const graph = graphOf([2, 3, 4, 5], (b, x) => {
      const y = body(b, b.transpose(x, toChannelsLast))
      return b.node('Exp', [y.dims.length === 4 ? b.transpose(y, toChannelsFirst) : y])
    })
    const after = pushTransposes(graph)
    expect(operators(after), printGraph(after)).not.toContain('Transpose')
    await expectSame(graph, after, ROUNDING)
  })

  it.each<[string, Body, string]>([
    [
      'a mean over height and width needs none',
      (b, x) => b.node('ReduceMean', [x], { axes: attr.ints([1, 2]), keepdims: attr.int(0) }),
      'ReduceMean',
    ],
    [
      'a maximum over the height leaves one of three axes',
      (b, x) => b.node('ReduceMax', [x], { axes: attr.ints([1]), keepdims: attr.int(0) }),
      'ReduceMax Transpose',
    ],
    [
      'a sum over everything needs none',
      (b, x) => b.node('ReduceSum', [x], { keepdims: attr.int(0) }),
      'ReduceSum',
    ],
    [
      'an index of the largest channel needs none',
      (b, x) => {
        const index = b.node('ArgMax', [x], { axis: attr.int(3), keepdims: attr.int(0) })
        return b.cast(index, 'float32')
      },
      'ArgMax Cast',
    ],
    [
      'one channel gathered needs none',
      (b, x) => b.node('Gather', [x, b.scalar('int64', 1)], { axis: attr.int(-1) }),
      'Gather',
    ],
    [
      'height and width joined stay joined',
      (b, x) => b.reshape(x, [2, 20, 3]),
      'Reshape Transpose',
    ],
    [
      'a channel axis split stays split',
      (b, x) => b.reshape(x, [2, 4, 5, 1, 3]),
      'Reshape Transpose',
    ],
    [
      'height and channels joined do not move',
      (b, x) => b.reshape(x, [2, 4, 15]),
      'Transpose Reshape',
    ],
  ])('%s', async (_, body, left) => {
    const before = graphOf([2, 3, 4, 5], (b, x) => body(b, b.transpose(x, toChannelsLast)))
    for (const graph of [before, withBatch(before)]) {
      const after = pushTransposes(graph)
      expect(operators(after), printGraph(after)).toBe(left)
      await expectSame(graph, after, ROUNDING)
    }
  })

  it('gates channels by a value that a Reshape rearranges', async () => {
    const graph = withBatch(
      graphOf([2, 3, 4, 5], (b, x) => {
        const y = b.transpose(x, toChannelsLast)
        const mean = b.node('ReduceMean', [y], { axes: attr.ints([1, 2]), keepdims: attr.int(0) })
        const gate = b.reshape(
          b.node('Sigmoid', [b.node('MatMul', [mean, wave(b, [3, 3])])]),
          [2, 1, 1, 3],
        )
        return b.transpose(b.node('Mul', [y, gate]), toChannelsFirst)
      }),
    )
    const after = pushTransposes(graph)
    expect(operators(after), printGraph(after)).not.toContain('Transpose')
    await expectSame(graph, after, ROUNDING)
  })

  it('moves a Resize to computed sizes where Transposes cancel, and only there', async () => {
    const body = (b: GraphBuilder, x: Value) => {
      const batch = b.node('Gather', [b.node('Shape', [x]), b.list([0])], { axis: attr.int(0) })
      const sizes = b.node('Concat', [batch, b.list([4, 9, 7])], { axis: attr.int(0) })
      const channelsFirst = b.transpose(x, toChannelsFirst)
      const inputs = [channelsFirst, undefined, undefined, sizes]
      const attributes = { mode: attr.string('linear') }
      const [y] = b.typedNodes({ opType: 'Resize', inputs, attributes }, [
        { ...channelsFirst, dims: [2, 4, 9, 7] },
      ])
      return y ?? x
    }
    const graph = withBatch(
      graphOf([2, 5, 3, 4], (b, x) => b.transpose(body(b, x), toChannelsLast)),
    )
    const after = pushTransposes(graph)
    expect(operators(after), printGraph(after)).toBe('Shape Gather Concat Gather Resize')
    await expectSame(graph, after, ROUNDING)
    const kept = withBatch(graphOf([2, 5, 3, 4], (b, x) => b.node('Exp', [body(b, x)])))
    expect(operators(pushTransposes(kept))).toBe(operators(kept))
  })

  it.each<[string, Body, string]>([
    [
      'a Split',
      (b, x) => {
        const options = { attributes: { axis: attr.int(1) }, outputCount: 4 }
        const parts = b.nodes('Split', [x, b.list([1, 1, 1, 1])], options)
        return b.node('Concat', parts.toReversed(), { axis: attr.int(0) })
      },
      'Transpose Split Concat',
    ],
    [
      'the largest values',
      (b, x) => {
        const options = { attributes: { axis: attr.int(1) }, outputCount: 2 }
        const [values = x, indices = x] = b.nodes('TopK', [x, b.list([2])], options)
        const flat = [values, b.cast(indices, 'float32')].map((each) => b.reshape(each, [2, 30]))
        return b.node('Mul', flat)
      },
      'Transpose TopK Cast Reshape Reshape Mul',
    ],
  ])('adds no Transposes behind %s', async (_, body, left) => {
    const graph = graphOf([2, 3, 4, 5], (b, x) => body(b, b.transpose(x, toChannelsLast)))
    const after = pushTransposes(graph)
    expect(operators(after), printGraph(after)).toBe(left)
    await expectSame(graph, after)
  })
})

// Changes of shape become one, and no value changes.
import { describe, expect, it } from 'vitest'
import { GraphBuilder } from '../builder/builder.js'
import { attr, type Value } from '../builder/value.js'
import { printGraph } from '../printer.js'
import { expectSame, graphOf, operators, wave, withBatch } from './harness.test.js'
import { removeIdentities } from './identities.js'
import { mergeInitializers } from './initializers.js'
import { mergeReshapes } from './reshapes.js'
import { eliminateCommonSubexpressions } from './subexpressions.js'

type Body = (b: GraphBuilder, x: Value) => Value

const squeeze = (b: GraphBuilder, x: Value, axes: number[]) => b.node('Squeeze', [x, b.list(axes)])
const unsqueeze = (b: GraphBuilder, x: Value, axes: number[]) =>
  b.node('Unsqueeze', [x, b.list(axes)])

describe('mergeReshapes', () => {
  it.each<[string, Body, string]>([
    [
      'Reshape, Squeeze, Unsqueeze and Flatten',
      (b, x) => {
        const flat = b.node('Flatten', [b.reshape(x, [2, 3, 1, 4])], { axis: attr.int(1) })
        return b.node('Exp', [unsqueeze(b, squeeze(b, b.reshape(flat, [1, 24]), [0]), [0, 2])])
      },
      'Reshape Exp',
    ],
    [
      'shapes that come back',
      (b, x) => b.node('Exp', [squeeze(b, unsqueeze(b, x, [1]), [1])]),
      'Exp',
    ],
    [
      'two around element-wise operators',
      (b, x) => {
        const y = b.node('Tanh', [b.node('Mul', [b.reshape(x, [24]), b.scalar('float32', 2)])])
        return b.node('Exp', [b.reshape(b.cast(b.cast(y, 'float64'), 'float32'), [2, 12])])
      },
      'Mul Tanh Cast Cast Exp',
    ],
  ])('joins %s', async (_, body, left) => {
    const graph = graphOf([2, 12], body)
    const after = mergeReshapes(graph)
    expect(operators(after), printGraph(after)).toBe(left)
    await expectSame(graph, after)
  })

  it('shares one between two outputs', async () => {
    const builder = new GraphBuilder(17, ['image', 'logits'])
    const x = builder.input('x', { dataType: 'float32', dims: [5, 12] })
    builder.output('image', builder.reshape(builder.node('Sigmoid', [x]), [5, 1, 3, 4]))
    builder.output('logits', builder.reshape(x, [5, 1, 3, 4]))
    const graph = withBatch(builder.build('g'))
    const merged = mergeInitializers(mergeReshapes(graph))
    const after = removeIdentities(eliminateCommonSubexpressions(merged))
    expect(operators(after)).toBe('Reshape Sigmoid')
    await expectSame(graph, after)
  })

  it.each<[string, Body]>([
    [
      'one before an operator with a vector',
      (b, x) => b.reshape(b.node('Add', [b.reshape(x, [4, 6]), wave(b, [6])]), [24]),
    ],
    [
      'one before a sum over an axis',
      (b, x) =>
        b.reshape(
          b.node('ReduceMax', [b.reshape(x, [4, 6])], {
            axes: attr.ints([0]),
            keepdims: attr.int(0),
          }),
          [2, 3],
        ),
    ],
    [
      'one behind a value that others read',
      (b, x) => {
        const y = b.node('Tanh', [b.reshape(x, [24])])
        const column = b.reshape(y, [24, 1])
        return b.node('Mul', [b.reshape(b.node('Exp', [y]), [1, 24]), column])
      },
    ],
  ])('leaves %s', async (_, body) => {
    const graph = graphOf([2, 12], body)
    const after = mergeReshapes(graph)
    expect(operators(after), printGraph(after)).toBe(operators(graph))
    await expectSame(graph, after)
  })

  it('takes a symbolic size', async () => {
    const graph = graphOf([2, 3, 5], (b, x) => {
      return b.node('Exp', [b.reshape(b.reshape(x, [2, 15]), [2, 5, 3])])
    })
    const open = withBatch(graph)
    const after = mergeReshapes(open)
    expect(operators(after)).toBe('Reshape Exp')
    await expectSame(open, after)
  })

  it.each<[string, number[], string]>([
    ['drops one', [2, 12], 'Flatten Exp Exp'],
    ['keeps one of other rows', [4, 6], 'Reshape Exp Exp'],
  ])('%s whose size has another name alone', (_, dims, left) => {
    const graph = withBatch(
      graphOf([2, 3, 4], (b, x) => {
        const flat = b.node('Exp', [b.node('Flatten', [x], { axis: attr.int(1) })])
        return b.node('Exp', [b.node('Reshape', [flat, b.list([-1, dims[1] ?? 0])])])
      }),
    )
    const values = graph.values.map((value) =>
      value.name === 'Reshape' ? { ...value, dims: ['rows', dims[1] ?? 0] } : value,
    )
    const after = mergeReshapes({ ...graph, values })
    expect(operators(after)).toBe(left)
  })
})

// Constants of one number throughout become that number, where the shape of the result does not need them.
import { describe, expect, it } from 'vitest'
import type { GraphBuilder } from '../builder/builder.js'
import { tensorOf } from '../builder/tensor.js'
import type { Value } from '../builder/value.js'
import type { DataType, Graph } from '../types.js'
import { removeUnusedInitializers } from './dead.js'
import { expectSame, graphOf, withBatch } from './harness.test.js'
import { shrinkUniform } from './uniform.js'

type Body = (b: GraphBuilder, x: Value) => Value

const filled = (b: GraphBuilder, values: readonly number[], dims = [values.length]) =>
  b.initializer('filled', tensorOf('float32', dims, values))

const constants = (graph: Graph) =>
  removeUnusedInitializers(graph).initializers.map(({ dims }) => dims)

describe('shrinkUniform', () => {
  it.each([
    ['a second operand', (b, x) => b.node('Sub', [x, filled(b, [0.5, 0.5, 0.5])])],
    ['a first operand', (b, x) => b.node('Div', [filled(b, [2, 2, 2, 2, 2, 2], [2, 3]), x])],
    ['a single number with axes', (b, x) => b.node('Add', [x, filled(b, [0.5], [1, 1])])],
    ['-0', (b, x) => b.node('Mul', [x, filled(b, [-0, -0, -0])])],
    ['NaN', (b, x) => b.node('Min', [x, filled(b, [NaN, NaN, NaN])])],
  ] as const satisfies [string, Body][])('makes one number of %s', async (_, body) => {
    const graph = graphOf([2, 3], body)
    const after = shrinkUniform(graph)
    expect(constants(after)).toEqual([[]])
    await expectSame(graph, after)
  })

  it('works where the batch is not known', async () => {
    const graph = withBatch(graphOf([2, 3], (b, x) => b.node('Add', [x, filled(b, [1, 1, 1])])))
    const after = shrinkUniform(graph)
    expect(constants(after)).toEqual([[]])
    await expectSame(graph, after)
  })

  const integers =
    (dataType: DataType): Body =>
    (b, x) => {
      const twos = b.initializer('twos', tensorOf(dataType, [3], [2, 2, 2]))
      return b.cast(b.node('Mul', [b.cast(x, dataType), twos]), 'float32')
    }

  it.each([
    ['numbers that differ', (b, x) => b.node('Add', [x, filled(b, [1, 1, 2])])],
    ['zeros of both signs', (b, x) => b.node('Add', [x, filled(b, [0, -0, 0])])],
    [
      'a constant that gives the result its shape',
      (b, x) =>
        b.node('Add', [b.reduce('ReduceSum', x, [0]), filled(b, [1, 1, 1, 1, 1, 1], [2, 3])]),
    ],
    ['a constant of more axes', (b, x) => b.node('Add', [x, filled(b, [1, 1, 1], [1, 1, 3])])],
    ['a bare number', (b, x) => b.node('Add', [x, b.scalar('float32', 1)])],
    ['another operator', (b, x) => b.node('MatMul', [x, filled(b, [1, 1, 1], [3, 1])])],
    ['integers', integers('int32')],
  ] as const satisfies [string, Body][])('leaves %s', (_, body) => {
    const graph = graphOf([2, 3], body)
    expect(shrinkUniform(graph)).toBe(graph)
  })
})

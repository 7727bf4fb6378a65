// Arithmetic that does nothing goes; what changes a zero's sign stays.
import { describe, expect, it } from 'vitest'
import type { GraphBuilder } from '../builder/builder.js'
import { tensorOf } from '../builder/tensor.js'
import type { Value } from '../builder/value.js'
import type { DataType } from '../types.js'
import { expectSame, graphOf, operators } from './harness.test.js'
import { removeIdioms } from './idioms.js'

type Body = (b: GraphBuilder, x: Value) => Value

const exp: Body = (b, x) => b.node('Exp', [x])
const one = (b: GraphBuilder) => b.scalar('float32', 1)
const zero = (b: GraphBuilder, value = 0) => b.scalar('float32', value)
const clip = (b: GraphBuilder, x: Value, least: number) =>
  b.node('Clip', [x, b.scalar('float32', least), b.scalar('float32', 6)])
const there = (b: GraphBuilder, x: Value, type: DataType) => b.cast(b.cast(x, type), x.dataType)

describe('removeIdioms', () => {
  it.each<[string, Body, string]>([
    ['Mul by 1', (b, x) => exp(b, b.node('Mul', [one(b), x])), 'Exp'],
    ['Div by 1', (b, x) => exp(b, b.node('Div', [x, one(b)])), 'Exp'],
    ['Sub of 0', (b, x) => exp(b, b.node('Sub', [x, zero(b)])), 'Exp'],
    ['Add of -0', (b, x) => exp(b, b.node('Add', [x, zero(b, -0)])), 'Exp'],
    ['Neg twice', (b, x) => exp(b, b.node('Neg', [b.node('Neg', [x])])), 'Exp'],
    ['Abs of Abs', (b, x) => exp(b, b.node('Abs', [b.node('Abs', [x])])), 'Abs Exp'],
    ['Relu before a Clip to 0 and more', (b, x) => clip(b, b.node('Relu', [x]), 0), 'Clip'],
    ['a Cast to more and back', (b, x) => exp(b, there(b, x, 'float64')), 'Exp'],
    [
      'Add of 0 to whole numbers',
      (b, x) => {
        const whole = b.node('Add', [b.cast(x, 'int32'), b.scalar('int32', 0)])
        return b.cast(whole, 'float32')
      },
      'Cast Cast',
    ],
  ])('removes %s', async (_, body, left) => {
    const graph = graphOf([2, 3], body)
    const after = removeIdioms(graph)
    expect(operators(after)).toBe(left)
    await expectSame(graph, after)
  })

  it.each<[string, Body]>([
    ['Add of 0, which makes 0 of -0', (b, x) => b.node('Add', [x, zero(b)])],
    ['Sub of -0', (b, x) => b.node('Sub', [x, zero(b, -0)])],
    ['Relu before a Clip to less', (b, x) => clip(b, b.node('Relu', [x]), -1)],
    ['Relu before a Clip to -0', (b, x) => clip(b, b.node('Relu', [x]), -0)],
    ['1 divided', (b, x) => b.node('Div', [one(b), x])],
    ['a Cast to less and back', (b, x) => there(b, x, 'int32')],
    [
      'a Mul by ones that makes the result larger',
      (b, x) => b.node('Mul', [x, b.initializer('ones', tensorOf('float32', [2, 1, 1], [1, 1]))]),
    ],
  ])('leaves %s', async (_, body) => {
    const graph = graphOf([2, 3], body)
    const after = removeIdioms(graph)
    expect(operators(after)).toBe(operators(graph))
    await expectSame(graph, after)
  })

  it('keeps NaN and the sign of 0 where Relu goes', async () => {
    const x = [NaN, -0, 0, -1, 7, 3, Infinity, -Infinity]
    const graph = graphOf([8], (b) => {
      const given = b.initializer('given', tensorOf('float32', [8], x))
      return clip(b, b.node('Relu', [given]), 0)
    })
    await expectSame(graph, removeIdioms(graph))
  })
})

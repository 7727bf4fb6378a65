// The order of features is taken into the weights of dense layers.
import { describe, expect, it } from 'vitest'
import type { GraphBuilder } from '../builder/builder.js'
import { attr, type Value } from '../builder/value.js'
import { printGraph } from '../printer.js'
import { expectSame, graphOf, operators, ROUNDING, wave, withBatch } from './harness.test.js'
import { foldIntoWeights } from './weights.js'

type Body = (b: GraphBuilder, x: Value) => Value

const toChannelsLast = [0, 2, 3, 1]
const toChannelsFirst = [0, 3, 1, 2]

/** [batch, 3, 2, 4] to features with the channels last. */
const flat: Body = (b, x) => b.reshape(b.transpose(x, toChannelsLast), [5, 24])
/** Features with the channels last to [batch, 3, 2, 4]. */
const image: Body = (b, y) => b.transpose(b.reshape(y, [5, 2, 4, 3]), toChannelsFirst)

const dense: Body = (b, x) => b.node('MatMul', [x, wave(b, [24, 6])])
const gemm: Body = (b, x) =>
  b.node('Gemm', [x, wave(b, [6, 24]), wave(b, [6])], { transB: attr.int(1) })

describe('foldIntoWeights', () => {
  it.each<[string, Body, string]>([
    ['a MatMul', (b, x) => dense(b, flat(b, x)), 'Reshape MatMul'],
    ['a transposed Gemm', (b, x) => gemm(b, flat(b, x)), 'Reshape Gemm'],
    [
      'two readers behind element-wise operators',
      (b, x) => {
        const y = b.node('Relu', [b.node('Add', [flat(b, x), wave(b, [24])])])
        return b.node('Mul', [dense(b, y), gemm(b, b.node('Mul', [y, b.scalar('float32', 2)]))])
      },
      'Reshape Add Relu MatMul Mul Gemm Mul',
    ],
  ])('permutes the rows of %s', async (_, body, left) => {
    const graph = withBatch(graphOf([5, 3, 2, 4], body))
    const after = foldIntoWeights(graph)
    expect(operators(after), printGraph(after)).toBe(left)
    await expectSame(graph, after, ROUNDING)
  })

  it.each<[string, Body, string]>([
    ['a MatMul', (b, x) => image(b, b.node('MatMul', [x, wave(b, [6, 24])])), 'MatMul Reshape'],
    [
      'a Gemm and what follows it',
      (b, x) => {
        const attributes = { transB: attr.int(1) }
        const y = b.node('Gemm', [x, wave(b, [24, 6]), wave(b, [24])], attributes)
        return image(b, b.node('PRelu', [b.node('Sub', [y, wave(b, [1, 24])]), wave(b, [24])]))
      },
      'Gemm Sub PRelu Reshape',
    ],
  ])('permutes the columns of %s', async (_, body, left) => {
    const graph = withBatch(graphOf([5, 6], body))
    const after = foldIntoWeights(graph)
    expect(operators(after), printGraph(after)).toBe(left)
    await expectSame(graph, after)
  })

  it.each<[string, Body]>([
    [
      'features that leave the graph too',
      (b, x) => {
        const y = flat(b, x)
        return b.node('Concat', [dense(b, y), y], { axis: attr.int(1) })
      },
    ],
    [
      'a Transpose that others read',
      (b, x) => {
        const y = b.transpose(x, toChannelsLast)
        return b.node('Mul', [
          dense(b, b.reshape(y, [5, 24])),
          b.node('ReduceMax', [y], { keepdims: attr.int(0) }),
        ])
      },
    ],
    [
      'a softmax of the features',
      (b, x) => dense(b, b.node('Softmax', [flat(b, x)], { axis: attr.int(1) })),
    ],
    ['a batch that moves', (b, x) => dense(b, b.reshape(b.transpose(x, [1, 0, 2, 3]), [5, 24]))],
    [
      'weights that are no constant',
      (b, x) => {
        const weights = b.input('weights', { dataType: 'float32', dims: [24, 6] })
        return b.node('MatMul', [flat(b, x), weights])
      },
    ],
    ['features as the right operand', (b, x) => b.node('MatMul', [wave(b, [6, 5]), flat(b, x)])],
    [
      'large weights that others read',
      (b, x) => {
        const weights = wave(b, [24, 30])
        return b.node('Concat', [b.node('MatMul', [flat(b, x), weights]), weights], {
          axis: attr.int(0),
        })
      },
    ],
  ])('leaves %s', async (_, body) => {
    const graph = graphOf([5, 3, 2, 4], body)
    const after = foldIntoWeights(graph)
    expect(operators(after), printGraph(after)).toBe(operators(graph))
    await expectSame(graph, after)
  })
})

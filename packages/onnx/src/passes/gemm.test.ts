// Products of matrices and what belongs to them become Gemm.
import { describe, expect, it } from 'vitest'
import type { GraphBuilder } from '../builder/builder.js'
import { attr, type Value } from '../builder/value.js'
import { fuseGemm } from './gemm.js'
import { expectSame, graphOf, operators, ROUNDING, wave, withBatch } from './harness.test.js'

type Body = (b: GraphBuilder, x: Value) => Value

const product: Body = (b, x) => b.node('MatMul', [x, wave(b, [300, 5])])

describe('fuseGemm', () => {
  it.each<[string, Body, string]>([
    ['MatMul and a bias', (b, x) => b.node('Add', [product(b, x), wave(b, [5])]), 'Gemm'],
    ['a bias and MatMul', (b, x) => b.node('Add', [wave(b, [1, 5]), product(b, x)]), 'Gemm'],
    ['a scalar bias', (b, x) => b.node('Add', [product(b, x), b.scalar('float32', 2)]), 'Gemm'],
    [
      'a bias that is no constant',
      (b, x) => {
        const bias = b.input('bias', { dataType: 'float32', dims: [5] })
        return b.node('Relu', [b.node('Add', [product(b, x), bias])])
      },
      'Gemm Relu',
    ],
    [
      'Gemm without a bias',
      (b, x) => {
        const y = b.node('Gemm', [x, wave(b, [5, 300])], { transB: attr.int(1) })
        return b.node('Add', [y, wave(b, [5])])
      },
      'Gemm',
    ],
    [
      'transposed operands',
      (b, x) => b.node('MatMul', [wave(b, [5, 300]), b.transpose(x, [1, 0])]),
      'Gemm',
    ],
  ])('joins %s', async (_, body, left) => {
    const graph = graphOf([7, 300], body)
    const after = fuseGemm(graph)
    expect(operators(after)).toBe(left)
    await expectSame(graph, after, ROUNDING)
  })

  it('takes a symbolic batch', async () => {
    const graph = withBatch(
      graphOf([7, 300], (b, x) => b.node('Add', [product(b, x), wave(b, [5])])),
    )
    const after = fuseGemm(graph)
    expect(operators(after)).toBe('Gemm')
    await expectSame(graph, after, ROUNDING)
  })

  it.each<[string, Body]>([
    [
      'a bias of more rows',
      (b, x) => b.node('Add', [b.node('MatMul', [wave(b, [1, 7]), x]), wave(b, [4, 300])]),
    ],
    [
      'a product that others read',
      (b, x) => {
        const y = product(b, x)
        return b.node('Mul', [b.node('Add', [y, wave(b, [5])]), y])
      },
    ],
    [
      'a product added to itself',
      (b, x) => {
        const y = product(b, x)
        return b.node('Add', [y, y])
      },
    ],
    [
      'products of more than matrices',
      (b, x) => {
        const y = b.node('MatMul', [b.reshape(x, [1, 7, 300]), wave(b, [300, 5])])
        return b.node('Add', [y, wave(b, [5])])
      },
    ],
    [
      'whole numbers',
      (b, x) => {
        const [a, c] = [b.cast(x, 'int32'), b.cast(wave(b, [300, 5]), 'int32')]
        return b.cast(b.node('Add', [b.node('MatMul', [a, c]), b.scalar('int32', 1)]), 'float32')
      },
    ],
  ])('leaves %s', async (_, body) => {
    const graph = graphOf([7, 300], body)
    const after = fuseGemm(graph)
    expect(operators(after)).toBe(operators(graph))
    await expectSame(graph, after)
  })
})

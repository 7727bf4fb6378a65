// Products begin with the bias of the images that they are shaped into.
import { describe, expect, it } from 'vitest'
import type { GraphBuilder } from '../../builder/builder.js'
import { attr, type Value } from '../../builder/value.js'
import { expectSame, graphOf, operators, ROUNDING, wave } from '../harness.test.js'
import { fuseKernels } from './fuse.js'

type Body = (b: GraphBuilder, x: Value) => Value

const product = (b: GraphBuilder, x: Value) => b.node('MatMul', [x, wave(b, [4, 3], 'kernel')])
const images = (b: GraphBuilder, rows: Value) => b.reshape(rows, [2, 2, 2, 3])
const axis = (value: number) => ({ axis: attr.int(value) })

/** x @ kernel, shaped into images, and a bias. */
const biased = (b: GraphBuilder, x: Value, bias = wave(b, [3], 'bias')) =>
  b.node('Add', [images(b, product(b, x)), bias])

/** The second half of six numbers. */
const half = (b: GraphBuilder) => {
  const both = b.input('both', { dataType: 'float32', dims: [6] })
  return b.split(both, [3, 3], 0)[1] ?? both
}

/** Two products that are joined. */
const joined = (b: GraphBuilder, x: Value, along = 0) => {
  const parts = b.split(x, [6, 2], 0).map((part) => product(b, part))
  return b.node('Concat', parts, axis(along))
}

describe('productBias', () => {
  it.each([
    ['the images of a product', 'Gemm Reshape', (b, x) => biased(b, x)],
    [
      'a bias in front of them',
      'Gemm Reshape',
      (b, x) => b.node('Add', [wave(b, [3], 'bias'), images(b, product(b, x))]),
    ],
    [
      'images of joined products',
      'Split Gemm Gemm Concat Reshape',
      (b, x) => b.node('Add', [images(b, joined(b, x)), wave(b, [3], 'bias')]),
    ],
    ['a bias that is made before', 'Split Gemm Reshape', (b, x) => biased(b, x, half(b))],
  ] as const satisfies [string, string, Body][])('adds to %s', async (_, wanted, body) => {
    const graph = graphOf([8, 4], body)
    const after = fuseKernels(graph)
    expect(operators(after)).toBe(wanted)
    await expectSame(graph, after, ROUNDING)
  })

  it.each([
    ['a bias that is made later', (b, x) => b.node('Add', [images(b, product(b, x)), half(b)])],
    [
      'a bias that is computed later',
      (b, x) => {
        const shaped = images(b, product(b, x))
        const g = b.input('g', { dataType: 'float32', dims: [8, 3] })
        return b.node('Add', [shaped, b.reduce('ReduceSum', g, [0])])
      },
    ],
    [
      'a product that others read',
      (b, x) => {
        const rows = product(b, x)
        const sum = b.node('Add', [images(b, rows), wave(b, [3], 'bias')])
        return b.node('Sub', [sum, images(b, b.node('Exp', [rows]))])
      },
    ],
    [
      'images that others read',
      (b, x) => {
        const shaped = images(b, product(b, x))
        return b.node('Sub', [b.node('Add', [shaped, wave(b, [3], 'bias')]), shaped])
      },
    ],
    [
      'a bias of more axes',
      (b, x) => b.node('Add', [b.reshape(product(b, x), [8, 1, 3]), wave(b, [3, 1], 'bias')]),
    ],
    ['a bias of one number', (b, x) => biased(b, x, wave(b, [1], 'bias'))],
    [
      'images with other channels',
      (b, x) => b.node('Add', [b.reshape(product(b, x), [2, 4, 3, 1]), wave(b, [1], 'bias')]),
    ],
    [
      'a product that is no Gemm',
      (b, x) => {
        const rows = b.node('MatMul', [b.reshape(x, [4, 2, 4]), wave(b, [4], 'kernel')])
        return b.node('Add', [b.reshape(rows, [2, 2, 2]), wave(b, [2], 'bias')])
      },
    ],
    [
      'another join',
      (b, x) => {
        const rows = b.node('Concat', [product(b, x), product(b, x)], axis(1))
        return b.node('Add', [b.reshape(rows, [2, 4, 6]), wave(b, [6], 'bias')])
      },
    ],
    [
      'integers',
      (b, x) => {
        const whole = (value: Value) => b.cast(value, 'int32')
        const bias = whole(wave(b, [3], 'bias'))
        const rows = b.node('MatMul', [whole(x), whole(wave(b, [4, 3], 'kernel'))])
        return b.cast(b.node('Add', [images(b, rows), bias]), 'float32')
      },
    ],
  ] as const satisfies [string, Body][])('leaves %s', (_, body) => {
    const graph = graphOf([8, 4], body)
    expect(fuseKernels(graph)).toBe(graph)
  })
})

// Graphs of random operators compute the same after all passes.
import { describe, expect, it } from 'vitest'
import { tensorOf } from '../builder/tensor.js'
import { attr, type Value } from '../builder/value.js'
import type { GraphBuilder } from '../builder/builder.js'
import type { Graph } from '../types.js'
import { expectSame, graphOf, operators, ROUNDING, wave } from './harness.test.js'
import { optimizeGraph, simplifyGraph } from './optimize.js'

const unary = ['Exp', 'Neg', 'Tanh', 'Identity', 'Abs'] as const
const perms = [
  [0, 2, 1],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
] as const

/** Whole numbers from 0 to below a limit, the same for the same seed. */
function dice(seed: number): (limit: number) => number {
  let state = Math.imul(seed + 1, 2654435761)
  return (limit) => {
    state = Math.imul(state, 1664525) + 1013904223
    return Math.floor(((state >>> 0) / 2 ** 32) * limit)
  }
}

/** A graph of transposes, reshapes and arithmetic. */
function randomGraph(seed: number): Graph {
  const below = dice(seed)
  return graphOf([2, 3, 4], (b, x) => {
    const values = [x]
    for (let step = 0; step < 14; step++) {
      const operand = values.slice(-4)[below(4)] ?? x
      const same = values.filter((value) => value.dims.join() === operand.dims.join())
      values.push(randomNode(b, { operand, other: same[below(same.length)] ?? x, below }))
    }
    const flat = values.slice(-3).map((value) => b.reshape(value, [24]))
    return b.node('Concat', flat, { axis: attr.int(0) })
  })
}

interface Choice {
  readonly operand: Value
  /** A value of the same shape, perhaps the same. */
  readonly other: Value
  readonly below: (limit: number) => number
}

function randomNode(b: GraphBuilder, { operand, other, below }: Choice): Value {
  switch (below(6)) {
    case 0:
    case 1:
      return b.transpose(operand, perms[below(4)] ?? [0, 1, 2])
    case 2:
      return b.node(unary[below(5)] ?? 'Exp', [operand])
    case 3:
      return b.node('Mul', [operand, scale(b, operand)])
    case 4:
      return b.node('Min', [operand, other])
    default:
      return b.reshape(operand, operand.dims.toReversed())
  }
}

/** A constant along the last axis. */
function scale(b: GraphBuilder, { dims }: Value): Value {
  const size = dims.at(-1) ?? 1
  const factors = Array.from({ length: size }, (_, i) => 0.5 + i / 8)
  return b.initializer('scale', tensorOf('float32', [size], factors))
}

describe('optimizeGraph', () => {
  it.each(Array.from({ length: 40 }, (_, seed) => seed))(
    'keeps the values of random graph %i',
    async (seed) => {
      const graph = randomGraph(seed)
      await expectSame(graph, optimizeGraph(graph))
    },
  )
})

/** A dense layer as tracing writes it: constants that are filled and repeated, shapes that come back. */
function denseLayer(b: GraphBuilder, x: Value): Value {
  const twos = b.initializer('twos', tensorOf('float32', [4, 3], new Float32Array(12).fill(2)))
  const scaled = () => b.node('Mul', [b.reshape(b.reshape(x, [12]), [4, 3]), twos])
  const product = b.node('MatMul', [scaled(), wave(b, [3, 3], 'kernel')])
  const repeats = b.list([4, 1], 'repeats')
  const bias = b.node('Tile', [b.reshape(wave(b, [3], 'bias'), [1, 3]), repeats])
  b.node('Exp', [product])
  return b.node('Sub', [b.node('Add', [product, bias]), scaled()])
}

describe('simplifyGraph', () => {
  it.each(Array.from({ length: 20 }, (_, seed) => seed))(
    'keeps the values of random graph %i, in no more nodes',
    async (seed) => {
      const graph = randomGraph(seed)
      const after = simplifyGraph(graph)
      expect(after.nodes.length).toBeLessThanOrEqual(graph.nodes.length)
      await expectSame(graph, after)
    },
  )

  it('leaves of a layer what computes something', async () => {
    const graph = graphOf([4, 3], denseLayer)
    const after = simplifyGraph(graph)
    expect(graph.nodes.length).toBe(12)
    expect(operators(after)).toBe('Mul Gemm Sub')
    expect(after.initializers.map(({ dims }) => dims)).toContainEqual([])
    await expectSame(graph, after, ROUNDING)
  })
})

// Scaling and BatchNormalization go into the layers before them.
import { describe, expect, it } from 'vitest'
import type { GraphBuilder } from '../builder/builder.js'
import { tensorOf } from '../builder/tensor.js'
import { attr, elementCount, type Value } from '../builder/value.js'
import { foldAffine } from './affine.js'
import { foldBiases } from './bias.js'
import { expectSame, graphOf, operators, ROUNDING, wave } from './harness.test.js'

const window = {
  kernel_shape: attr.ints([3, 3]),
  pads: attr.ints([1, 1, 1, 1]),
  strides: attr.ints([1, 1]),
  dilations: attr.ints([1, 1]),
}

const pointwise = {
  ...window,
  kernel_shape: attr.ints([1, 1]),
  pads: attr.ints([0, 0, 0, 0]),
  group: attr.int(1),
}

/** A constant of the same number everywhere. */
function all(b: GraphBuilder, dims: readonly number[], value: number): Value {
  const values = Array.from({ length: elementCount(dims) }, () => value)
  return b.initializer('constant', tensorOf('float32', dims, values))
}

type Layer = (b: GraphBuilder, x: Value) => Value

const conv: Layer = (b, x) =>
  b.node('Conv', [x, wave(b, [4, 2, 3, 3]), wave(b, [4])], { ...window, group: attr.int(2) })

const transposed: Layer = (b, x) =>
  b.node('ConvTranspose', [x, wave(b, [4, 3, 3, 3])], {
    ...window,
    output_padding: attr.ints([0, 0]),
    group: attr.int(2),
  })

/** In inference mode, with a variance above 0. */
function normalized(b: GraphBuilder, x: Value): Value {
  const channels = x.dims[1] ?? 1
  const variance = Float32Array.from({ length: channels }, (_, i) => 0.5 + i)
  const statistics = [1, 2, 3].map(() => wave(b, [channels]))
  const inputs = [
    x,
    ...statistics,
    b.initializer('variance', tensorOf('float32', [channels], variance)),
  ]
  return b.node('BatchNormalization', inputs, { epsilon: attr.float(1e-3) })
}

const dims = [2, 4, 5, 5]

describe('foldAffine', () => {
  it.each<[string, Layer, string]>([
    ['BatchNormalization into Conv', (b, x) => normalized(b, conv(b, x)), 'Conv'],
    [
      'BatchNormalization into ConvTranspose',
      (b, x) => normalized(b, transposed(b, x)),
      'ConvTranspose',
    ],
    [
      'Mul, Sub and Div by constants per channel',
      (b, x) => {
        const [scale, mean] = [wave(b, [4, 1, 1]), wave(b, [1, 4, 1, 1])]
        const centred = b.node('Sub', [b.node('Mul', [scale, conv(b, x)]), mean])
        return b.node('Div', [centred, b.scalar('float32', 3)])
      },
      'Conv',
    ],
    [
      'a scale into the columns of Gemm',
      (b, x) => {
        const flat = b.reshape(x, [2, 100])
        const y = b.node('Gemm', [flat, wave(b, [6, 100])], { transB: attr.int(1) })
        return b.node('Mul', [y, wave(b, [6])])
      },
      'Reshape Gemm',
    ],
    [
      'scales into the columns of MatMul, but no shift',
      (b, x) => {
        const y = b.node('MatMul', [b.reshape(x, [2, 100]), wave(b, [100, 6])])
        const scaled = b.node('Div', [b.node('Mul', [wave(b, [1, 6]), y]), b.scalar('float32', 3)])
        return b.node('Sub', [scaled, wave(b, [6])])
      },
      'Reshape MatMul Sub',
    ],
    [
      'a scale of 0 for some channels',
      (b, x) =>
        b.node('Mul', [
          conv(b, x),
          b.initializer('gates', tensorOf('float32', [4, 1, 1], [1, 0, 2, 0])),
        ]),
      'Conv',
    ],
  ])('puts %s', async (_, body, left) => {
    const graph = graphOf(dims, body)
    const after = foldAffine(graph)
    expect(operators(after)).toBe(left)
    await expectSame(graph, after, ROUNDING)
  })

  it('puts a scale behind a change of shape into a layer', async () => {
    const graph = graphOf(dims, (b, x) => normalized(b, b.reshape(conv(b, x), [2, 4, 25])))
    const after = foldAffine(graph)
    expect(operators(after)).toBe('Conv Reshape')
    await expectSame(graph, after, ROUNDING)
  })

  it('puts a scale and a shift behind a product of rows into it', async () => {
    const graph = graphOf([2, 6, 5], (b, x) => {
      const y = b.node('Gemm', [b.reshape(x, [12, 5]), wave(b, [5, 6]), wave(b, [6])])
      const scaled = b.node('Mul', [b.reshape(y, [2, 6, 6]), wave(b, [6])])
      return b.node('Add', [scaled, wave(b, [1, 1, 6])])
    })
    const after = foldBiases(foldAffine(graph))
    expect(operators(after)).toBe('Reshape Gemm Reshape')
    await expectSame(graph, after, ROUNDING)
  })

  it('adds no bias for a scale alone', async () => {
    const graph = graphOf(dims, (b, x) => b.node('Mul', [transposed(b, x), wave(b, [6, 1, 1])]))
    const after = foldAffine(graph)
    expect(after.nodes.map((node) => node.inputs.length)).toEqual([2])
    await expectSame(graph, after, ROUNDING)
  })

  it('meets the Adds between, with foldBiases', async () => {
    const graph = graphOf(dims, (b, x) => {
      const shifted = b.node('Add', [
        b.node('Mul', [conv(b, x), wave(b, [4, 1, 1])]),
        wave(b, [4, 1, 1]),
      ])
      return b.node('Mul', [shifted, wave(b, [4, 1, 1])])
    })
    const after = foldAffine(foldBiases(foldAffine(graph)))
    expect(operators(after)).toBe('Conv')
    await expectSame(graph, after, ROUNDING)
  })

  it.each<[string, Layer]>([
    [
      'large weights that another layer reads',
      (b, x) => {
        const weights = wave(b, [16, 4, 3, 3])
        const y = b.node('Conv', [x, weights], { ...window, group: attr.int(1) })
        const z = b.node('Conv', [b.node('Neg', [x]), weights], { ...window, group: attr.int(1) })
        return b.node('Add', [normalized(b, y), z])
      },
    ],
    [
      'a scale that another operator does not see',
      (b, x) => {
        const y = conv(b, x)
        return b.node('Add', [normalized(b, y), y])
      },
    ],
    [
      'a scale that makes weights vanish, which another one brings back',
      (b, x) => {
        const large = b.node('Mul', [x, b.scalar('float32', 1e30)])
        const y = b.node('Conv', [large, all(b, [4, 4, 1, 1], 1e-30)], pointwise)
        const small = b.node('Mul', [y, b.scalar('float32', 1e-20)])
        return b.node('Mul', [small, b.scalar('float32', 1e20)])
      },
    ],
    [
      'a scale that makes a bias subnormal',
      (b, x) => {
        const y = b.node('Conv', [x, all(b, [4, 4, 1, 1], 1), all(b, [4], 1e-30)], pointwise)
        return b.node('Mul', [y, b.scalar('float32', 1e-9)])
      },
    ],
    [
      'a scale of the rows of a product, and of a product of more than matrices',
      (b, x) => {
        const y = b.node('Mul', [b.node('MatMul', [x, wave(b, [5, 5])]), wave(b, [4, 1, 1])])
        const z = b.node('MatMul', [b.reshape(y, [20, 10]), wave(b, [10, 20])])
        return b.node('Mul', [z, wave(b, [20, 1])])
      },
    ],
    [
      'a scale or normalisation of rows that lie where channels do elsewhere',
      (b, x) => {
        const y = b.node('Gemm', [b.reshape(x, [8, 25]), wave(b, [25, 4])])
        const scaled = b.node('Mul', [b.reshape(y, [2, 4, 4]), wave(b, [4, 1])])
        const z = b.node('Gemm', [b.reshape(scaled, [8, 4]), wave(b, [4, 4])])
        return normalized(b, b.reshape(z, [2, 4, 4]))
      },
    ],
    ['a division by zero', (b, x) => b.node('Div', [conv(b, x), b.scalar('float32', 0)])],
    ['a constant divided by the result', (b, x) => b.node('Div', [wave(b, [4, 1, 1]), conv(b, x)])],
  ])('leaves %s', async (_, body) => {
    const graph = graphOf(dims, body)
    const after = foldAffine(graph)
    expect(operators(after)).toBe(operators(graph))
    await expectSame(graph, after)
  })
})

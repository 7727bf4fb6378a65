// Biases go into convolutions, and nowhere else.
import { describe, expect, it } from 'vitest'
import type { GraphBuilder } from '../builder/builder.js'
import { tensorOf } from '../builder/tensor.js'
import { attr, type Value } from '../builder/value.js'
import { foldBiases } from './bias.js'
import { expectSame, graphOf, operators, ROUNDING, wave } from './harness.test.js'

const window = {
  kernel_shape: attr.ints([3, 3]),
  pads: attr.ints([1, 1, 1, 1]),
  strides: attr.ints([1, 1]),
  dilations: attr.ints([1, 1]),
  group: attr.int(1),
}

function conv(b: GraphBuilder, x: Value, bias?: Value): Value {
  return b.node('Conv', [x, wave(b, [4, 3, 3, 3], 'kernel'), bias], window)
}

const dims = [2, 3, 5, 5]

describe('foldBiases', () => {
  it.each([
    ['[C, 1, 1]', [4, 1, 1]],
    ['[1, C, 1, 1]', [1, 4, 1, 1]],
    ['one value', [1]],
    ['a scalar', []],
  ])('puts a constant of %s into a Conv', async (_, shape) => {
    const graph = graphOf(dims, (b, x) => b.node('Add', [wave(b, shape), conv(b, x)]))
    const after = foldBiases(graph)
    expect(operators(after)).toBe('Conv')
    await expectSame(graph, after, ROUNDING)
  })

  it('puts a constant behind a change of shape into a Conv', async () => {
    const graph = graphOf([2, 3, 1, 5], (b, x) => {
      const rows = { ...window, kernel_shape: attr.ints([1, 3]), pads: attr.ints([0, 1, 0, 1]) }
      const y = b.node('Conv', [x, wave(b, [4, 3, 1, 3])], rows)
      return b.node('Add', [b.reshape(y, [2, 4, 5]), wave(b, [1, 4, 1])])
    })
    const after = foldBiases(graph)
    expect(operators(after)).toBe('Conv Reshape')
    await expectSame(graph, after, ROUNDING)
  })

  it('adds to the bias that is there, also of a ConvTranspose in groups', async () => {
    const graph = graphOf([2, 4, 5, 5], (b, x) => {
      const attributes = { ...window, output_padding: attr.ints([0, 0]), group: attr.int(2) }
      const inputs = [x, wave(b, [4, 3, 3, 3]), wave(b, [6])]
      const y = b.node('ConvTranspose', inputs, attributes)
      return b.node('Relu', [b.node('Add', [y, wave(b, [6, 1, 1], 'bias')])])
    })
    const after = foldBiases(graph)
    expect(operators(after)).toBe('ConvTranspose Relu')
    await expectSame(graph, after, ROUNDING)
  })

  it.each<[string, (b: GraphBuilder, x: Value) => Value]>([
    ['one for each column', (b, x) => b.node('Add', [conv(b, x), wave(b, [5])])],
    [
      'one that makes the result larger',
      (b, x) => b.node('Add', [conv(b, x), wave(b, [1, 1, 4, 1, 1])]),
    ],
    [
      'one behind a change of shape that moves channels',
      (b, x) => b.node('Add', [b.reshape(conv(b, x), [1, 8, 25]), wave(b, [1, 8, 1])]),
    ],
    [
      'one of as many values behind a change of shape that moves channels',
      (b, x) => b.node('Add', [b.reshape(conv(b, x), [50, 4]), wave(b, [4])]),
    ],
    [
      'one behind a change of shape that has two readers',
      (b, x) => {
        const y = b.reshape(conv(b, x), [2, 4, 25])
        return b.node('Mul', [b.node('Add', [y, wave(b, [4, 1])]), y])
      },
    ],
    [
      'an Add of one of two readers',
      (b, x) => {
        const y = conv(b, x)
        return b.node('Mul', [b.node('Add', [y, wave(b, [4, 1, 1])]), y])
      },
    ],
    [
      'one that overflows with the bias that is there',
      (b, x) => {
        const lowest = b.initializer('lowest', tensorOf('float32', [4], Array(4).fill(-3e38)))
        return b.node('Add', [conv(b, x, lowest), b.scalar('float32', -3e38)])
      },
    ],
    [
      'a bias that is no constant',
      (b, x) => {
        const bias = b.input('bias', { dataType: 'float32', dims: [4, 1, 1] })
        return b.node('Add', [conv(b, x), bias])
      },
    ],
  ])('leaves %s', async (_, body) => {
    const graph = graphOf(dims, body)
    const after = foldBiases(graph)
    expect(operators(after)).toBe(operators(graph))
    await expectSame(graph, after)
  })
})

// After all passes, names say what layers the values and weights belong to.
import { describe, expect, it } from 'vitest'
import { tensorOf } from '../builder/tensor.js'
import { attr } from '../builder/value.js'
import { printGraph } from '../printer.js'
import { expectSame, graphOf, ROUNDING, wave } from './harness.test.js'
import { restoreNames } from './names.js'
import { optimizeGraph } from './optimize.js'

const toChannelsLast = [0, 2, 3, 1]
const toChannelsFirst = [0, 3, 1, 2]

describe('restoreNames', () => {
  const graph = graphOf([2, 3, 4, 4], (b, x) => {
    b.scope = 'stem'
    const kernel = wave(b, [1, 1, 3, 5], 'stem_kernel')
    const y = b.node('Conv', [x, b.transpose(kernel, [3, 2, 0, 1])], {
      kernel_shape: attr.ints([1, 1]),
      pads: attr.ints([0, 0, 0, 0]),
      strides: attr.ints([1, 1]),
      dilations: attr.ints([1, 1]),
      group: attr.int(1),
    })
    const sum = b.node('Add', [b.transpose(y, toChannelsLast), wave(b, [5], 'stem_bias')])
    const last = b.node('Relu', [sum])
    b.scope = 'head'
    const logits = b.node('MatMul', [b.reshape(last, [2, 80]), wave(b, [80, 7], 'head_kernel')])
    const spare = b.transpose(b.transpose(last, toChannelsFirst), toChannelsLast)
    return b.node('Add', [b.node('Exp', [logits]), b.node('ReduceMax', [spare])])
  })

  it('gives constants and values the names of their layers', async () => {
    const after = optimizeGraph(graph)
    expect(after.initializers.map((tensor) => tensor.name)).toContain('stem_kernel')
    expect(after.initializers.map((tensor) => tensor.name)).toContain('stem_bias')
    const conv = after.nodes.find((node) => node.opType === 'Conv')
    expect(conv?.inputs, printGraph(after)).toEqual(['x', 'stem_kernel', 'stem_bias'])
    expect(conv?.outputs).toEqual(['stem_Conv'])
    expect(printGraph(after)).not.toMatch(/_before|_transposed|_reshaped/)
    await expectSame(graph, after, ROUNDING)
  })

  it('names folded weights after the weights, whatever shaped them, and a bias after the shift', async () => {
    const network = graphOf([2, 3, 4, 4], (b, x) => {
      const kernel = wave(b, [5, 3], 'kernel')
      const weights = b.reshape(kernel, [5, 3, 1, 1])
      const other = b.node('Gemm', [b.reshape(x, [32, 3]), kernel], { transB: attr.int(1) })
      const y = b.node('Conv', [x, weights], {
        kernel_shape: attr.ints([1, 1]),
        pads: attr.ints([0, 0, 0, 0]),
        strides: attr.ints([1, 1]),
        dilations: attr.ints([1, 1]),
        group: attr.int(1),
      })
      const statistics = ['gamma', 'beta', 'mean', 'variance'].map((name, i) =>
        b.initializer(name, tensorOf('float32', [5], [1 + i, 2 + i, 3 + i, 4 + i, 5 + i])),
      )
      const normal = b.node('BatchNormalization', [y, ...statistics])
      return b.node('Add', [b.reshape(normal, [160]), b.reshape(other, [160])])
    })
    const after = optimizeGraph(network)
    const conv = after.nodes.find((node) => node.opType === 'Conv')
    expect(conv?.inputs[1], printGraph(after)).not.toMatch(/^shape/)
    expect(conv?.inputs[2], printGraph(after)).toBe('beta')
    await expectSame(network, after, ROUNDING)
  })

  it('leaves no traces of the passes in the data', () => {
    const keys = optimizeGraph(graph).initializers.flatMap((tensor) => Object.keys(tensor))
    expect([...new Set(keys)]).toEqual(['name', 'dataType', 'dims', 'bytes'])
  })

  it('gives no name twice', async () => {
    const before = graphOf([2], (b, x) => b.node('Neg', [b.node('Exp', [b.node('Abs', [x])])]))
    const [abs, exp, neg] = before.nodes
    if (!abs || !exp || !neg) throw new Error('graph: expected three nodes')
    const nodes = [
      { ...abs, name: '', outputs: ['Exp'] },
      { ...exp, inputs: ['Exp'], outputs: ['Exp_1'] },
      { ...neg, inputs: ['Exp_1'] },
    ]
    const after = restoreNames({ ...before, nodes, values: [] })
    expect(after.nodes).toEqual(nodes)
    await expectSame(before, after)
  })
})

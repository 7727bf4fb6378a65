import { describe, expect, it } from 'vitest'
import { attr, GraphBuilder, OnnxError, tensorOf } from '../index.js'
import { inferTypes } from './inference/index.js'

const f32 = (...dims: number[]) => ({ dataType: 'float32' as const, dims })

describe('GraphBuilder', () => {
  it('names nodes by scope, keeps names unique and gives outputs their own', () => {
    const builder = new GraphBuilder(17, ['y'])
    const x = builder.input('x', f32(2, 3))
    builder.scope = 'encoder/hidden'
    const sums = [
      builder.node('Add', [x, x]),
      builder.node('Add', [x, builder.scalar('float32', 1)]),
    ]
    builder.output('y', builder.node('Mul', sums))
    const graph = builder.build('a graph')
    expect(graph.nodes.map((node) => node.name)).toEqual([
      'encoder_hidden_Add',
      'encoder_hidden_Add_1',
      'encoder_hidden_Mul',
    ])
    expect(graph.nodes.at(-1)?.outputs).toEqual(['y'])
    expect(graph.outputs).toEqual([{ name: 'y', ...f32(2, 3) }])
  })

  it('leaves out absent inputs at the end, and no others', () => {
    const builder = new GraphBuilder(17, ['y'])
    const [x, z] = [builder.input('x', f32(2, 2)), builder.input('z', f32(2, 2))]
    const y = builder.node('Gemm', [x, z, undefined])
    const high = builder.scalar('float32', 1)
    builder.output('y', builder.node('Clip', [y, undefined, high]))
    const inputs = builder.build('g').nodes.map((node) => node.inputs)
    expect(inputs).toEqual([
      ['x', 'z'],
      ['Gemm', '', high.name],
    ])
  })

  it('gives an output that is an input a node of its own', () => {
    const builder = new GraphBuilder(17, ['y', 'z'])
    const x = builder.input('x', f32(2))
    builder.output('y', x)
    builder.output('z', x)
    expect(builder.build('g').nodes.map((node) => node.opType)).toEqual(['Identity', 'Identity'])
  })

  it('keeps the domain of an operator that it takes from another graph', () => {
    const inner = new GraphBuilder(17, ['y'])
    const call = { opType: 'Gelu', domain: 'com.microsoft', attributes: {} }
    const inputs = [inner.input('x', f32(2))]
    inner.typedNodes({ ...call, inputs }, [f32(2)]).forEach((y) => {
      inner.output('y', y)
    })
    const builder = new GraphBuilder(17, ['z'])
    const { y } = builder.inline(inner.build('inner'), { x: builder.input('x', f32(2)) })
    builder.output('z', builder.node('Abs', [y]))
    const nodes = builder.build('g').nodes.map(({ domain, opType }) => [domain, opType])
    expect(nodes).toEqual([
      ['com.microsoft', 'Gelu'],
      [undefined, 'Abs'],
    ])
  })
})

describe('shape inference', () => {
  const builder = new GraphBuilder(17, [])
  const x = builder.input('x', f32(2, 3, 28, 27))
  const window = { strides: [2, 2], pads: [1, 1, 2, 2], dilations: [1, 1], kernel_shape: [5, 5] }
  const windowAttributes = Object.fromEntries(
    Object.entries(window).map(([name, values]) => [name, attr.ints(values)]),
  )
  const weights = builder.initializer('w', tensorOf('float32', [4, 3, 5, 5], new Float32Array(300)))

  it.each([
    ['Transpose', [x], { perm: attr.ints([0, 2, 3, 1]) }, [2, 28, 27, 3]],
    ['Reshape', [x, builder.shape([2, -1])], {}, [2, 2268]],
    ['Conv', [x, weights], windowAttributes, [2, 4, 14, 13]],
    ['ReduceSum', [x, builder.list([-1, 1])], { keepdims: attr.int(0) }, [2, 28]],
    ['Concat', [x, x], { axis: attr.int(-1) }, [2, 3, 28, 54]],
    ['Slice', [x, builder.list([-5]), builder.list([99]), builder.list([2])], {}, [2, 3, 5, 27]],
    ['Gather', [x, builder.list([0, 1])], { axis: attr.int(3) }, [2, 3, 28, 2]],
    ['Unsqueeze', [x, builder.list([0, -1])], {}, [1, 2, 3, 28, 27, 1]],
    [
      'Squeeze',
      [builder.node('Unsqueeze', [x, builder.list([0])]), builder.list([0])],
      {},
      [2, 3, 28, 27],
    ],
    ['Pad', [x, builder.list([0, 0, 1, 2, 0, 0, 3, 4])], {}, [2, 3, 32, 33]],
    [
      'Where',
      [builder.node('Greater', [x, x]), x, builder.scalar('float32', 0)],
      {},
      [2, 3, 28, 27],
    ],
  ] as const)('knows %s', (opType, inputs, attributes, dims) => {
    expect(builder.node(opType, inputs, attributes).dims).toEqual(dims)
  })

  it('refuses shapes that do not fit, and operators without a rule', () => {
    const y = builder.input('y', f32(5, 6))
    expect(() => builder.node('Add', [x, y])).toThrow(OnnxError)
    expect(() => builder.node('MatMul', [y, y])).toThrow(/MatMul: inner sizes differ, got \[5, 6\]/)
    const call = { opType: 'Nothing', inputs: [], attributes: {}, outputCount: 1 }
    expect(() => inferTypes({ ...call, constant: () => undefined })).toThrow(/Nothing: no shape/)
  })
})

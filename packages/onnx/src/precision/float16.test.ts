// Graphs in float16 against themselves in float32, both in onnxruntime; and what stays in float32.
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { describe, expect, it } from 'vitest'
import { GraphBuilder } from '../builder/builder.js'
import { loopGraph } from '../builder/loop.js'
import { tensorOf } from '../builder/tensor.js'
import { attr, elementCount, type Value } from '../builder/value.js'
import { checkModel } from '../check/checker.js'
import { encodeModel } from '../codec/codec.js'
import { createModel } from '../model.js'
import { printGraph } from '../printer.js'
import type { Graph } from '../types.js'
import { toFloat16 } from './float16.js'

type Feeds = Readonly<Record<string, Tensor>>

function example(dims: readonly number[]): Tensor {
  const data = Float32Array.from({ length: elementCount(dims) }, (_, i) => Math.sin(1.3 * i))
  return new Tensor('float32', data, dims)
}

async function valuesOf(graph: Graph, feeds: Feeds): Promise<Record<string, Tensor>> {
  const model = createModel(graph)
  checkModel(model)
  const session = await InferenceSession.create(encodeModel(model))
  try {
    return await session.run(feeds)
  } finally {
    await session.release()
  }
}

/** The largest difference relative to the largest value. */
async function difference(graph: Graph, feeds: Feeds): Promise<number> {
  const [expected, got] = [await valuesOf(graph, feeds), await valuesOf(toFloat16(graph), feeds)]
  expect(toFloat16(graph).inputs).toEqual(graph.inputs)
  expect(toFloat16(graph).outputs).toEqual(graph.outputs)
  const differences = graph.outputs.map(({ name }) => {
    const [a, b] = [expected[name], got[name]].map((tensor) =>
      Array.from(tensor?.data ?? [], Number),
    )
    expect([got[name]?.type, b?.length]).toEqual([expected[name]?.type, a?.length])
    const peak = Math.max(...(a ?? []).map(Math.abs))
    return Math.max(...(a ?? []).map((value, i) => Math.abs(value - (b?.[i] ?? NaN)))) / peak
  })
  return Math.max(...differences)
}

interface Case {
  readonly dims: readonly number[]
  readonly body: (b: GraphBuilder, x: Value) => Value
}

function graphOf({ dims, body }: Case): Graph {
  const builder = new GraphBuilder(17, ['y'])
  builder.output('y', body(builder, builder.input('x', { dataType: 'float32', dims })))
  return builder.build('g')
}

/** A weight with values that differ. */
const weight = (b: GraphBuilder, name: string, dims: readonly number[]) =>
  b.initializer(
    name,
    tensorOf(
      'float32',
      dims,
      Array.from({ length: elementCount(dims) }, (_, i) => Math.cos(i) / 3),
    ),
  )

const conv = (b: GraphBuilder, x: Value) =>
  b.node('Conv', [x, weight(b, 'kernel', [4, 2, 3, 3]), weight(b, 'bias', [4])], {
    kernel_shape: attr.ints([3, 3]),
    pads: attr.ints([1, 1, 1, 1]),
    strides: attr.ints([1, 1]),
    dilations: attr.ints([1, 1]),
  })

const scalar = (b: GraphBuilder, value: number) => b.scalar('float32', value)

const CASES: Record<string, Case> = {
  'a convolution with its activation': {
    dims: [2, 2, 5, 5],
    body: (b, x) => b.node('Clip', [conv(b, x), scalar(b, 0), scalar(b, 6)]),
  },
  'a product, then softmax': {
    dims: [3, 4],
    body: (b, x) => b.node('Softmax', [b.node('MatMul', [x, weight(b, 'kernel', [4, 5])])]),
  },
  'log(1 + exp(x)), of 20 too': {
    dims: [2, 3],
    body: (b, x) => {
      const large = b.node('Mul', [x, scalar(b, 20)])
      return b.node('Log', [b.node('Add', [b.node('Exp', [large]), scalar(b, 1)])])
    },
  },
  'a norm whose epsilon float16 has not, then a product': {
    dims: [2, 4],
    body: (b, x) => {
      const squares = b.node('ReduceSum', [b.node('Mul', [x, x]), b.list([1])])
      const norm = b.node('Sqrt', [b.node('Add', [squares, scalar(b, 1e-12)])])
      return b.node('MatMul', [b.node('Div', [x, norm]), weight(b, 'kernel', [4, 3])])
    },
  },
  'an epsilon that float16 has not, alone': {
    dims: [2, 3],
    body: (b, x) => b.node('Div', [x, b.node('Add', [b.node('Abs', [x]), scalar(b, 1e-12)])]),
  },
  'a mask that is too large': {
    dims: [2, 3],
    body: (b, x) => b.node('Max', [b.node('Neg', [x]), scalar(b, -3.4e38)]),
  },
  'whole numbers': {
    dims: [2, 3],
    body: (b, x) => {
      const whole = b.cast(b.node('Mul', [x, scalar(b, 9)]), 'int32')
      return b.node('Mul', [b.cast(whole, 'float32'), scalar(b, 4096.5)])
    },
  },
  'a mask of booleans': {
    dims: [2, 3],
    body: (b, x) => {
      const positive = b.node('Greater', [x, scalar(b, 0)])
      return b.node('Mul', [b.cast(positive, 'float32'), x])
    },
  },
  'scales of a resize': {
    dims: [1, 2, 3, 3],
    body: (b, x) => {
      const scales = b.initializer('scales', tensorOf('float32', [4], [1, 1, 2, 2]))
      return b.node('Resize', [x, undefined, scales], { mode: attr.string('nearest') })
    },
  },
  'a weight that is read in both forms': {
    dims: [2, 4],
    body: (b, x) => {
      const kernel = weight(b, 'kernel', [4, 4])
      const sum = b.node('ReduceSum', [kernel, b.list([0, 1])])
      return b.node('Mul', [b.node('MatMul', [x, kernel]), sum])
    },
  },
}

describe('toFloat16', () => {
  it.each(Object.entries(CASES))('keeps the values of %s', async (_, each) => {
    const graph = graphOf(each)
    expect(await difference(graph, { x: example(each.dims) })).toBeLessThan(2e-3)
    expect(printGraph(toFloat16(graph))).toMatchSnapshot()
  })
})

describe('toFloat16 of special graphs', () => {
  it('carries float16 through a Loop, and reads what is outside', async () => {
    const builder = new GraphBuilder(17, ['next', 'seen'])
    const state = builder.input('state', { dataType: 'float32', dims: [2, 3] })
    const row = builder.input('row', { dataType: 'float32', dims: [2, 3] })
    const product = builder.node('MatMul', [state, weight(builder, 'kernel', [3, 3])])
    const next = builder.node('Tanh', [builder.node('Add', [product, row])])
    builder.output('next', next)
    builder.output('seen', builder.node('Exp', [next]))
    const options = { carried: { next: 'state' }, stacked: ['seen'], name: 'looped', opset: 17 }
    const scanned = { row: { dataType: 'float32' as const } }
    const graph = loopGraph(builder.build('step'), { ...options, scanned })
    const steps = new Tensor('int64', BigInt64Array.of(3n), [])
    const feeds = { steps, state: example([2, 3]), row: example([3, 2, 3]) }
    expect(await difference(graph, feeds)).toBeLessThan(2e-3)
    expect(printGraph(toFloat16(graph))).toMatchSnapshot()
  })

  it('halves an embedding and leaves its indices', async () => {
    const builder = new GraphBuilder(17, ['y'])
    const words = builder.input('words', { dataType: 'int32', dims: [2, 3] })
    builder.output('y', builder.node('Gather', [weight(builder, 'table', [9, 4]), words]))
    const graph = builder.build('g')
    const feeds = { words: new Tensor('int32', Int32Array.of(0, 8, 3, 3, 1, 2), [2, 3]) }
    expect(await difference(graph, feeds)).toBeLessThan(1e-3)
    expect(toFloat16(graph).initializers).toMatchObject([{ name: 'table', dataType: 'float16' }])
  })

  it('lets an input and a constant be outputs', async () => {
    const builder = new GraphBuilder(17, ['y'])
    const x = builder.input('x', { dataType: 'float32', dims: [2] })
    builder.output('y', builder.node('Mul', [x, builder.scalar('float32', 3)]))
    const graph = builder.build('g')
    const [constant] = graph.initializers
    const outputs = [
      ...graph.outputs,
      { name: constant?.name ?? '', dataType: 'float32' as const, dims: [] },
    ]
    expect(await difference({ ...graph, outputs }, { x: example([2]) })).toBeLessThan(1e-3)
  })

  it('keeps a product in float32 whose weight float16 cannot hold', async () => {
    const kernel = tensorOf('float32', [2, 1], [1e5, 1])
    const body = (b: GraphBuilder, x: Value) =>
      b.node('MatMul', [x, b.initializer('kernel', kernel)])
    const graph = graphOf({ dims: [1, 2], body })
    expect(await difference(graph, { x: example([1, 2]) })).toBe(0)
  })

  it('refuses a value of unknown type', () => {
    const graph = graphOf({ dims: [2], body: (b, x) => b.node('Neg', [b.node('Abs', [x])]) })
    expect(() => toFloat16({ ...graph, values: [] })).toThrow('type of Abs is not known')
  })
})

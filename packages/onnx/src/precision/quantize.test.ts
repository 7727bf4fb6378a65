// Graphs in int8 against themselves in float32, both in onnxruntime, with and without its fusions.
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { describe, expect, it } from 'vitest'
import { GraphBuilder } from '../builder/builder.js'
import { loopGraph } from '../builder/loop.js'
import { tensorOf } from '../builder/tensor.js'
import { attr, elementCount, type Value } from '../builder/value.js'
import { checkModel } from '../check/checker.js'
import { encodeModel } from '../codec/codec.js'
import { OnnxError } from '../error.js'
import { createModel } from '../model.js'
import { printGraph } from '../printer.js'
import type { Graph } from '../types.js'
import { calibrationGraph, valuesToCalibrate } from './calibrate.js'
import { quantizeGraph, type Ranges } from './quantize.js'
import { RangeObserver } from './range.js'

type Values = Readonly<Record<string, Tensor>>

async function valuesOf(graph: Graph, feeds: Values, fused = true): Promise<Values> {
  const model = createModel(graph)
  checkModel(model)
  const graphOptimizationLevel = fused ? 'all' : 'disabled'
  const session = await InferenceSession.create(encodeModel(model), { graphOptimizationLevel })
  try {
    return await session.run(feeds)
  } finally {
    await session.release()
  }
}

const floats = (values: Values, name: string) => Float32Array.from(values[name]?.data ?? [], Number)

async function rangesOf(graph: Graph, feeds: Values): Promise<Ranges> {
  const values = { ...feeds, ...(await valuesOf(calibrationGraph(graph), feeds)) }
  const ranges = valuesToCalibrate(graph).map((name) => {
    const observer = new RangeObserver()
    observer.add(floats(values, name))
    return [name, observer.range()] as const
  })
  return Object.fromEntries(ranges)
}

/** The graph in int8, calibrated on what it is fed. */
async function quantized(graph: Graph, feeds: Values): Promise<Graph> {
  return quantizeGraph(graph, await rangesOf(graph, feeds))
}

/** The largest difference relative to the largest value, with fusions and without them. */
async function differences(graph: Graph, feeds: Values): Promise<[fused: number, plain: number]> {
  const light = await quantized(graph, feeds)
  expect([light.inputs, light.outputs]).toEqual([graph.inputs, graph.outputs])
  const expected = await valuesOf(graph, feeds)
  const largest = async (fused: boolean) => {
    const got = await valuesOf(light, feeds, fused)
    const each = graph.outputs.map(({ name }) => {
      const [a, b] = [floats(expected, name), floats(got, name)]
      expect(b.length).toBe(a.length)
      const peak = Math.max(...a.map(Math.abs))
      return Math.max(...a.map((value, i) => Math.abs(value - (b[i] ?? NaN)))) / peak
    })
    return Math.max(...each)
  }
  return [await largest(true), await largest(false)]
}

function example(dims: readonly number[]): Tensor {
  const data = Float32Array.from({ length: elementCount(dims) }, (_, i) => Math.sin(1.3 * i))
  return new Tensor('float32', data, dims)
}

/** A weight whose channels differ in size. */
function weight(b: GraphBuilder, name: string, dims: readonly number[]): Value {
  const numbers = Array.from({ length: elementCount(dims) }, (_, i) => Math.cos(i) / (1 + (i % 5)))
  return b.initializer(name, tensorOf('float32', dims, numbers))
}

const window = {
  kernel_shape: attr.ints([3, 3]),
  pads: attr.ints([1, 1, 1, 1]),
  strides: attr.ints([1, 1]),
  dilations: attr.ints([1, 1]),
}

/** Relative to the largest value. A scale for the wrong channel makes it 1. */
const BOUND = 0.08

interface Case {
  readonly dims: readonly number[]
  readonly body: (b: GraphBuilder, x: Value) => Value
}

const CASES: Record<string, Case> = {
  'convolutions, then a product with its bias': {
    dims: [3, 2, 4, 4],
    body: (b, x) => {
      const first = b.node(
        'Conv',
        [x, weight(b, 'kernel_1', [4, 2, 3, 3]), weight(b, 'bias_1', [4])],
        window,
      )
      const active = b.node('LeakyRelu', [first], { alpha: attr.float(0.2) })
      const second = b.node('Conv', [active, weight(b, 'kernel_2', [2, 4, 3, 3])], window)
      const flat = b.node('Reshape', [b.node('Relu', [second]), b.shape([3, 32])])
      const operands = [flat, weight(b, 'kernel_3', [5, 32]), weight(b, 'bias_3', [5])]
      return b.node('Gemm', operands, { transB: attr.int(1) })
    },
  },
  'a product with its bias apart, then a transposed convolution': {
    dims: [3, 5],
    body: (b, x) => {
      const product = b.node('MatMul', [x, weight(b, 'kernel_1', [5, 32])])
      const hidden = b.node('Relu', [b.node('Add', [product, weight(b, 'bias_1', [32])])])
      const image = b.node('Reshape', [hidden, b.shape([3, 2, 4, 4])])
      const kernel = weight(b, 'kernel_2', [2, 3, 3, 3])
      const options = { ...window, output_padding: attr.ints([0, 0]), group: attr.int(1) }
      return b.node('Sigmoid', [b.node('ConvTranspose', [image, kernel], options)])
    },
  },
  'a value that a sum reads beside a product': {
    dims: [3, 4],
    body: (b, x) => {
      const kernel = weight(b, 'kernel', [4, 4])
      const hidden = b.node('Tanh', [b.node('MatMul', [x, kernel])])
      return b.node('Add', [b.node('MatMul', [hidden, kernel]), hidden])
    },
  },
}

function graphOf({ dims, body }: Case): Graph {
  const builder = new GraphBuilder(17, ['y'])
  builder.output('y', body(builder, builder.input('x', { dataType: 'float32', dims })))
  return builder.build('g')
}

describe('quantizeGraph', () => {
  it.each(Object.entries(CASES))('keeps the values of %s', async (_, each) => {
    const graph = graphOf(each)
    const feeds = { x: example(each.dims) }
    const [fused, plain] = await differences(graph, feeds)
    expect(fused).toBeLessThan(BOUND)
    expect(plain).toBeLessThan(BOUND)
    expect(printGraph(await quantized(graph, feeds))).toMatchSnapshot()
  })

  it('leaves stacks of matrices, which integer kernels take no scale for each channel of', async () => {
    const dims = [2, 5, 5]
    const graph = graphOf({
      dims,
      body: (b, x) => {
        const product = b.node('MatMul', [x, weight(b, 'stack', [1, 5, 5])])
        return b.node('MatMul', [b.node('Relu', [product]), weight(b, 'matrix', [5, 5])])
      },
    })
    const feeds = { x: example(dims) }
    expect(Math.max(...(await differences(graph, feeds)))).toBeLessThan(BOUND)
    const { initializers } = await quantized(graph, feeds)
    const names = initializers.map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining(['stack', 'matrix_int8']))
  })

  it('keeps its weights in seven bits, a scale for each channel', async () => {
    const graph = graphOf({
      dims: [2, 3],
      body: (b, x) => {
        const values = [1, -20, 0, 0.75, 5, 0, -0.25, 15, 0]
        return b.node('MatMul', [x, b.initializer('kernel', tensorOf('float32', [3, 3], values))])
      },
    })
    const { initializers } = await quantized(graph, { x: example([2, 3]) })
    const named = Object.fromEntries(initializers.map((each) => [each.name, each]))
    expect([...new Int8Array(named['kernel_int8']?.bytes ?? [])]).toEqual([
      63, -63, 0, 47, 16, 0, -16, 47, 0,
    ])
    expect(named['kernel_scale']).toEqual({
      name: 'kernel_scale',
      ...tensorOf('float32', [3], [1 / 63, 20 / 63, 1]),
    })
    expect(named['kernel']).toBeUndefined()
  })

  it('stores the weights of a Loop, and leaves its activations', async () => {
    const builder = new GraphBuilder(17, ['next'])
    const state = builder.input('state', { dataType: 'float32', dims: [2, 3] })
    const product = builder.node('MatMul', [state, weight(builder, 'kernel', [3, 3])])
    builder.output('next', builder.node('Tanh', [product]))
    const options = { carried: { next: 'state' }, scanned: {}, stacked: [], name: 'l', opset: 17 }
    const graph = loopGraph(builder.build('step'), options)
    const feeds = { steps: new Tensor('int64', BigInt64Array.of(2n), []), state: example([2, 3]) }
    expect(Math.max(...(await differences(graph, feeds)))).toBeLessThan(BOUND)
    expect(printGraph(await quantized(graph, feeds))).toMatchSnapshot()
  })

  it('stores the rows of an embedding', async () => {
    const builder = new GraphBuilder(17, ['y'])
    const words = builder.input('words', { dataType: 'int32', dims: [2, 3] })
    const rows = builder.node('Gather', [weight(builder, 'table', [9, 4]), words])
    builder.output('y', builder.node('Tanh', [rows]))
    const graph = builder.build('g')
    const feeds = { words: new Tensor('int32', Int32Array.of(0, 8, 3, 3, 1, 2), [2, 3]) }
    expect(Math.max(...(await differences(graph, feeds)))).toBeLessThan(BOUND)
    expect(printGraph(await quantized(graph, feeds))).toMatchSnapshot()
  })

  it('refuses a graph without weights', () => {
    const graph = graphOf({ dims: [2], body: (b, x) => b.node('Neg', [x]) })
    expect(() => quantizeGraph(graph, {})).toThrow(OnnxError)
    expect(() => quantizeGraph(graph, {})).toThrow('nothing to store in int8')
  })

  it('refuses a range that is missing or is none', () => {
    const graph = graphOf({
      dims: [2, 3],
      body: (b, x) => b.node('MatMul', [x, weight(b, 'kernel', [3, 2])]),
    })
    expect(() => quantizeGraph(graph, {})).toThrow('no usable range of x, got none')
    const ranges = { x: { least: NaN, most: NaN } }
    expect(() => quantizeGraph(graph, ranges)).toThrow('no usable range of x, got NaN to NaN')
  })
})

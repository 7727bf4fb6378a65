// Whole networks, written channels last as TensorFlow.js is traced, keep Transposes only at their ends.
import { describe, expect, it } from 'vitest'
import type { GraphBuilder } from '../builder/builder.js'
import { tensorOf } from '../builder/tensor.js'
import { attr, type Value } from '../builder/value.js'
import { printGraph } from '../printer.js'
import type { Graph } from '../types.js'
import { expectSame, graphOf, operators, wave, withBatch } from './harness.test.js'
import { optimizeGraph } from './optimize.js'

const toChannelsLast = [0, 2, 3, 1]
const toChannelsFirst = [0, 3, 1, 2]

/** Sums through several layers, each rounded in another order. */
const DEEP_ROUNDING = 1e-4

const channelsOf = (x: Value) => x.dims[3] ?? 1

/** An operator that is channels first, between the Transposes that it needs. */
function channelsFirst(b: GraphBuilder, x: Value, body: (x: Value) => Value): Value {
  return b.transpose(body(b.transpose(x, toChannelsFirst)), toChannelsLast)
}

interface Window {
  readonly size: number
  readonly stride?: number
  readonly group?: number
}

function windowOf({ size, stride = 1 }: Window) {
  const [begin, end] = [Math.floor((size - 1) / 2), Math.ceil((size - 1) / 2)]
  return {
    kernel_shape: attr.ints([size, size]),
    strides: attr.ints([stride, stride]),
    pads: attr.ints([begin, begin, end, end]),
    dilations: attr.ints([1, 1]),
  }
}

function conv(b: GraphBuilder, x: Value, channels: number, window: Window): Value {
  const { size, group = 1 } = window
  const scaled = b.node('Mul', [
    wave(b, [size, size, channelsOf(x) / group, channels], 'kernel'),
    b.scalar('float32', 1 / size),
  ])
  const kernel = b.transpose(scaled, [3, 2, 0, 1])
  const attributes = { ...windowOf(window), group: attr.int(group) }
  return channelsFirst(b, x, (y) => b.node('Conv', [y, kernel], attributes))
}

function normalized(b: GraphBuilder, x: Value): Value {
  const channels = channelsOf(x)
  const variance = Array.from({ length: channels }, (_, i) => 0.5 + i / 8)
  const statistics = [1, 2, 3].map(() => wave(b, [channels]))
  const inputs = [
    ...statistics,
    b.initializer('variance', tensorOf('float32', [channels], variance)),
  ]
  return channelsFirst(b, x, (y) =>
    b.node('BatchNormalization', [y, ...inputs], { epsilon: attr.float(1e-3) }),
  )
}

/** The same in single operators, as scale and shift. */
function scaled(b: GraphBuilder, x: Value): Value {
  const y = b.node('Mul', [b.node('Sub', [x, wave(b, [channelsOf(x)])]), wave(b, [channelsOf(x)])])
  return b.node('Add', [y, wave(b, [channelsOf(x)])])
}

const relu6 = (b: GraphBuilder, x: Value) =>
  b.node('Clip', [x, b.scalar('float32', 0), b.scalar('float32', 6)])

const hardSwish = (b: GraphBuilder, x: Value) => {
  const gate = relu6(b, b.node('Add', [x, b.scalar('float32', 3)]))
  return b.node('Mul', [x, b.node('Div', [gate, b.scalar('float32', 6)])])
}

/** Expansion, depthwise convolution, gate of squeeze and excitation, projection, residual. */
function block(b: GraphBuilder, x: Value): Value {
  const wide = relu6(b, normalized(b, conv(b, x, 8, { size: 1 })))
  const padded = b.node('Pad', [wide, b.list([0, 1, 1, 0, 0, 1, 1, 0])])
  const deep = hardSwish(b, scaled(b, conv(b, padded, 8, { size: 3, group: 8 })))
  const cut = b.node('Slice', [deep, b.list([1, 1]), b.list([-1, -1]), b.list([1, 2])])
  const mean = b.node('ReduceMean', [cut], { axes: attr.ints([1, 2]), keepdims: attr.int(1) })
  const gate = b.node('Sigmoid', [conv(b, mean, 8, { size: 1 })])
  return b.node('Add', [x, normalized(b, conv(b, b.node('Mul', [cut, gate]), 4, { size: 1 }))])
}

const classifier = graphOf([2, 8, 8, 3], (b, x) => {
  const stem = relu6(b, normalized(b, conv(b, x, 4, { size: 3, stride: 2 })))
  const features = block(b, block(b, stem))
  const mean = b.node('ReduceMean', [features], { axes: attr.ints([1, 2]), keepdims: attr.int(0) })
  const logits = b.node('Add', [b.node('MatMul', [mean, wave(b, [4, 5])]), wave(b, [5])])
  return b.node('Softmax', [logits], { axis: attr.int(-1) })
})

/** A network that flattens its features, as a small one without a mean does. */
const flattened = graphOf([2, 8, 8, 3], (b, x) => {
  const features = b.node('Relu', [scaled(b, conv(b, x, 4, { size: 3, stride: 2 }))])
  const logits = b.node('MatMul', [b.reshape(features, [2, 64]), wave(b, [64, 5])])
  return b.node('LogSoftmax', [logits], { axis: attr.int(-1) })
})

const double = (b: GraphBuilder, x: Value) =>
  channelsFirst(b, x, (y) => {
    const scales = b.initializer('scales', tensorOf('float32', [4], [1, 1, 2, 2]))
    return b.node('Resize', [y, undefined, scales], { mode: attr.string('nearest') })
  })

const pooled = (b: GraphBuilder, x: Value) =>
  channelsFirst(b, x, (y) =>
    b.node('MaxPool', [y], { ...windowOf({ size: 2, stride: 2 }), pads: attr.ints([0, 0, 0, 0]) }),
  )

const layer = (b: GraphBuilder, x: Value, channels: number) =>
  b.node('Relu', [b.node('Add', [conv(b, x, channels, { size: 3 }), wave(b, [channels])])])

const unet = graphOf([2, 8, 8, 3], (b, x) => {
  const top = layer(b, x, 4)
  const middle = layer(b, pooled(b, top), 6)
  const bottom = layer(b, pooled(b, middle), 8)
  const up = b.node('Concat', [middle, double(b, bottom)], { axis: attr.int(3) })
  const last = b.node('Concat', [top, double(b, layer(b, up, 6))], { axis: attr.int(3) })
  return b.node('Sigmoid', [conv(b, last, 2, { size: 1 })])
})

const transposes = (graph: Graph) =>
  graph.nodes.filter((node) => node.opType === 'Transpose').length

describe('optimizeGraph', () => {
  it.each([
    ['a classifier with depthwise convolutions', classifier, 1],
    ['a flattened classifier', flattened, 1],
    ['a U-Net, channels last at both ends', unet, 2],
  ])('leaves %s no Transposes inside', async (_, graph, most) => {
    for (const before of [graph, withBatch(graph)]) {
      const after = optimizeGraph(before)
      expect(transposes(after), printGraph(after)).toBeLessThanOrEqual(most)
      await expectSame(before, after, DEEP_ROUNDING)
    }
  })

  it('leaves nothing of BatchNormalization, biases and reshapes', () => {
    expect(operators(optimizeGraph(flattened))).toBe(
      'Transpose Conv Relu Reshape MatMul LogSoftmax',
    )
    expect(operators(optimizeGraph(unet))).toBe(
      'Transpose Conv Relu MaxPool Conv Relu MaxPool Conv Relu Resize Concat Conv Relu Resize Concat Conv Sigmoid Transpose',
    )
  })
})

describe('layers with equal weights', () => {
  const equal = graphOf([2, 4, 4, 16], (b, x) => {
    const first = b.node('Relu', [normalized(b, conv(b, x, 16, { size: 3 }))])
    return normalized(b, conv(b, first, 16, { size: 3 }))
  })

  it('each take in the BatchNormalization behind them', async () => {
    const after = optimizeGraph(equal)
    expect(operators(after), printGraph(after)).toBe('Transpose Conv Relu Conv Transpose')
    await expectSame(equal, after, DEEP_ROUNDING)
  })

  it('hold them once in the end', () => {
    const large = optimizeGraph(equal).initializers.filter(({ bytes }) => bytes.length > 1024)
    expect(large).toHaveLength(1)
  })
})

type Step = (b: GraphBuilder, x: Value, y: Value) => Value

const steps: readonly Step[] = [
  (b, x) => conv(b, x, channelsOf(x), { size: 3 }),
  (b, x) => conv(b, x, channelsOf(x), { size: 1, group: channelsOf(x) }),
  (b, x) => normalized(b, x),
  (b, x) => scaled(b, x),
  (b, x) => hardSwish(b, x),
  (b, x) => b.node('LeakyRelu', [x], { alpha: attr.float(0.2) }),
  (b, x) => b.node('Tanh', [x]),
  (b, x, y) => b.node('Add', [x, y]),
  (b, x, y) => b.node('Mul', [b.node('Sigmoid', [x]), y]),
  (b, x, y) => {
    const both = b.node('Concat', [x, y], { axis: attr.int(3) })
    return conv(b, both, channelsOf(x), { size: 1 })
  },
  (b, x) => b.node('Softmax', [x], { axis: attr.int(-1) }),
  (b, x) => b.node('Sub', [x, b.node('ReduceMean', [x], { axes: attr.ints([1, 2]) })]),
  (b, x) => b.reshape(b.node('MatMul', [b.reshape(x, [2, 48]), wave(b, [48, 48])]), x.dims),
  (b, x) =>
    b.reshape(b.node('Exp', [b.node('Neg', [b.node('Abs', [b.reshape(x, [2, 16, 3])])])]), x.dims),
]

/** Layers over values of one shape, each of them chosen by chance among the last three. */
function randomNetwork(seed: number): Graph {
  let state = Math.imul(seed + 1, 2654435761)
  const below = (limit: number) => {
    state = Math.imul(state, 1664525) + 1013904223
    return Math.floor(((state >>> 0) / 2 ** 32) * limit)
  }
  return graphOf([2, 4, 4, 3], (b, x) => {
    const values = [x]
    const recent = () => values.slice(-3)[below(Math.min(3, values.length))] ?? x
    for (let i = 0; i < 9; i++) {
      const next = steps[below(steps.length)]?.(b, recent(), recent()) ?? x
      values.push(b.node('Tanh', [next]))
    }
    return b.reshape(values.at(-1) ?? x, [2, 48])
  })
}

describe('random networks', () => {
  it.each(Array.from({ length: 40 }, (_, seed) => seed))(
    'number %i keeps its values',
    async (seed) => {
      const plain = randomNetwork(seed)
      for (const graph of [plain, withBatch(plain)]) {
        const after = optimizeGraph(graph)
        expect(after.nodes.length).toBeLessThanOrEqual(graph.nodes.length)
        expect(transposes(after)).toBeLessThanOrEqual(transposes(graph))
        await expectSame(graph, after, DEEP_ROUNDING)
      }
    },
  )
})

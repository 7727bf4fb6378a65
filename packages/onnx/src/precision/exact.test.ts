// Whole numbers, masks and small numbers in graphs of float16, against the same graphs in float32.
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { describe, expect, it } from 'vitest'
import { GraphBuilder } from '../builder/builder.js'
import { loopGraph } from '../builder/loop.js'
import { tensorOf } from '../builder/tensor.js'
import { attr, type Value } from '../builder/value.js'
import { checkModel } from '../check/checker.js'
import { encodeModel } from '../codec/codec.js'
import { createModel } from '../model.js'
import type { Graph } from '../types.js'
import { toFloat16 } from './float16.js'

type Body = (b: GraphBuilder, x: Value) => Value

async function run(graph: Graph, feeds: Readonly<Record<string, Tensor>>): Promise<number[]> {
  const model = createModel(graph)
  checkModel(model)
  const session = await InferenceSession.create(encodeModel(model))
  const results = await session.run(feeds)
  await session.release()
  return graph.outputs.flatMap(({ name }) => Array.from(results[name]?.data ?? [], Number))
}

function graphOf(count: number, body: Body): Graph {
  const builder = new GraphBuilder(17, ['y'])
  builder.output('y', body(builder, builder.input('x', { dataType: 'float32', dims: [count] })))
  return builder.build('g')
}

const float = (values: readonly number[], dims: readonly number[] = [values.length]) =>
  new Tensor('float32', Float32Array.from(values), dims)

/** What is given in both precisions. */
async function both(values: readonly number[], body: Body) {
  const graph = graphOf(values.length, body)
  const feeds = { x: float(values) }
  return [await run(graph, feeds), await run(toFloat16(graph), feeds)] as const
}

const list = (b: GraphBuilder, values: readonly number[]) =>
  b.initializer('list', tensorOf('float32', [values.length], values))
const scalar = (b: GraphBuilder, value: number) => b.scalar('float32', value)

/** Rows of two numbers that float16 has, which tell each row from the others. */
const rows = Array.from({ length: 4000 }, (_, i) => [Math.floor(i / 64), i % 64]).flat()
const table = (b: GraphBuilder) => b.initializer('table', tensorOf('float32', [4000, 2], rows))

const IDS = [2049, 2051, 3001, 3999, 1]
const wrap = (b: GraphBuilder, x: Value) =>
  b.node('Mod', [x, scalar(b, 4000)], { fmod: attr.int(1) })
const whole = (b: GraphBuilder, x: Value) => b.cast(x, 'int64')

const EXACT: Readonly<Record<string, { readonly values: readonly number[]; readonly body: Body }>> =
  {
    'rows of float32 ids': {
      values: IDS,
      body: (b, x) => b.node('Gather', [table(b), whole(b, x)]),
    },
    'rows of ids that were computed and moved': {
      values: IDS,
      body: (b, x) => {
        const ids = wrap(b, b.node('Add', [b.node('Mul', [x, scalar(b, 3)]), scalar(b, 7)]))
        const moved = b.reshape(b.node('Concat', [ids, ids], { axis: attr.int(0) }), [2, 5])
        return b.node('Gather', [table(b), whole(b, b.node('Floor', [moved]))])
      },
    },
    'rows of ids that a product picks': {
      values: IDS,
      body: (b, x) => {
        const hit = b.node('Equal', [b.reshape(x, [5, 1]), list(b, IDS)])
        const ids = b.node('MatMul', [b.cast(hit, 'float32'), b.reshape(list(b, IDS), [5, 1])])
        return b.node('GatherND', [table(b), whole(b, ids)])
      },
    },
    'a comparison with whole numbers': {
      values: [2048, 2049, 2050],
      body: (b, x) => b.cast(b.node('Greater', [x, scalar(b, 2048.9)]), 'float32'),
    },
    'a comparison with a length': {
      values: [2048, 2049, 2050],
      body: (b, x) => b.cast(b.node('Less', [x, list(b, [2049, 2049, 2049])]), 'float32'),
    },
    'one-hot rows': {
      values: IDS,
      body: (b, x) =>
        b.node('OneHot', [x, scalar(b, 4000), list(b, [0, 1])], { axis: attr.int(-1) }),
    },
    'whether a small number is one': {
      values: [1e-9, 0, -1e-12],
      body: (b, x) => b.cast(b.cast(x, 'bool'), 'float32'),
    },
    'the longest of counts': {
      values: IDS,
      body: (b, x) =>
        b.cast(b.cast(b.node('ReduceMax', [x], { keepdims: attr.int(0) }), 'int32'), 'float32'),
    },
  }

const CLOSE: Readonly<Record<string, { readonly values: readonly number[]; readonly body: Body }>> =
  {
    'a logarithm with an epsilon of 1e-7': {
      values: [0, 1, 0.5],
      body: (b, x) => b.node('Log', [b.node('Add', [x, scalar(b, 1e-7)])]),
    },
    'a quotient with an epsilon of 1e-7': {
      values: [0, 1, 0.5],
      body: (b, x) => b.node('Div', [scalar(b, 1e-3), b.node('Add', [x, scalar(b, 1e-7)])]),
    },
    'a softmax that is masked by -1e9 whole': {
      values: [1, 2, 3],
      body: (b, x) =>
        b.node('Softmax', [b.node('Add', [x, scalar(b, -1e9)])], { axis: attr.int(-1) }),
    },
    'a sum of squares beyond 65504': {
      values: [300, 400],
      body: (b, x) => b.node('Sqrt', [b.node('ReduceSum', [b.node('Mul', [x, x]), b.list([0])])]),
    },
    'a normalisation of values as small as its epsilon': {
      values: [1e-4, 3e-4, 2e-4, 4e-4],
      body: (b, x) => {
        const [scale, shift, mean, variance] = [1, 0, 1e-4, 1e-8].map((value) =>
          list(b, [value, value]),
        )
        const inputs = [b.reshape(x, [2, 2]), scale, shift, mean, variance]
        return b.node('BatchNormalization', inputs, { epsilon: attr.float(1e-7) })
      },
    },
    'a product with a weight above 65504': {
      values: [1, 2],
      body: (b, x) =>
        b.node('MatMul', [x, b.initializer('kernel', tensorOf('float32', [2, 1], [1e5, 1]))]),
    },
    'a product with weights below the smallest': {
      values: [1, 2],
      body: (b, x) =>
        b.node('MatMul', [x, b.initializer('kernel', tensorOf('float32', [2, 1], [1e-6, 3e-7]))]),
    },
  }

describe('toFloat16', () => {
  it.each(Object.entries(EXACT))('keeps every bit of %s', async (_, { values, body }) => {
    const [wanted, got] = await both(values, body)
    expect(got).toEqual(wanted)
  })

  it.each(Object.entries(CLOSE))('keeps the size of %s', async (_, { values, body }) => {
    const [wanted, got] = await both(values, body)
    const most = Math.max(...wanted.map(Math.abs))
    const gaps = got.map((value, i) => Math.abs(value - (wanted[i] ?? NaN)))
    expect(Math.max(...gaps) / most).toBeLessThan(5e-3)
  })

  it('keeps the ids that a Loop carries, and halves what it carries beside them', async () => {
    const builder = new GraphBuilder(17, ['next_id', 'next_sum', 'row'])
    const id = builder.input('id', { dataType: 'float32', dims: [1] })
    const sum = builder.input('sum', { dataType: 'float32', dims: [1, 2] })
    const row = builder.node('Gather', [table(builder), whole(builder, id)])
    builder.output('next_id', builder.node('Add', [id, scalar(builder, 1)]))
    builder.output('next_sum', builder.node('Add', [sum, row]))
    builder.output('row', row)
    const carried = { next_id: 'id', next_sum: 'sum' }
    const options = { carried, stacked: ['row'], scanned: {}, name: 'looped', opset: 17 }
    const graph = loopGraph(builder.build('step'), options)
    const steps = new Tensor('int64', BigInt64Array.of(5n), [])
    const feeds = { steps, id: float([3001]), sum: float([0, 0], [1, 2]) }
    const half = toFloat16(graph)
    expect(await run(half, feeds)).toEqual(await run(graph, feeds))
    const [body] = half.nodes.flatMap(({ attributes: { body } }) =>
      body?.type === 'graph' ? [body.value] : [],
    )
    const types = body?.inputs.map(({ dataType }) => dataType)
    expect(types).toEqual(expect.arrayContaining(['float32', 'float16']))
  })

  it('halves what a convolution makes before the last one that an index comes of', () => {
    const builder = new GraphBuilder(17, ['y'])
    const x = builder.input('x', { dataType: 'float32', dims: [1, 1, 4, 4] })
    const filter = () => builder.initializer('filter', tensorOf('float32', [1, 1, 1, 1], [2]))
    const [one, none] = [attr.ints([1, 1]), attr.ints([0, 0, 0, 0])]
    const attributes = { kernel_shape: one, strides: one, dilations: one, pads: none }
    const conv = (value: Value) => builder.node('Conv', [value, filter()], attributes)
    builder.output('y', builder.cast(builder.node('Round', [conv(conv(x))]), 'int32'))
    const { nodes, values } = toFloat16(builder.build('g'))
    const types = nodes
      .filter(({ opType }) => opType === 'Conv')
      .map(({ outputs: [name] }) => values.find((each) => each.name === name)?.dataType)
    expect(types).toEqual(['float16', 'float32'])
  })
})

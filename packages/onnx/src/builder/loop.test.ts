// Loops of several steps a body compute what loops of single steps do, bit for bit.
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { describe, expect, it } from 'vitest'
import { checkModel } from '../check/checker.js'
import { encodeModel } from '../codec/codec.js'
import { OnnxError } from '../error.js'
import { createModel } from '../model.js'
import type { Graph } from '../types.js'
import { GraphBuilder } from './builder.js'
import { loopGraph } from './loop.js'

const f32 = (...dims: number[]) => ({ dataType: 'float32' as const, dims })

/** Two states, a row of bytes and a number at every step, and two values to keep. */
function stepGraph(): Graph {
  const builder = new GraphBuilder(17, ['next_a', 'next_b', 'sum', 'shown'])
  const [a, b] = [builder.input('a', f32(2, 3)), builder.input('b', f32())]
  const [row, rate] = [builder.input('row', f32(2, 3)), builder.input('rate', f32())]
  const change = builder.node('Mul', [builder.node('Sub', [row, a]), rate])
  const next = builder.node('Tanh', [builder.node('Add', [a, change])])
  builder.output('next_a', next)
  builder.output('next_b', builder.node('Add', [b, rate]))
  builder.output('sum', builder.reduce('ReduceSum', builder.node('Mul', [next, b]), [0, 1]))
  builder.output('shown', builder.node('Exp', [change]))
  return builder.build('step')
}

const looped = (unroll?: number) =>
  loopGraph(stepGraph(), {
    name: 'looped',
    opset: 17,
    carried: { next_a: 'a', next_b: 'b' },
    scanned: {
      row: { dataType: 'uint8', convert: (builder, row) => builder.cast(row, 'float32') },
      rate: { dataType: 'float32' },
    },
    stacked: ['sum', 'shown'],
    ...(unroll === undefined ? {} : { unroll }),
  })

function feedsOf(steps: number): Record<string, Tensor> {
  const rows = Uint8Array.from({ length: steps * 6 }, (_, i) => (i * 7) % 5)
  const rates = Float32Array.from({ length: steps }, (_, i) => 0.3 + i / 16)
  return {
    steps: new Tensor('int64', BigInt64Array.of(BigInt(steps)), []),
    a: new Tensor('float32', Float32Array.of(0, 0.1, -0.2, 0.3, -0.4, 0.5), [2, 3]),
    b: new Tensor('float32', Float32Array.of(1), []),
    row: new Tensor('uint8', rows, [steps, 2, 3]),
    rate: new Tensor('float32', rates, [steps]),
  }
}

async function results(graph: Graph, steps: number) {
  const model = createModel(graph)
  checkModel(model)
  const session = await InferenceSession.create(encodeModel(model))
  const outputs = await session.run(feedsOf(steps))
  await session.release()
  return Object.entries(outputs).map(([name, { dims, data }]) => ({ name, dims, data }))
}

describe('loopGraph', () => {
  it.each([0, 1, 3, 7])('takes %i steps, three in a body as one, bit for bit', async (steps) => {
    const [single, several] = [await results(looped(), steps), await results(looped(3), steps)]
    expect(several).toEqual(single)
    const dims = Object.fromEntries(several.map((each) => [each.name, each.dims]))
    expect(dims).toEqual({ next_a: [2, 3], next_b: [], sum: [steps], shown: [steps, 2, 3] })
  })

  it('takes each row once, in its order', async () => {
    const outputs = await results(looped(3), 7)
    const { rate } = feedsOf(7)
    const total = Array.from(rate?.data ?? [], Number).reduce((sum, each) => sum + each, 1)
    expect(outputs.find(({ name }) => name === 'next_b')?.data[0]).toBeCloseTo(total, 5)
  })

  it('has the same inputs and outputs, and one Loop more', () => {
    const [single, several] = [looped(1), looped(3)]
    expect([several.inputs, several.outputs]).toEqual([single.inputs, single.outputs])
    const loops = (graph: Graph) => graph.nodes.filter((node) => node.opType === 'Loop').length
    expect([loops(single), loops(several)]).toEqual([1, 2])
  })

  it.each([0, -1, 1.5])('refuses %d steps a body', (unroll) => {
    expect(() => looped(unroll)).toThrow(OnnxError)
    expect(() => looped(unroll)).toThrow(
      `loop: not a number of steps for a body, got ${unroll}, expected a whole number from 1`,
    )
  })

  it('refuses a step without the state that is carried', () => {
    const options = { name: 'l', opset: 17, scanned: {}, stacked: [], carried: { next_c: 'c' } }
    expect(() => loopGraph(stepGraph(), options)).toThrow(
      'loop: the step has no such input or output, got c',
    )
  })
})

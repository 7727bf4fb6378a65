import { beforeAll, describe, expect, it } from 'vitest'
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { createModel, encodeModel, type Graph } from '@anyvae/onnx'
import { nodeBackend } from '@anyvae/runtime-node'
import { traceGraph } from '../index.js'

type Fn = (x: tf.Tensor, ids: tf.Tensor1D) => tf.Tensor

/** Traced for [batch, 4], and one id a row where they are used. */
const trace = (fn: Fn, opset = 17): Graph =>
  traceGraph((inputs) => ({ y: fn(inputs['x'] as tf.Tensor, inputs['ids'] as tf.Tensor1D) }), {
    opset,
    inputs: { x: { dims: ['batch', 4] }, ids: { dims: ['batch'], dataType: 'int32' } },
    outputs: ['y'],
  })

const opTypes = (graph: Graph) => graph.nodes.map((node) => node.opType)

async function run(graph: Graph, batch: number, opset = 17) {
  const session = await nodeBackend.createSession(encodeModel(createModel(graph, { opset })))
  const data = Float32Array.from({ length: batch * 4 }, (_, i) => ((i * 5) % 7) - 3)
  const ids = Int32Array.from({ length: batch }, (_, i) => ((i * 3) % 5) - 1)
  const feeds = {
    x: { type: 'float32', dims: [batch, 4], data },
    ids: { type: 'int32', dims: [batch], data: ids },
  } as const
  const used = session.inputs.map(({ name }) => [name, feeds[name as keyof typeof feeds]] as const)
  const { y } = await session.run(Object.fromEntries(used))
  await session.release()
  return { got: y, x: tf.tensor2d(data, [batch, 4]), ids: tf.tensor1d(ids, 'int32') }
}

beforeAll(async () => {
  await tf.setBackend('cpu')
})

describe('reductions', () => {
  it.each([
    ['mean', (x) => tf.mean(x), ['ReduceMean']],
    ['sum', (x) => tf.sum(x, 0), ['ReduceSum']],
    ['softmax', (x) => tf.softmax(x), ['Softmax']],
    ['argMax', (x) => tf.argMax(x, 1), ['ArgMax', 'Cast']],
    ['max', (x) => tf.max(x, 1), ['ReduceMax', 'ReduceSumSquare', 'IsNaN', 'Where']],
    ['topk', (x) => tf.topk(x, 2).values, ['TopK']],
    ['all', (x) => tf.all(tf.greater(x, 0)), ['Greater', 'Cast', 'ReduceMin', 'Cast']],
  ] as const satisfies [string, Fn, string[]][])('write %s in few nodes', (_, fn, wanted) => {
    expect(opTypes(trace(fn))).toEqual(wanted)
  })

  it.each([
    ['mean', (x) => tf.mean(x)],
    ['max', (x) => tf.max(x, 0)],
    ['cumsum', (x) => tf.cumsum(x, 0)],
    ['cumprod', (x) => tf.cumprod(x, 1, true)],
    ['argMin', (x) => tf.argMin(x, 0)],
    ['topk', (x) => tf.topk(x, 3).indices],
    ['softmax', (x) => tf.softmax(x)],
    ['searchSorted', (x) => tf.searchSorted(tf.cumsum(tf.abs(x), 1), x)],
    ['bincount', (_, ids) => tf.bincount(tf.relu(ids), tf.zeros([0]), 3)],
    ['unsortedSegmentSum', (x, ids) => tf.unsortedSegmentSum(x, ids, 3)],
  ] as const satisfies [string, Fn][])('run %s at any batch size', async (_, fn) => {
    const graph = trace(fn)
    for (const batch of [1, 5, 64]) {
      const { got, x, ids } = await run(graph, batch)
      const wanted = fn(x, ids)
      expect(got?.dims).toEqual(wanted.shape)
      const values = Array.from<number | bigint>(got?.data ?? []).map(Number)
      wanted.dataSync().forEach((value, i) => expect(values[i]).toBeCloseTo(value, 4))
    }
  })
})

describe('cumprod', () => {
  it('takes steps by the logarithm of the size', () => {
    const muls = (size: number) =>
      opTypes(trace((x) => tf.cumprod(tf.tile(x, [1, size]), 1))).filter((op) => op === 'Mul')
    expect([1, 2, 16].map((size) => muls(size).length)).toEqual([2, 3, 6])
  })

  it('refuses an axis of symbolic size', () => {
    const long = (x: tf.Tensor) => tf.concat([x, tf.zeros([3000, 4])], 0)
    expect(() => trace((x) => tf.cumprod(long(x), 0))).toThrow(/product_along_3011/)
  })
})

describe('unsortedSegmentSum', () => {
  const fn: Fn = (x, ids) => tf.unsortedSegmentSum(x, ids, 3)

  it.each([
    [13, 'MatMul'],
    [15, 'MatMul'],
    [16, 'ScatterND'],
    [21, 'ScatterND'],
  ])('at opset %i is a %s, with ids of no segment left out', async (opset, opType) => {
    const graph = trace(fn, opset)
    expect(opTypes(graph)).toContain(opType)
    const { got, x, ids } = await run(graph, 10, opset)
    expect([...(ids.dataSync() as Int32Array)]).toEqual(expect.arrayContaining([-1, 0, 1, 2, 3]))
    expect([...(got?.data as Float32Array)]).toEqual([...fn(x, ids).dataSync()])
  })
})

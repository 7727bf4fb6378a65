import { beforeAll, describe, expect, it } from 'vitest'
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { createModel, encodeModel } from '@anyvae/onnx'
import { nodeBackend } from '@anyvae/runtime-node'
import { type TraceOptions, traceGraph } from './index.js'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

const traced = (
  fn: (x: tf.Tensor) => tf.Tensor,
  dims: readonly (number | string)[],
  rest: Partial<TraceOptions> = {},
) =>
  traceGraph(({ x }) => ({ y: fn(x as tf.Tensor) }), {
    inputs: { x: { dims } },
    outputs: ['y'],
    ...rest,
  })

const rows = (x: tf.Tensor) => x.shape[0] ?? 0

describe('functions of an open size', () => {
  it.each<[string, (x: tf.Tensor) => tf.Tensor, RegExp]>([
    [
      'a least of a number and the size',
      (x) => tf.add(tf.sum(x), tf.zeros([Math.min(8, rows(x)), 2])),
      /differs from trace to trace, got 8 at batch = 11, .* at batch = \d+.*depends on an open size/,
    ],
    [
      'a least of a large number and the size',
      (x) => tf.add(tf.sum(x), tf.zeros([Math.min(500, rows(x)), 2])),
      /differs from trace to trace, got 11 at batch = 11, .*depends on an open size/,
    ],
    [
      'a most of a number and the size',
      (x) => tf.add(tf.sum(x), tf.zeros([Math.max(1, 10 - rows(x)), 2])),
      /depends on an open size/,
    ],
    ['a choice by a small size', (x) => (rows(x) <= 10 ? tf.neg(x) : tf.relu(x)), /something else/],
    [
      'padding to at least a size',
      (x) => tf.pad(x, [[0, Math.max(0, 10 - rows(x))], [0, 0]]), // prettier-ignore
      /something else|depends on an open size|differs/,
    ],
    [
      'dimensions that go where they are 1',
      (x) => tf.squeeze(x),
      /output y has another shape at batch = 1 .*got \[4\], expected \[1, 4\].*tf\.squeeze\(x, \[1\]\)/,
    ],
  ])('refuses %s', (_, fn, message) => {
    expect(() => traced(fn, ['batch', 4])).toThrow(message)
  })

  it.each([
    [2, 3],
    [3, 4],
    [2, 4],
    [2, 5],
    [2, 7],
  ])("refuses 'same' padding of a kernel of %i and strides of %i", (kernel, stride) => {
    const filter = tf.ones<tf.Rank.R4>([kernel, 1, 1, 1])
    const fn = (x: tf.Tensor) => tf.conv2d(x as tf.Tensor4D, filter, [stride, 1], 'same')
    expect(() => traced(fn, [1, 'height', 12, 1])).toThrow(
      /pads of node Conv\S* differs.*multiples/,
    )
  })

  it('tells what is drawn from what depends on a size', () => {
    const drawn = (x: tf.Tensor) => tf.mul(x, Math.random())
    expect(() => traced(drawn, ['batch', 4])).toThrow(
      /got 0\.\d+ and 0\.\d+, both at batch = 11, .*drawn at random/,
    )
    const odd = (x: tf.Tensor) => tf.mul(x, (rows(x) % 2) + 2)
    expect(() => traced(odd, ['batch', 4])).toThrow(
      /got 3 at batch = 11, 2 at batch = 12, .*depends on an open size/,
    )
  })

  it.each<[string, (x: tf.Tensor) => tf.Tensor, number[]]>([
    ['a table of few positions', (x) => tf.add(x, tf.slice(table(), 0, rows(x))), [1, 2, 18, 30]],
    ['a slice of the first rows', (x) => tf.slice(x, [0, 0], [5, 4]), [5, 6, 40]],
    [
      'a size that meets fixed ones',
      (x) => tf.image.resizeBilinear(tf.reshape<tf.Rank.R4>(x, [1, -1, 4, 1]), [16, 4]),
      [1, 7, 16, 17],
    ],
  ])('runs %s', async (_, fn, sizes) => {
    const graph = traced(fn, ['batch', 4], { allowHostValues: true })
    await expectSame(fn, graph, sizes)
  })

  it('names sizes in errors, and hints at sizes only where others work', () => {
    expect(() => traced((x) => tf.matMul(x, tf.ones([5, 4])), ['batch', 3])).toThrow(
      /^(?!.*multiples).*batch, ?3.*sizes\.test\.ts:\d+/,
    )
    const own = () => {
      throw new Error('of the user')
    }
    expect(() => traced(own, ['batch', 3])).toThrow(/^graph: of the user$/)
    expect(() => traced((x) => tf.reshape(x, [-1, 3]), ['batch', 4])).toThrow(
      /fails at batch = 11, .* as it does at batch = 12; .*multiples: { batch: 8 }/,
    )
  })

  it('takes the range of a size where it cannot be that of a trace', async () => {
    const fn = (x: tf.Tensor) => tf.add(x, tf.slice(table(8), 0, rows(x)))
    expect(() => traced(fn, ['length', 4])).toThrow(/ranges: { length: \[1, 7\] }/)
    const graph = traced(fn, ['length', 4], { ranges: { length: [1, 8] } })
    await expectSame(fn, graph, [1, 5, 8])
  })

  const table = (count = 30) => tf.reshape(tf.range(0, count * 4), [count, 4])

  async function expectSame(
    fn: (x: tf.Tensor) => tf.Tensor,
    graph: ReturnType<typeof traced>,
    sizes: readonly number[],
  ) {
    const session = await nodeBackend.createSession(encodeModel(createModel(graph)))
    for (const size of sizes) {
      const data = Float32Array.from({ length: size * 4 }, (_, i) => i % 7)
      const { y } = await session.run({ x: { type: 'float32', dims: [size, 4], data } })
      const wanted = fn(tf.tensor2d(data, [size, 4]))
      expect(y?.dims).toEqual(wanted.shape)
      const got = Array.from((y?.data ?? []) as Float32Array)
      wanted.dataSync().forEach((value, i) => expect(got[i]).toBeCloseTo(value, 4))
    }
    await session.release()
  }
})

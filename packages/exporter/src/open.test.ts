import { beforeAll, describe, expect, it } from 'vitest'
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { createModel, encodeModel, type Graph, printGraph } from '@anyvae/onnx'
import { nodeBackend } from '@anyvae/runtime-node'
import { scan } from './scan.js'
import { exportOnnx, type Tensors, traceGraph } from './index.js'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

type Function = (inputs: Tensors) => Tensors

/** What a graph gives, and what TensorFlow.js does. */
async function both(bytes: Uint8Array, fn: Function, inputs: Tensors) {
  const session = await nodeBackend.createSession(bytes)
  const feeds = Object.entries(inputs).map(([name, tensor]) => {
    const data = Float32Array.from(tensor.dataSync())
    return [name, { type: 'float32' as const, dims: tensor.shape, data }] as const
  })
  const results = await session.run(Object.fromEntries(feeds))
  await session.release()
  const got = Object.entries(results).map(
    ([name, { dims, data }]) =>
      [name, { dims: [...dims], values: Array.from<number | bigint>(data).map(Number) }] as const,
  )
  const wanted = Object.entries(fn(inputs)).map(
    ([name, tensor]) => [name, { dims: tensor.shape, values: [...tensor.dataSync()] }] as const,
  )
  return { got: Object.fromEntries(got), wanted: Object.fromEntries(wanted) }
}

/** Boxes in a row, each overlapping the next by more or less than a half. */
function detections(count: number, least = 0): Tensors {
  const boxes = Array.from({ length: count }, (_, i) => [0, i * 3, 1, i * 3 + (i % 3) * 4 + 1])
  const scores = Array.from({ length: count }, (_, i) => least + ((i * 37) % 101) / 200)
  return { boxes: tf.tensor2d(boxes, [count, 4]), scores: tf.tensor1d(scores) }
}

const detector =
  (most: number): Function =>
  ({ boxes, scores }) => {
    const [b, s] = [boxes as tf.Tensor2D, scores as tf.Tensor1D]
    const selected = tf.image.nonMaxSuppression(b, s, most, 0.3, 0.5)
    return { boxes_out: tf.gather(b, selected), scores_out: tf.gather(s, selected) }
  }

const LIMITS = [
  ['fewer than the sizes that are traced', 5],
  ['one between those', 60],
  ['more than those', 150],
  ['as many as there are', Infinity],
] as const

describe('sizes that depend on values', () => {
  it.each(
    [13, 17, 21].flatMap((opset) => LIMITS.map(([name, most]) => [opset, name, most] as const)),
  )('selects boxes at opset %i, at most %s', async (opset, _, most) => {
    const fn = detector(most)
    const inputs = { boxes: ['boxes', 4], scores: ['boxes'] } as const
    const { bytes, outputs } = await exportOnnx(fn, inputs, { opset })
    expect(outputs.map(({ dims }) => dims)).toEqual([['selected', 4], ['selected']])
    const sizes = new Set<number>()
    for (const given of [
      detections(1),
      detections(40, 0.2),
      detections(700, 0.5),
      detections(9, -1),
    ]) {
      const { got, wanted } = await both(bytes, fn, given)
      expect(got).toEqual(wanted)
      sizes.add(got['scores_out']?.dims[0] ?? -1)
    }
    expect(sizes.size).toBeGreaterThan(1)
    expect(sizes.has(0)).toBe(true)
  })

  const x = (inputs: Tensors) => inputs['x'] as tf.Tensor
  const traced = (fn: Function, outputs: string[], opset = 17): Graph =>
    traceGraph(fn, { inputs: { x: { dims: ['batch'] } }, outputs, opset })

  it('computes shapes from them where they are known', () => {
    const graph = traced(
      (inputs) => {
        const { values } = tf.unique(x(inputs))
        return { y: tf.concat([values, tf.zeros([values.shape[0] ?? 0])]) }
      },
      ['y'],
    )
    expect(printGraph(graph)).toMatchInlineSnapshot(`
      "graph graph(x: float32[batch]) -> (y: float32[unique_times_2]) {
        constant: float64[] = {1e+300}
        constant_1: float32[] = {0}
        number_0: int64[1] = {0}
        Cast: float64[batch] = Cast<to=11>(x)
        IsNaN: bool[batch] = IsNaN(x)
        Where: float64[batch] = Where(IsNaN, constant, Cast)
        Unique: float64[unique], Unique_output: int64[unique], Unique_output_1: int64[batch] = Unique<axis=0, sorted=0>(Where)
        Unique_shape: int64[1] = Shape(Unique)
        unique_size: int64[1] = Gather<axis=0>(Unique_shape, number_0)
        shape: int64[1] = Concat<axis=0>(unique_size)
        Gather: float32[unique] = Gather<axis=0>(x, Unique_output)
        Expand: float32[unique] = Expand(constant_1, shape)
        [Concat] y: float32[unique_times_2] = Concat<axis=0>(Gather, Expand)
      }"
    `)
  })

  it.each<[string, Function]>([
    [
      'values and places',
      (inputs) => {
        const { values, indices } = tf.unique(x(inputs))
        return { values, indices, again: tf.gather(values, indices) }
      },
    ],
    ['a size alone', (inputs) => ({ y: tf.zeros([tf.unique(x(inputs)).values.shape[0] ?? 0]) })],
    [
      'two of them',
      (inputs) => {
        const [one, two] = [tf.unique(x(inputs)).values, tf.unique(tf.abs(x(inputs))).values]
        return { y: tf.add(tf.reshape(one, [-1, 1]), two), z: tf.tile(one, [2]) }
      },
    ],
    [
      'one after another',
      (inputs) => {
        const { values } = tf.unique(tf.relu(tf.unique(x(inputs)).values))
        return { y: tf.pad(values, [[1, values.shape[0] ?? 0]]) }
      },
    ],
    [
      'ones that go with the batch',
      (inputs) => {
        const { values } = tf.unique(x(inputs))
        return {
          y: tf.concat([tf.ones([(values.shape[0] ?? 0) + 2 * (x(inputs).shape[0] ?? 0)]), values]),
        }
      },
    ],
  ])('gives %s at any number of values', async (_, fn) => {
    const { y, z, values, indices, again } = fn({ x: tf.tensor1d([1]) })
    const names = Object.entries({ y, z, values, indices, again }).flatMap(([name, tensor]) =>
      tensor ? [name] : [],
    )
    for (const opset of [13, 17, 21]) {
      const bytes = encodeModel(createModel(traced(fn, names, opset), { opset }))
      const { bytes: small } = await exportOnnx(fn, { x: ['batch'] }, { opset })
      for (const list of [[3], [1, 1, -1, 2, 1], [0, -0, NaN, Infinity, NaN, 5, 5, 7, -5]]) {
        for (const each of [bytes, small]) {
          const { got, wanted } = await both(each, fn, { x: tf.tensor1d(list) })
          expect(got).toEqual(wanted)
        }
      }
    }
  })

  it('refuses them in a step that is repeated', () => {
    const step = (states: tf.Tensor[], elements: tf.Tensor[]) => ({
      states,
      outputs: elements.map((each) => tf.sum(tf.unique(each).values)),
    })
    const attempt = () =>
      traceGraph(
        (inputs) => ({
          y: scan({ states: [], sequences: [x(inputs)] }, step).outputs[0] as tf.Tensor,
        }),
        {
          inputs: { x: { dims: [4, 3] } },
          outputs: ['y'],
        },
      )
    expect(attempt).toThrow(/^Unique: gives a size that depends on values \(unique\) in a step/)
  })

  it('tells sizes of inputs and of values apart', () => {
    const graph = traceGraph((inputs) => ({ y: tf.unique(x(inputs)).values }), {
      inputs: { x: { dims: ['unique'] } },
      outputs: ['y'],
    })
    expect(graph.outputs[0]?.dims).toEqual(['unique_1'])
  })
})

import { beforeAll, describe, expect, it } from 'vitest'
import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-layers'
import type { Graph } from '@anyvae/onnx'
import * as tf from '@tensorflow/tfjs-core'
import { TraceError } from '../index.js'
import { scan } from '../scan.js'
import {
  both,
  conv,
  differencesOf,
  floatsOf,
  type Fn,
  graphOf,
  opTypes,
  run,
  type Several,
  withGradients,
  withSquares,
} from '../testing/products.js'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

describe('more images than are gathered at once', () => {
  /** Values of a matrix: 819,200 an image, three images at once; 1,228,800 of the gradient, two. */
  const image = [64, 64, 8]
  const [same, halved] = [conv(1, 'same'), conv(2, 'same')]

  it.each<[string, Fn, number[][], number[][]]>([
    [
      'wide gradients',
      same,
      [
        [5, ...image],
        [5, 5, 8, 12],
        [5, 64, 64, 12],
      ],
      [
        [3, 2],
        [2, 2, 1],
      ],
    ],
    [
      'narrow gradients',
      same,
      [
        [5, ...image],
        [5, 5, 8, 4],
        [5, 64, 64, 4],
      ],
      [[3, 2]],
    ],
    [
      'strides over few channels',
      halved,
      [
        [7, 128, 128, 3],
        [5, 5, 3, 16],
        [7, 64, 64, 16],
      ],
      [[4, 3]],
    ],
  ])('go in groups: %s', async (_, fn, shapes, groups) => {
    const inputs = shapes.map(floatsOf)
    const graphs = (['products', 'operators'] as const).map((convolutions) =>
      graphOf(withGradients(fn), shapes, { outputs: 3, convolutions }),
    )
    const [products, operators] = graphs as [Graph, Graph]
    expect(splitsOf(products)).toEqual(groups)
    expect(opTypes(products)).not.toContain('Conv')
    expect(opTypes(operators)).toContain('Conv')
    const [got, wanted] = [await run(products, inputs), await run(operators, inputs)]
    // Sums of up to 28,672 products, in another order.
    expect(Math.max(...differencesOf(got, wanted))).toBeLessThanOrEqual(2e-4)
  })

  it('go one by one where one alone is too much', () => {
    const shapes = [
      [3, 128, 128, 8],
      [5, 5, 8, 2],
    ]
    const graph = graphOf((x, w) => [same(x, w)], shapes)
    expect(splitsOf(graph)).toEqual([[1, 1, 1]])
    expect(opTypes(graph).filter((each) => each === 'MatMul').length).toBe(3)
  })

  /** The different numbers of images that a graph splits into. */
  function splitsOf({ nodes, values }: Graph): number[][] {
    const dims = new Map(values.map((value) => [value.name, value.dims ?? []]))
    const splits = nodes
      .filter(({ opType }) => opType === 'Split')
      .map(({ outputs }) => outputs.map((name) => dims.get(name) ?? []))
      // The other side of a product is a matrix already.
      .filter((parts) => parts.every(({ length }) => length === 3))
      .map((parts) => JSON.stringify(parts.map(([images]) => images)))
    return [...new Set(splits)].map((each) => JSON.parse(each) as number[])
  }
})

describe('open sizes', () => {
  const step = withSquares(conv(1, 'same'))
  /** 60,000 values of a matrix an image: at 1009 images far more than are gathered at once. */
  const shapes = [
    ['batch', 20, 20, 6],
    [5, 5, 6, 1],
  ]

  it('leaves any batch open, also where a known one would go in groups', async () => {
    const fixed = graphOf(step, [[100, 20, 20, 6], [5, 5, 6, 1]], { outputs: 3 }) // prettier-ignore
    expect(opTypes(fixed)).toContain('Split')
    const graph = graphOf(step, shapes, { outputs: 3 })
    expect(opTypes(graph)).not.toContain('Split')
    expect(graph.outputs[0]?.dims).toEqual(['batch', 20, 20, 1])
    for (const batch of [1, 3]) {
      const inputs = [floatsOf([batch, 20, 20, 6]), floatsOf([5, 5, 6, 1])]
      const wanted = await run(
        graphOf(step, inputs.map(({ shape }) => shape), { outputs: 3, convolutions: 'operators' }), // prettier-ignore
        inputs,
      )
      expect(Math.max(...differencesOf(await run(graph, inputs), wanted))).toBeLessThan(1e-4)
    }
  })

  it('leaves a batch open within a step that is repeated', () => {
    const graph = graphOf(
      (x, w) => {
        const each = (_: tf.Tensor[], [element]: tf.Tensor[]) => ({
          states: [],
          outputs: [conv(1, 'same')(element as tf.Tensor, w)],
        })
        return [...scan({ states: [], sequences: [x] }, each).outputs]
      },
      [
        [4, 'batch', 20, 20, 6],
        [5, 5, 6, 1],
      ],
    )
    expect(opTypes(graph)).toEqual(['Scan'])
    expect(graph.outputs[0]?.dims).toEqual([4, 'batch', 20, 20, 1])
  })

  it.each([
    ['height', 1, [2, 'height', 8, 2]],
    ['height at the end of a window', 1, [1, 'height', 3, 2]],
    ['height and strides', 2, [2, 'height', 8, 2]],
    ['height and strides over one channel', 2, [2, 'height', 8, 1]],
  ])('refuses an open %s', (_, stride, image) => {
    const fn: Fn = (x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, 'same')
    const step: Several = (x, w) => tf.grads((a, b) => tf.square(fn(a, b)))([x, w])
    const shapes = [image, [3, 3, Number(image[3]), 2]]
    const attempt = () => graphOf(step, shapes, { outputs: 2 })
    expect(attempt).toThrow(TraceError)
    expect(attempt).toThrow(
      /^\w+: .*at height = 11.*; .*fix (that|the) size.* \(.*products-groups\.test\.ts:\d+:\d+\)$/,
    )
  })

  it('leaves the height open where windows are points', async () => {
    const fn: Several = (x, w) => [conv(1, 'valid')(x, w)]
    const graph = graphOf(fn, [
      [2, 'height', 8, 3],
      [1, 1, 3, 2],
    ])
    expect(opTypes(graph)).not.toContain('Conv')
    const inputs = [floatsOf([2, 5, 8, 3]), floatsOf([1, 1, 3, 2])]
    const { wanted } = await both(fn, inputs)
    expect(Math.max(...differencesOf(await run(graph, inputs), wanted))).toBeLessThan(1e-5)
  })
})

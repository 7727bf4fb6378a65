// How tests compare a graph with what a pass makes of it: onnxruntime computes both.
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { describe, expect, it } from 'vitest'
import { GraphBuilder } from '../builder/builder.js'
import { numbersOf, tensorOf } from '../builder/tensor.js'
import { elementCount, type Value } from '../builder/value.js'
import { checkModel } from '../check/checker.js'
import { encodeModel } from '../codec/codec.js'
import { createModel } from '../model.js'
import type { Graph, Initializer, ValueInfo } from '../types.js'

/** All values, computed as the graph says: onnxruntime's own optimiser is off. */
async function valuesOf(graph: Graph): Promise<Record<string, Tensor>> {
  const made = new Set(graph.outputs.map((output) => output.name))
  const inner = graph.values.filter((value) => !made.has(value.name))
  const model = createModel({ ...graph, values: [], outputs: [...graph.outputs, ...inner] })
  const options = { graphOptimizationLevel: 'disabled' } as const
  const session = await InferenceSession.create(encodeModel(model), options)
  const feeds = graph.inputs.map((input, index) => [input.name, example(input, index)] as const)
  const results = await session.run(Object.fromEntries(feeds))
  await session.release()
  return results
}

function example({ dims = [] }: ValueInfo, index: number): Tensor {
  const sizes = dims.map((dim) => (typeof dim === 'number' ? dim : 2))
  const data = Float32Array.from({ length: elementCount(sizes) }, (_, i) => Math.sin(i + 5 * index))
  return new Tensor('float32', data, sizes)
}

/** Rounding of sums and products to float32 that a pass does in another order, relative to values about 1. */
export const ROUNDING = 1e-5

/** Same signature, same values (bit for bit unless a tolerance is given), and every value info true. */
export async function expectSame(before: Graph, after: Graph, tolerance = 0): Promise<void> {
  checkModel(createModel(after))
  expect([after.inputs, after.outputs]).toEqual([before.inputs, before.outputs])
  const [expected, got] = [await valuesOf(before), await valuesOf(after)]
  const alone = await valuesOf({ ...after, values: [] })
  for (const { name } of before.outputs) {
    const [a, b] = [expected[name]?.data, got[name]?.data].map((data) =>
      Array.from(data ?? [], Number),
    )
    expect(b?.length).toBe(a?.length)
    if (tolerance === 0) expect(b).toEqual(a)
    else expect(largestError(a, b)).toBeLessThanOrEqual(tolerance)
    // Where values are no outputs, kernels may overwrite them.
    expect(alone[name]?.data).toEqual(got[name]?.data)
  }
  for (const { name, dims, dataType } of [...after.values, ...after.outputs]) {
    const sizes = dims?.map((dim) => (typeof dim === 'number' ? dim : 2))
    expect([name, got[name]?.type, got[name]?.dims]).toEqual([name, dataType, sizes])
  }
}

/** The largest difference, relative to values above 1; infinite where one value alone is no number. */
function largestError(expected: readonly number[] = [], got: readonly number[] = []): number {
  return expected.reduce((largest, value, i) => {
    if (Object.is(value, got[i])) return largest
    const error = Math.abs(value - (got[i] ?? NaN)) / Math.max(1, Math.abs(value))
    return Math.max(largest, Number.isNaN(error) ? Infinity : error)
  }, 0)
}

/** A graph from x, and whatever else is named, to y. */
export function graphOf(
  dims: readonly number[],
  body: (b: GraphBuilder, x: Value) => Value,
): Graph {
  const builder = new GraphBuilder(17, ['y'])
  const x = builder.input('x', { dataType: 'float32', dims })
  builder.output('y', body(builder, x))
  return builder.build('g')
}

/** The operators of a graph in order, one line. */
export const operators = (graph: Graph) => graph.nodes.map((node) => node.opType).join(' ')

/** A constant of arbitrary numbers between -1 and 1. */
export function wave(b: GraphBuilder, dims: readonly number[], name = 'wave'): Value {
  const values = Float32Array.from({ length: elementCount(dims) }, (_, i) => Math.cos(3 * i + 1))
  return b.initializer(name, tensorOf('float32', dims, values))
}

/** The graph with its first input's first axis, and all that have the same size there, called `batch`. */
export function withBatch(graph: Graph): Graph {
  const size = graph.inputs[0]?.dims?.[0]
  const symbolic = <T extends ValueInfo>(value: T): T => ({
    ...value,
    dims: value.dims?.map((dim, axis) => (axis === 0 && dim === size ? 'batch' : dim)),
  })
  const initializers = graph.initializers.map((tensor) => openShape(tensor, size))
  const [inputs, outputs] = [graph.inputs.map(symbolic), graph.outputs.map(symbolic)]
  return { ...graph, inputs, outputs, initializers, values: graph.values.map(symbolic) }
}

/** A shape for Reshape takes -1 for the batch. */
function openShape(tensor: Initializer, size: unknown): Initializer {
  if (!tensor.name.startsWith('shape') || numbersOf(tensor)[0] !== size) return tensor
  const sizes = [-1, ...numbersOf(tensor).slice(1)]
  return { name: tensor.name, ...tensorOf('int64', tensor.dims, sizes) }
}

describe('expectSame', () => {
  const graph = graphOf([2, 3], (b, x) => b.node('Neg', [b.node('Exp', [x])]))

  it('finds another value', async () => {
    const other = graphOf([2, 3], (b, x) => b.node('Abs', [b.node('Exp', [x])]))
    await expect(expectSame(graph, other)).rejects.toThrow()
  })

  it('finds a wrong value info', async () => {
    const values = graph.values.map((value) => ({ ...value, dims: [3, 2] }))
    await expect(expectSame(graph, { ...graph, values })).rejects.toThrow()
  })
})

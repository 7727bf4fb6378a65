// Operators whose form depends on the operator set: written as each set has them, and run.
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { describe, expect, it } from 'vitest'
import { checkModel } from '../check/checker.js'
import { encodeModel } from '../codec/codec.js'
import { createModel } from '../model.js'
import { GraphBuilder } from './builder.js'
import type { Value } from './value.js'

/** What a graph of one input gives, and its operators. */
async function result(
  opset: number,
  dims: readonly number[],
  write: (builder: GraphBuilder, x: Value) => Value,
) {
  const builder = new GraphBuilder(opset, ['y'])
  builder.output('y', write(builder, builder.input('x', { dataType: 'float32', dims })))
  const model = createModel(builder.build('forms'), { opset })
  checkModel(model)
  const session = await InferenceSession.create(encodeModel(model), { logSeverityLevel: 3 })
  const size = dims.reduce((product, each) => product * each, 1)
  const numbers = Float32Array.from({ length: size }, (_, i) => i - 2)
  const { y } = await session.run({ x: new Tensor('float32', numbers, dims) })
  await session.release()
  expect(y?.dims).toEqual(model.graph.outputs[0]?.dims)
  return { dims: y?.dims, values: [...(y?.data as Float32Array)].map((each) => Math.round(each)) }
}

describe.each([13, 17, 18, 20, 21])('at opset %i', (opset) => {
  const reduced = (opType: string, axes: readonly number[] | undefined, keepDims = false) =>
    result(opset, [2, 3], (builder, x) => builder.reduce(opType, x, axes, keepDims))

  it('reduces over axes, all of them or none', async () => {
    expect(await reduced('ReduceMax', [-1])).toEqual({ dims: [2], values: [0, 3] })
    expect(await reduced('ReduceSum', [1, 0], true)).toEqual({ dims: [1, 1], values: [3] })
    expect(await reduced('ReduceProd', undefined)).toEqual({ dims: [], values: [0] })
    const all = { dims: [2, 3], values: [2, 1, 0, 1, 2, 3] }
    expect(await reduced('ReduceL1', [])).toEqual(all)
    expect(await reduced('ReduceSum', [])).toEqual({ ...all, values: [-2, -1, 0, 1, 2, 3] })
  })

  it('reshapes to sizes of 0, of which each means 0', async () => {
    const reshaped = (from: readonly number[], to: readonly number[]) =>
      result(opset, from, (builder, x) => builder.reshape(x, to))
    expect(await reshaped([3, 0], [0, 7])).toEqual({ dims: [0, 7], values: [] })
    expect(await reshaped([0, 3], [0, 3, 1])).toEqual({ dims: [0, 3, 1], values: [] })
    expect((await reshaped([1, 1], [])).dims).toEqual([])
  })

  it('splits', async () => {
    const last = (sizes: readonly number[]) =>
      result(opset, [2, 3], (builder, x) => builder.split(x, sizes, -1).at(-1) ?? x)
    expect(await last([1, 2])).toEqual({ dims: [2, 2], values: [-1, 0, 2, 3] })
    expect((await last([3])).dims).toEqual([2, 3])
  })

  it.runIf(opset >= 17)('transforms', async () => {
    const options = { axis: 1, length: 4, onesided: true }
    const { dims, values } = await result(opset, [1, 2, 1], (builder, x) => builder.dft(x, options))
    // Of -2, -1, 0, 0.
    expect(dims).toEqual([1, 3, 2])
    expect(values.map((each) => each + 0)).toEqual([-3, 0, -2, 1, -1, 0])
  })
})

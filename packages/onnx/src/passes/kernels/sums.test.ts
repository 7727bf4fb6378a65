// Sums over the leading axes go over longer rows, and keep their values but for rounding.
import { describe, expect, it } from 'vitest'
import type { GraphBuilder } from '../../builder/builder.js'
import type { DataType } from '../../types.js'
import { attr, type Value } from '../../builder/value.js'
import { expectSame, graphOf, operators, ROUNDING, withBatch } from '../harness.test.js'
import { fuseKernels } from './fuse.js'

const sum = (b: GraphBuilder, x: Value, axes = [0, 1, 2]) => b.reduce('ReduceSum', x, axes)

/** The sum in another type. */
const sumAs = (dataType: DataType) => (b: GraphBuilder, x: Value) =>
  b.cast(sum(b, b.cast(x, dataType)), 'float32')

describe('wideSum', () => {
  it.each([
    ['all axes but the last', [4, 8, 16, 20], [0, 1, 2], [64, 8, 20].join()],
    ['axes in another order, from the back', [4, 8, 16, 20], [-2, 0, 1], [64, 8, 20].join()],
    ['fewer values than a long row has', [2, 3, 5], [0, 1], [6, 1, 5].join()],
    ['rows of 255', [3, 5, 255], [0, 1], [5, 3, 255].join()],
    ['one channel', [10, 100, 1], [0, 1], [1000, 1, 1].join()],
  ])('sums up over %s', async (_, dims, axes, wanted) => {
    const graph = graphOf(dims, (b, x) => sum(b, x, axes))
    const after = fuseKernels(graph)
    expect(operators(after)).toBe('Reshape ReduceSum Reshape ReduceSum')
    const [wide, , parts] = after.values.map((value) => value.dims ?? [])
    const rows = Number(wide?.[0])
    expect([parts?.[0], rows, parts?.[1]].join()).toBe(wanted)
    await expectSame(graph, after, ROUNDING)
  })

  it.each([
    ['a last axis of 256', [4, 8, 256], (b, x) => sum(b, x, [0, 1])],
    ['two axes', [64, 20], (b, x) => sum(b, x, [0])],
    ['axes that are not all leading', [4, 8, 16, 20], (b, x) => sum(b, x, [0, 2])],
    ['the last axis among them', [4, 8, 20], (b, x) => sum(b, x, [0, 2])],
    ['all axes', [4, 8, 20], (b, x) => sum(b, x)],
    ['axes that are kept', [4, 8, 20], (b, x) => b.reduce('ReduceSum', x, [0, 1], true)],
    ['rows that no number divides', [1, 1009, 20], (b, x) => sum(b, x, [0, 1])],
    ['no values', [2, 3, 0], (b, x) => sum(b, x, [0, 1])],
    ['integers', [4, 8, 16, 20], sumAs('int32')],
    ['float64', [4, 8, 16, 20], sumAs('float64')],
    ['means', [4, 8, 16, 20], (b, x) => b.reduce('ReduceMean', x, [0, 1, 2])],
    [
      'axes that are computed',
      [4, 8, 20],
      (b, x) => {
        const axes = b.input('axes', { dataType: 'int64', dims: [2] })
        const attributes = { keepdims: attr.int(0) }
        const call = { opType: 'ReduceSum', inputs: [x, axes], attributes }
        return b.typedNodes(call, [{ dataType: 'float32', dims: [20] }])[0] ?? x
      },
    ],
  ] as const satisfies [string, readonly number[], (b: GraphBuilder, x: Value) => Value][])(
    'leaves %s',
    (_, dims, body) => {
      const graph = graphOf(dims, body)
      expect(fuseKernels(graph)).toBe(graph)
    },
  )

  it('leaves sizes that are not known', () => {
    const graph = withBatch(graphOf([4, 8, 20], (b, x) => sum(b, x, [0, 1])))
    expect(fuseKernels(graph)).toBe(graph)
  })
})

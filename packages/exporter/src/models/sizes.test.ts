// Graph models that compute amounts from the shape of their input, as TensorFlow writes them.
import { beforeAll, describe, expect, it } from 'vitest'
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { loadGraphModel } from '@tensorflow/tfjs-converter'
import { nodeBackend } from '@anyvae/runtime-node'
import { exportOnnx } from '../index.js'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

interface NodeDef {
  readonly name: string
  readonly op: string
  readonly input?: readonly string[]
  readonly attr?: Readonly<Record<string, unknown>>
}

const INT = { type: 'DT_INT32' }
const FLOAT = { type: 'DT_FLOAT' }

/** Constants by name; a list of one is a scalar. */
const CONSTANTS = {
  two: [2],
  three: [3],
  zero: [0],
  axis: [0],
  least: [1],
  most: [1000],
  first: [0, 0],
  axes: [0, 1],
} as const

/** Pads the rows of x, [rows, 4], by `amount` of its shape in front. */
function model(amount: readonly NodeDef[], rows: number) {
  const dim = [rows, 4].map((size) => ({ size: String(size) }))
  const read = new Set(['zero', 'axis', 'first', ...amount.flatMap(({ input = [] }) => input)])
  const used = Object.entries(CONSTANTS).filter(([name]) => read.has(name))
  const constants = used.map(([name]) => ({ name, op: 'Const', attr: { dtype: INT } }))
  const node: NodeDef[] = [
    { name: 'x', op: 'Placeholder', attr: { dtype: FLOAT, shape: { shape: { dim } } } },
    ...constants,
    { name: 'shape', op: 'Shape', input: ['x'], attr: { out_type: INT } },
    {
      name: 'rows',
      op: 'GatherV2',
      input: ['shape', 'zero', 'axis'],
      attr: { Tindices: INT, Tparams: INT, Taxis: INT },
    },
    ...amount,
    {
      name: 'top',
      op: 'Pack',
      input: ['amount', 'zero'],
      attr: { N: { i: '2' }, axis: { i: '0' } },
    },
    {
      name: 'pads',
      op: 'Pack',
      input: ['top', 'first'],
      attr: { N: { i: '2' }, axis: { i: '0' } },
    },
    { name: 'y', op: 'Pad', input: ['x', 'pads'], attr: { T: FLOAT, Tpaddings: INT } },
  ]
  const numbers = used.flatMap(([, values]) => [...values])
  const weightSpecs = used.map(([name, values]) => ({
    name,
    shape: values.length === 1 ? [] : [values.length],
    dtype: 'int32' as const,
  }))
  return loadGraphModel(
    tf.io.fromMemory({
      format: 'graph-model',
      modelTopology: { node, versions: { producer: 1395 } },
      weightSpecs,
      weightData: Int32Array.from(numbers).buffer,
    }),
  )
}

const node = (op: string, input: readonly string[], rest: Partial<NodeDef> = {}): NodeDef => ({
  ...{ name: 'amount', op, input, attr: { T: INT } },
  ...rest,
})
const cast = (input: string, name: string, to: object) =>
  node('Cast', [input], { name, attr: { DstT: to } })

const AMOUNTS: Readonly<Record<string, readonly NodeDef[]>> = {
  FloorDiv: [node('FloorDiv', ['rows', 'two'])],
  Prod: [node('Prod', ['shape', 'axis'], { attr: { keep_dims: { b: false } } })],
  Mean: [
    cast('shape', 'real', FLOAT),
    node('Mean', ['real', 'axis'], { name: 'mean', attr: { keep_dims: { b: false } } }),
    cast('mean', 'amount', INT),
  ],
  'Ceil and Cast': [
    cast('rows', 'real', FLOAT),
    cast('three', 'third', FLOAT),
    node('RealDiv', ['real', 'third'], { name: 'part' }),
    node('Ceil', ['part'], { name: 'up' }),
    cast('up', 'amount', INT),
  ],
  'Maximum and FloorMod': [
    node('FloorMod', ['rows', 'three'], { name: 'rest' }),
    node('Maximum', ['rest', 'least']),
  ],
  ClipByValue: [
    node('FloorDiv', ['rows', 'two'], { name: 'half' }),
    node('ClipByValue', ['half', 'zero', 'most']),
  ],
}

describe('graph models that pad by amounts of their shape', () => {
  const cases = Object.entries(AMOUNTS).flatMap(([name, amount]) =>
    [7, -1].map((rows) => [name, rows, amount] as const),
  )
  it.each(cases)('follow from it through %s, of %i rows', async (_, rows, amount) => {
    const saved = await model(amount, rows)
    const { bytes } = await exportOnnx(saved)
    const session = await nodeBackend.createSession(bytes)
    for (const size of rows === -1 ? [5, 8, 23] : [rows]) {
      const x = tf.reshape(tf.range(0, size * 4), [size, 4])
      const wanted = saved.execute({ x }, 'y') as tf.Tensor
      const results = await session.run({
        x: { type: 'float32', dims: x.shape, data: x.dataSync<'float32'>() },
      })
      expect(results['y']?.dims).toEqual(wanted.shape)
      expect(Array.from((results['y']?.data ?? []) as Float32Array)).toEqual(
        Array.from(wanted.dataSync()),
      )
    }
    await session.release()
  })

  it('names the node that reads what depends on values', async () => {
    const saved = await model(
      [
        node('Sum', ['x', 'axes'], { name: 'total', attr: { keep_dims: { b: false } } }),
        cast('total', 'amount', INT),
      ],
      7,
    )
    await expect(exportOnnx(saved)).rejects.toThrow(/depends on the values of x.*node y/)
  })
})

// Tensors from outside a function, several of which may share their data.
import { beforeAll, describe, expect, it } from 'vitest'
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { nodeBackend } from '@anyvae/runtime-node'
import { exportOnnx, type ExportedModel } from './index.js'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

const SIZES = [3, 3]
const DATA = Float32Array.from({ length: 9 }, (_, i) => i / 2 - 1)

async function valuesOf({ bytes, outputs }: ExportedModel): Promise<number[][]> {
  const session = await nodeBackend.createSession(bytes)
  try {
    const results = await session.run({ x: { type: 'float32', dims: SIZES, data: DATA } })
    return outputs.map(({ name }) => Array.from(results[name]?.data ?? [], Number))
  } finally {
    await session.release()
  }
}

/** One use of a captured tensor. */
type Use = (x: tf.Tensor) => tf.Tensor

const row = () => tf.tensor1d([1, 2, 3])
const whole = () => tf.tensor1d([1, 2, 0], 'int32')

const PAIRS: Record<string, () => [Use, Use]> = {
  'a tensor and its reshape': () => {
    const p = row()
    const column = tf.reshape(p, [3, 1])
    return [(x) => tf.add(x, p), (x) => tf.add(x, column)]
  },
  'whole numbers and their cast': () => {
    const i = whole()
    const f = tf.cast(i, 'float32')
    return [(x) => tf.gather(x, i), (x) => tf.add(x, tf.div(f, 2))]
  },
  'truth values and their cast': () => {
    const b = tf.tensor1d([true, false, true], 'bool')
    const f = tf.cast(b, 'float32')
    return [(x) => tf.where(b, x, tf.neg(x)), (x) => tf.mul(x, f)]
  },
  'a tensor and its clone': () => {
    const p = row()
    const same = tf.clone(p)
    return [(x) => tf.add(x, p), (x) => tf.mul(x, same)]
  },
  'a variable and what it was made of': () => {
    const p = row()
    const v = tf.variable(tf.reshape(p, [3, 1]), true)
    return [(x) => tf.add(x, v), (x) => tf.mul(x, p)]
  },
}

describe('captured tensors that share their data', () => {
  const cases = Object.entries(PAIRS).flatMap(([name, uses]) => [
    [name, uses] as const,
    [`${name}, the other way round`, () => uses().toReversed()] as const,
  ])
  it.each(cases)('%s', async (_, make) => {
    const uses = make()
    const model = await exportOnnx(({ x }) => uses.map((use) => use(x)), { x: SIZES })
    const wanted = uses.map((use) => [...use(tf.tensor(DATA, SIZES)).dataSync()])
    expect(await valuesOf(model)).toEqual(wanted)
  })

  it('are written once where they are the same in type and shape', async () => {
    const p = row()
    const same = tf.clone(p)
    const { model } = await exportOnnx(({ x }) => tf.mul(tf.add(x, p), same), { x: SIZES })
    expect(model.graph.initializers.map(({ dims }) => dims)).toEqual([[3]])
  })
})

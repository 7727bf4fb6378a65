import { beforeAll, describe, expect, it } from 'vitest'
import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-layers'
import * as tf from '@tensorflow/tfjs-core'
import { decodeModel } from '@anyvae/onnx'
import { nodeBackend } from '@anyvae/runtime-node'
import { exportOnnx } from '../index.js'

type Fn = (x: tf.Tensor4D) => tf.Tensor

const DIMS = [2, 6, 4, 3] as const

async function exported(fn: Fn, assumeFinite: boolean) {
  const { bytes } = await exportOnnx(({ x }) => fn(x), { x: DIMS }, { assumeFinite })
  return { bytes, opTypes: decodeModel(bytes).graph.nodes.map((node) => node.opType) }
}

async function run(bytes: Uint8Array, values: Float32Array): Promise<number[]> {
  const session = await nodeBackend.createSession(bytes)
  const { output } = await session.run({ x: { type: 'float32', dims: [...DIMS], data: values } })
  await session.release()
  return Array.from<number | bigint>(output?.data ?? []).map(Number)
}

const finite = Float32Array.from(
  { length: 144 },
  (_, i) => [0, -0, 0.5, -1.5, 3e6, -2e9, 1, -1, 7, 1e-30][(i * 7) % 10] ?? 0,
)

beforeAll(async () => {
  await tf.setBackend('cpu')
})

describe('assumeFinite', () => {
  it.each([
    ['max', (x) => tf.max(x, 1), ['ReduceMax']],
    ['min', (x) => tf.min(x), ['ReduceMin']],
    ['sign', (x) => tf.sign(x), ['Sign']],
    ['cast', (x) => tf.cast(x, 'int32'), ['Cast']],
    ['pow', (x) => tf.pow(tf.abs(x), tf.clipByValue(x, 0, 2)), ['Abs', 'Clip', 'Pow']],
    ['maxPool', (x) => tf.maxPool(x, 2, 2, 'same'), ['Transpose', 'MaxPool', 'Transpose']],
    [
      'gradient of maxPool',
      (x) => tf.grad((y) => tf.maxPool(y as tf.Tensor4D, 2, 2, 'valid'))(x),
      ['Transpose', 'MaxPool', 'MaxUnpool', 'Transpose'],
    ],
  ] as const satisfies [string, Fn, string[]][])(
    'writes %s in few nodes that give the same',
    async (_, fn, wanted) => {
      const [exact, short] = [await exported(fn, false), await exported(fn, true)]
      expect(short.opTypes).toEqual(wanted)
      expect(exact.opTypes.length).toBeGreaterThan(wanted.length)
      expect(await run(short.bytes, finite)).toEqual(await run(exact.bytes, finite))
      expect(await run(exact.bytes, finite)).toEqual(
        Array.from(await fn(tf.tensor4d(finite, [...DIMS])).data()),
      )
    },
  )

  it.each([
    ['max', (x) => tf.max(x, 1)],
    ['min', (x) => tf.min(x, [2, 3])],
    ['maxPool', (x) => tf.maxPool(x, 2, 2, 'valid')],
    ['sign', (x) => tf.sign(x)],
    ['cast', (x) => tf.cast(x, 'int32')],
  ] as const satisfies [string, Fn][])(
    'is off unless asked for: %s of NaN and infinities is as in TensorFlow.js',
    async (_, fn) => {
      const odd = finite.map((value, i) => [NaN, Infinity, -Infinity][i % 11] ?? value)
      const { bytes } = await exportOnnx(({ x }) => fn(x), { x: DIMS })
      const wanted = Array.from(await fn(tf.tensor4d(odd, [...DIMS])).data())
      expect(await run(bytes, odd)).toEqual(wanted)
    },
  )
})

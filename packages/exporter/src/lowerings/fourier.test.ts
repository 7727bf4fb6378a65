import { beforeAll, expect, it } from 'vitest'
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { createModel, encodeModel } from '@anyvae/onnx'
import { nodeBackend } from '@anyvae/runtime-node'
import { traceGraph } from '../index.js'

const transforms = { fft: tf.fft, ifft: tf.ifft }

function parts(name: keyof typeof transforms, a: tf.Tensor, b: tf.Tensor) {
  const result = transforms[name](tf.complex(a, b))
  return { real: tf.real(result), imaginary: tf.imag(result) }
}

beforeAll(async () => {
  await tf.setBackend('cpu')
})

const table = [13, 17, 20].flatMap((opset) =>
  [1, 6, 8, 100].flatMap((size) =>
    (['fft', 'ifft'] as const).map((name) => [name, size, opset] as const),
  ),
)

it.each(table)('%s of %i numbers in operator set %i', async (name, size, opset) => {
  const dims = [3, size]
  const graph = traceGraph(({ a, b }) => parts(name, a as tf.Tensor, b as tf.Tensor), {
    opset,
    inputs: { a: { dims: ['batch', size] }, b: { dims: ['batch', size] } },
    outputs: ['real', 'imaginary'],
  })
  const [a, b] = [Math.sin, Math.cos].map((make) =>
    Float32Array.from({ length: 3 * size }, (_, i) => make(i * i)),
  )
  const data = { a: a ?? new Float32Array(), b: b ?? new Float32Array() }
  const session = await nodeBackend.createSession(encodeModel(createModel(graph, { opset })))
  const results = await session.run({
    a: { type: 'float32', dims, data: data.a },
    b: { type: 'float32', dims, data: data.b },
  })
  await session.release()
  const expected = parts(name, tf.tensor(data.a, dims), tf.tensor(data.b, dims))
  for (const part of ['real', 'imaginary'] as const) {
    const wanted = await expected[part].data()
    const got = Array.from(results[part]?.data ?? [], Number)
    expect(got.length).toBe(wanted.length)
    expect(Math.max(...got.map((value, i) => Math.abs(value - (wanted[i] ?? NaN))))).toBeLessThan(
      1e-4,
    )
  }
})

import { beforeAll, describe, expect, it } from 'vitest'
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { type Initializer, numbersOf } from '@anyvae/onnx'
import type { TensorValue } from '@anyvae/runtime'
import { nodeBackend } from '@anyvae/runtime-node'
import { modelCases } from './testing/models/index.js'
import { modelData } from './testing/models/model-case.js'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

function feed(tensor: Initializer): TensorValue {
  const { dataType, dims } = tensor
  const numbers = numbersOf(tensor)
  return dataType === 'int32'
    ? { type: 'int32', dims, data: Int32Array.from(numbers) }
    : { type: 'float32', dims, data: Float32Array.from(numbers) }
}

describe('whole models give what TensorFlow.js gives', () => {
  it.each(modelCases.map((each) => [each.name, each] as const))('%s', async (_, modelCase) => {
    const { exported, sets } = await modelData(modelCase)
    const session = await nodeBackend.createSession(exported.bytes)
    for (const { inputs, outputs } of sets) {
      const results = await session.run(
        Object.fromEntries(inputs.map((tensor) => [tensor.name, feed(tensor)])),
      )
      for (const wanted of outputs) {
        const got = results[wanted.name]
        expect(got?.dims).toEqual(wanted.dims)
        const data = Array.from<number | bigint>(got?.data ?? []).map(Number)
        const differences = numbersOf(wanted).map((value, i) => Math.abs(value - (data[i] ?? NaN)))
        expect(Math.max(...differences)).toBeLessThanOrEqual(1e-4)
      }
    }
    await session.release()
  })
})

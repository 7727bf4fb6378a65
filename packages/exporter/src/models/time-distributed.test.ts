// Layers over the elements of a sequence become one call, at any length, and give what TensorFlow.js gives.
import { beforeAll, describe, expect, it } from 'vitest'
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { nodeBackend } from '@anyvae/runtime-node'
import { exportOnnx } from '../index.js'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

const { layers } = tfl
const bias = { biasInitializer: 'randomNormal' } as const

function modelOf(...list: tfl.layers.Layer[]): tfl.Sequential {
  const model = tfl.sequential({ name: 'frames' })
  list.forEach((each) => model.add(each))
  return model
}

/** The operators of the graph, after it gave what TensorFlow.js gives for inputs of these shapes. */
async function compared(model: tfl.LayersModel, shapes: readonly number[][]): Promise<string[]> {
  const exported = await exportOnnx(model)
  const session = await nodeBackend.createSession(exported.bytes)
  for (const dims of shapes) {
    const x = tf.randomNormal(dims)
    const wanted = model.predict(x) as tf.Tensor
    const data = x.dataSync<'float32'>()
    const [input] = exported.inputs
    const results = await session.run({ [input?.name ?? '']: { type: 'float32', dims, data } })
    const got = results[exported.outputs[0]?.name ?? '']
    expect(got?.dims).toEqual(wanted.shape)
    const numbers = Array.from<number | bigint>(got?.data ?? []).map(Number)
    const differences = [...wanted.dataSync()].map((value, i) =>
      Math.abs(value - (numbers[i] ?? NaN)),
    )
    expect(Math.max(...differences)).toBeLessThanOrEqual(1e-5)
  }
  await session.release()
  return exported.model.graph.nodes.map(({ opType }) => opType)
}

/** A layer that looks at the whole batch. */
class Centre extends tfl.layers.Layer {
  static readonly className = 'Centre'
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const [x = tf.scalar(0)] = [inputs].flat()
    return tf.sub(x, tf.mean(x, 0, true))
  }
}

describe('exportOnnx of TimeDistributed', () => {
  it.each([[[100, 6]], [[null, 6]]])('calls a dense layer once over %j', async (inputShape) => {
    const layer = layers.dense({ units: 5, activation: 'relu', ...bias })
    const model = modelOf(layers.timeDistributed({ inputShape, layer }))
    const time = inputShape[0] === null ? [1, 7] : [100]
    const operators = await compared(
      model,
      time.map((length) => [3, length, 6]),
    )
    expect(operators.filter((each) => ['Gemm', 'MatMul'].includes(each))).toHaveLength(1)
    expect(operators.length).toBeLessThanOrEqual(10)
  })

  it('calls convolutions and models within it once, at any length', async () => {
    const inner = modelOf(
      layers.conv2d({
        inputShape: [8, 8, 2],
        filters: 3,
        kernelSize: 3,
        activation: 'relu',
        ...bias,
      }),
      layers.batchNormalization({ movingMeanInitializer: 'randomNormal' }),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.flatten(),
    )
    const frames = { inputShape: [null, 8, 8, 2] }
    const model = modelOf(
      layers.timeDistributed({ ...frames, layer: inner }),
      layers.timeDistributed({ layer: layers.dense({ units: 2, ...bias }) }),
    )
    const operators = await compared(model, [
      [1, 1, 8, 8, 2],
      [2, 5, 8, 8, 2],
    ])
    expect(operators.filter((each) => each === 'Conv')).toHaveLength(1)
  })

  it('calls what looks at the whole batch for each element', async () => {
    const layer = new Centre({})
    const model = modelOf(layers.timeDistributed({ inputShape: [4, 3], layer }))
    const operators = await compared(model, [[3, 4, 3]])
    expect(operators.filter((each) => each === 'ReduceMean')).toHaveLength(4)
  })

  it('calls a recurrent layer for each element', async () => {
    const layer = layers.simpleRNN({ units: 2, recurrentInitializer: 'glorotUniform', ...bias })
    await compared(modelOf(layers.timeDistributed({ inputShape: [3, 4, 2], layer })), [
      [2, 3, 4, 2],
    ])
  })
})

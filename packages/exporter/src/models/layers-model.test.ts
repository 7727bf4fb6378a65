import { beforeAll, describe, expect, it } from 'vitest'
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { printGraph } from '@anyvae/onnx'
import { exportOnnx, type ExportOptions } from '../index.js'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

describe('exportOnnx of layers models', () => {
  const dense = () => {
    const model = tfl.sequential({ name: 'small' })
    model.add(tfl.layers.dense({ units: 2, inputShape: [3], name: 'hidden' }))
    return model
  }

  it('takes the model as it is and gives it back unchanged', async () => {
    const model = dense()
    const before = (model.predict(tf.ones([1, 3])) as tf.Tensor).dataSync()
    const { model: made } = await exportOnnx(model, undefined, { outputs: ['codes'] })
    expect(printGraph(made.graph).replace(/ = \{.*/g, '')).toMatchInlineSnapshot(`
      "graph small(hidden_input: float32[batch, 3]) -> (codes: float32[batch, 2]) {
        hidden_kernel: float32[3, 2]
        hidden_bias: float32[2]
        [hidden_Gemm] codes: float32[batch, 2] = Gemm(hidden_input, hidden_kernel, hidden_bias)
      }"
    `)
    expect((model.predict(tf.ones([1, 3])) as tf.Tensor).dataSync()).toEqual(before)
    expect(Object.hasOwn(model.layers[0] ?? {}, 'call')).toBe(false)
  })

  it('takes a fixed batch, and refuses inputs that do not fit', async () => {
    const { inputs } = await exportOnnx(dense(), { hidden_input: [7, 3] })
    expect(inputs[0]?.dims).toEqual([7, 3])
    await expect(exportOnnx(dense(), { image: [7, 3] })).rejects.toThrow(
      /small: unknown input, got image, expected hidden_input/,
    )
    await expect(exportOnnx(dense(), { hidden_input: ['batch', 4] })).rejects.toThrow(
      /input hidden_input does not fit, got \[batch, 4\], expected \[batch, 3\]/,
    )
    await expect(exportOnnx(dense(), undefined, { outputs: ['a', 'b'] })).rejects.toThrow(
      /wrong number of output names, got 2, expected 1 for hidden/,
    )
  })

  it('refuses same padding with strides at any size, and says what to do', async () => {
    const image = tfl.input({ shape: [null, 9, 1] })
    const layer = tfl.layers.conv2d({ filters: 1, kernelSize: 3, strides: 2, padding: 'same' })
    const model = tfl.model({ inputs: image, outputs: layer.apply(image) as tfl.SymbolicTensor })
    await expect(exportOnnx(model)).rejects.toThrow(/attribute pads .* height = 13 .*multiples/)
  })

  it('says how sizes of two inputs become the same', async () => {
    const shape = [null, null, 3]
    const images = ['a', 'b'].map((name) => tfl.input({ shape, name }))
    const joined = tfl.layers.concatenate().apply(images) as tfl.SymbolicTensor
    const model = tfl.model({ inputs: images, outputs: joined, name: 'pair' })
    const dims = ['batch', 'height', 'width', 3]
    await expect(exportOnnx(model)).rejects.toThrow(
      /pair: .*a_height.*; inputs that must be of equal sizes need equal names \({ a: \['batch', 'height', 'width', 3\], b: \['batch', 'height', 'width', 3\] }\)$/,
    )
    const { outputs } = await exportOnnx(model, { a: dims, b: dims })
    expect(outputs[0]?.dims).toEqual(['batch', 'height', 'width', 6])
  })

  it('refuses layers that keep state, and models without a shape', async () => {
    const stateful = tfl.sequential({ name: 'stateful' })
    const recurrentInitializer = 'zeros'
    stateful.add(
      tfl.layers.simpleRNN({
        units: 2,
        batchInputShape: [1, 3, 2],
        stateful: true,
        name: 'rnn',
        recurrentInitializer,
      }),
    )
    await expect(exportOnnx(stateful)).rejects.toThrow(/^rnn: the layer is stateful/)
    const open = tfl.sequential({ name: 'open' })
    await expect(exportOnnx(open)).rejects.toThrow(/^open: the model has no inputs yet/)
  })

  it('gives an output that the model lists twice under two names', async () => {
    const x = tfl.input({ shape: [3], name: 'x' })
    const y = tfl.layers.dense({ units: 2, name: 'y' }).apply(x) as tfl.SymbolicTensor
    const model = tfl.model({ inputs: x, outputs: [y, x, y], name: 'twice' })
    const { model: made } = await exportOnnx(model)
    expect(made.graph.outputs.map(({ name }) => name)).toEqual(['y', 'x_1', 'y_1'])
    const types = made.graph.nodes.map(({ opType }) => opType)
    expect(types.toSorted()).toEqual(['Gemm', 'Identity', 'Identity'])
  })

  it('opens sizes that the model fixes where asked', async () => {
    const model = tfl.sequential({ name: 'filter' })
    const conv = { filters: 2, kernelSize: 3, padding: 'same', name: 'conv' } as const
    model.add(tfl.layers.conv2d({ ...conv, inputShape: [8, 8, 1] }))
    const { inputs, outputs } = await exportOnnx(model, undefined, {
      symbolic: ['height', 'width'],
    })
    expect(inputs[0]?.dims).toEqual(['batch', 'height', 'width', 1])
    expect(outputs[0]?.dims).toEqual(['batch', 'height', 'width', 2])
    await expect(exportOnnx(model, undefined, { symbolic: ['depth'] })).rejects.toThrow(
      /no input has such a size, got depth, expected batch, height, width, channels/,
    )
    await expect(exportOnnx(({ x }) => x, { x: [1] }, { symbolic: ['depth'] })).rejects.toThrow(
      /for a function, expected them in its inputs/,
    )
  })

  it('writes a recurrent layer as one Scan, or step by step where asked', async () => {
    const model = tfl.sequential({ name: 'text' })
    const recurrentInitializer = 'zeros'
    model.add(tfl.layers.gru({ units: 2, inputShape: [6, 3], name: 'gru', recurrentInitializer }))
    const types = async (options: ExportOptions) => {
      const { nodes } = (await exportOnnx(model, undefined, options)).model.graph
      return nodes.map(({ opType }) => opType)
    }
    expect(await types({})).toContain('Scan')
    const unrolled = await types({ unroll: true })
    expect(unrolled).not.toContain('Scan')
    expect(unrolled.filter((opType) => opType === 'Tanh')).toHaveLength(6)
  })

  it('writes a layer whose states go in and out once, and step by step where asked', async () => {
    const x = tfl.input({ shape: [3, 2], name: 'x' })
    const initialState = ['h', 'c'].map((name) => tfl.input({ shape: [4], name }))
    const lstm = tfl.layers.lstm({ units: 4, returnState: true, recurrentInitializer: 'zeros' })
    const outputs = lstm.apply(x, { initialState }) as tfl.SymbolicTensor[]
    const model = tfl.model({ inputs: [x, ...initialState], outputs })
    const types = async (options: ExportOptions) => {
      const { nodes } = (await exportOnnx(model, undefined, options)).model.graph
      return nodes.map(({ opType }) => opType)
    }
    expect((await types({})).filter((opType) => opType === 'Scan')).toHaveLength(1)
    expect(await types({ unroll: true })).not.toContain('Scan')
    expect(Object.hasOwn(lstm, 'apply')).toBe(false)
  })

  it('names the layer that cannot be written', async () => {
    class Random extends tfl.layers.Layer {
      static readonly className = 'Random'
      override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
        const [x] = [inputs].flat()
        return tf.add(x ?? 0, tf.randomUniform([3]))
      }
    }
    const model = tfl.sequential()
    model.add(new Random({ inputShape: [3], name: 'noisy' }))
    await expect(exportOnnx(model)).rejects.toThrow(
      /randomUniform.*\(layer noisy, randomUniform at .*layers-model.test.ts/,
    )
  })
})

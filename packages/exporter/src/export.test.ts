import { beforeAll, describe, expect, it, vi } from 'vitest'
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { externalFiles, printGraph } from '@anyvae/onnx'
import { nodeBackend } from '@anyvae/runtime-node'
import { exportOnnx, type ExportOptions, TraceError, type TensorResult } from './index.js'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

const floats = (...dims: number[]) => {
  const count = dims.reduce((product, size) => product * size, 1)
  const data = Float32Array.from({ length: count }, (_, i) => ((i * 7) % 11) / 4 - 1)
  return { type: 'float32', dims, data } as const
}

describe('exportOnnx of a function', () => {
  it('takes names and types from the inputs and the record that the function gives', async () => {
    const { model, bytes, inputs, outputs, nodes } = await exportOnnx(
      ({ image, bias }) => ({ classes: tf.softmax(tf.add(tf.matMul(image, image), bias)) }),
      { image: ['batch', 'batch'], bias: { dims: [1] } },
      { name: 'squares', doc: 'Squares.', opset: 13, metadata: { author: 'nobody' } },
    )
    expect(inputs.map(({ name, dims }) => [name, dims])).toEqual([
      ['image', ['batch', 'batch']],
      ['bias', [1]],
    ])
    expect(outputs.map(({ name }) => name)).toEqual(['classes'])
    expect(model).toMatchObject({
      irVersion: 7,
      opsets: { '': 13 },
      doc: 'Squares.',
      metadata: { author: 'nobody' },
    })
    expect(nodes).toEqual({ traced: 3, written: 2 })
    const session = await nodeBackend.createSession(bytes)
    const { classes } = await session.run({ image: floats(3, 3), bias: floats(1) })
    expect(classes?.dims).toEqual([3, 3])
  })

  it('writes half precision, and weights into a file beside the model', async () => {
    const kernel = tf.variable(tf.ones([32, 32]), true, 'w')
    const fn = ({ x }: { x: tf.Tensor2D }) => tf.matMul(x, kernel)
    const inputs = { x: ['batch', 32] } as const
    const whole = await exportOnnx(fn, inputs)
    expect(whole.data).toEqual([])
    const half = await exportOnnx(fn, inputs, { precision: 'float16' })
    expect(half.bytes.length).toBeLessThan(0.7 * whole.bytes.length)
    expect(half.inputs).toEqual(whole.inputs)
    const parts = await exportOnnx(fn, inputs, { externalAbove: 0, dataFile: 'weights.bin' })
    expect(parts.data.map(({ length }) => length)).toEqual([4096])
    expect(externalFiles(parts.bytes)).toEqual(['weights.bin'])
    kernel.dispose()
  })

  it('infers the rank of each input', async () => {
    await exportOnnx(
      ({ x, y }) => {
        const matrix: tf.Tensor2D = x
        const image: tf.Tensor4D = y
        // @ts-expect-error a matrix is no cube
        const cube: tf.Tensor3D = x
        return [matrix, image, cube].map((each) => tf.relu(each))
      },
      { x: ['batch', 3], y: { dims: ['batch', 2, 2, 1], dataType: 'float32' } },
    )
  })

  it.each<[string, (x: tf.Tensor) => TensorResult, readonly string[] | undefined, string[]]>([
    ['one tensor', (x) => tf.relu(x), undefined, ['output']],
    ['a list', (x) => [tf.relu(x), tf.neg(x)], undefined, ['output_0', 'output_1']],
    ['named results', (x) => [tf.relu(x), tf.neg(x)], ['a', 'b'], ['a', 'b']],
  ])('names the results of %s', async (_, fn, names, wanted) => {
    const options = names === undefined ? {} : { outputs: names }
    const { outputs } = await exportOnnx(({ x }) => fn(x), { x: ['batch', 3] }, options)
    expect(outputs.map(({ name }) => name)).toEqual(wanted)
  })

  it('keeps weights from outside by name, each once, uniform ones too', async () => {
    const kernel = tf.variable(tf.ones([3, 3]), true, 'dense/kernel')
    const table = tf.tensor1d([1, 2, 3])
    const { model } = await exportOnnx(
      ({ x }) => tf.add(tf.matMul(tf.matMul(x, kernel), kernel), table),
      { x: ['batch', 3] },
      { optimize: false },
    )
    expect(model.graph.initializers.map(({ name, dims }) => [name, dims])).toEqual([
      ['dense_kernel', [3, 3]],
      ['captured', [3]],
    ])
    kernel.dispose()
  })

  it('takes large constants that the function makes, and what follows from constants', async () => {
    const { model } = await exportOnnx(
      ({ x }) => {
        const table = tf.tensor1d(Array.from({ length: 40 }, (_, i) => Math.sin(i)))
        const [rows = 0] = tf.mul(tf.tensor1d([2, 5], 'int32'), 2).dataSync()
        return tf.reshape(tf.add(x, table), [-1, rows])
      },
      { x: ['batch', 40] },
    )
    expect(printGraph(model.graph)).toMatchInlineSnapshot(`
      "graph model(x: float32[batch, 40]) -> (output: float32[batch_times_10, 4]) {
        constant: float32[40]
        shape: int64[2] = {-1, 4}
        Add: float32[batch, 40] = Add(x, constant)
        [Reshape] output: float32[batch_times_10, 4] = Reshape(Add, shape)
      }"
    `)
  })

  it('computes with sizes that are multiples, and fails at others', async () => {
    const halved = ({ x }: { x: tf.Tensor4D }) =>
      tf.concat(
        [
          x,
          tf.image.resizeNearestNeighbor<tf.Tensor4D>(tf.maxPool(x, 2, 2, 'same'), [
            x.shape[1],
            x.shape[2],
          ]),
        ],
        3,
      )
    const { bytes } = await exportOnnx(
      halved,
      { x: ['batch', 'height', 'width', 1] },
      { multiples: { height: 2, width: 2 } },
    )
    const session = await nodeBackend.createSession(bytes)
    const { output } = await session.run({ x: floats(1, 4, 6, 1) })
    expect(output?.dims).toEqual([1, 4, 6, 2])
    await expect(session.run({ x: floats(1, 4, 7, 1) })).rejects.toThrow(/reshape/i)
  })
})

describe('exportOnnx of bad input', () => {
  const line = (text: string) => new RegExp(`${text}.*export\\.test\\.ts:\\d+:\\d+`)
  const kept: tf.Tensor[] = []
  const gone = tf.tensor1d([1])
  gone.dispose()
  it.each<[string, (x: tf.Tensor) => unknown, RegExp]>([
    [
      'reading values',
      (x) => (x.dataSync()[0] ? x : tf.neg(x)),
      line('reads the .*\\(dataSync at'),
    ],
    ['printing', (x) => (x.print(), x), line('reads the .*\\(print at')],
    ['waiting for values', async (x) => (await x.data(), x), line('reads the .*\\(data at')],
    ['an asynchronous function', async (x) => (await tf.nextFrame(), x), /returns a promise/],
    [
      'a mask of values',
      async (x) => tf.booleanMaskAsync(x, tf.greater(x, 0)),
      line('reads the .*\\(booleanMaskAsync at'),
    ],
    ['a kernel of values', (x) => tf.unique(x).values, line('^Unique: cannot be .*\\(unique at')],
    [
      'random numbers',
      (x) => tf.add(x, tf.randomNormal([4])),
      line('randomNormal.*\\(randomNormal'),
    ],
    ['dropout', (x) => tf.dropout(x, 0.5, undefined, 3), line('dropout.* at')],
    [
      'values of Math.random',
      (x) => tf.mul(x, Math.random()),
      line('differs from trace.*\\(mul at'),
    ],
    [
      'a mean of its own over the batch',
      (x) => tf.div(tf.sum(x), x.size),
      line('differs.*\\(div at'),
    ],
    [
      'a choice by the size',
      (x) => (x.shape[0] === 11 ? tf.neg(x) : tf.relu(x)),
      line('something else.*\\(neg at'),
    ],
    ['no result', () => undefined, /gives no tensors, got undefined/],
    ['a number', () => 3, /gives no tensors, got 3/],
    ['a number in a record', (x) => ({ x, y: 3 }), /got 3 as y/],
    ['nested results', (x) => [[x]], /got a list as output_0/],
    ['an empty record', () => ({}), /got nothing/],
    [
      'a tensor of an earlier call',
      (x) => (kept.push(tf.keep(tf.relu(x))), kept[0]),
      /earlier call/,
    ],
    ['a tensor that is gone', (x) => tf.mul(tf.add(x, gone), 2), line('disposed of.*\\(add at')],
    ['strings', (x) => (tf.tensor1d(['a']), x), line('got string')],
    ['a kernel of others', (x) => tf.engine().runKernel('Own', { x }), /^Own: this TensorFlow.js/],
    ['a size that it cannot take', (x) => tf.reshape(x, [-1, 3]), /fails at batch = \d+, got "/],
  ])('refuses %s', async (_, fn, message) => {
    const log = vi.spyOn(console, 'error').mockReturnValue()
    const attempt = exportOnnx(({ x }) => fn(x) as tf.Tensor, { x: ['batch', 4] })
    await expect(attempt).rejects.toThrow(TraceError)
    await expect(attempt).rejects.toThrow(message)
    await expect(attempt).rejects.not.toThrow(/\n/)
    log.mockRestore()
    expect(tf.getBackend()).toBe('cpu')
  })

  it.each<[string, object, object, RegExp]>([
    ['a name that is none', { 'my image': [3] }, {}, /expected one such as 'my_image'/],
    ['a shape that is none', { x: [-1] }, {}, /input x has no usable shape/],
    ['an output named like an input', { x: [3] }, { outputs: ['x'] }, /x/],
    ['two outputs of one name', { x: [3] }, { outputs: ['a', 'a'] }, /a/],
    [
      'an opset that is none',
      { x: [3] },
      { opset: 12 },
      /unknown opset, got 12, expected 13 to 21/,
    ],
    ['multiples that are none', { x: [3] }, { multiples: { batch: 0 } }, /multiples of batch/],
  ])('refuses %s', async (_, inputs, options, message) => {
    const fn = (tensors: Record<string, tf.Tensor>) => {
      const [x] = Object.values(tensors)
      return x ? [tf.relu(x), tf.neg(x)] : []
    }
    const attempt = exportOnnx(fn as never, inputs as Record<string, number[]>, options)
    await expect(attempt).rejects.toThrow(TraceError)
    await expect(attempt).rejects.toThrow(message)
  })

  it('refuses what is no function and no model', async () => {
    await expect(exportOnnx(3 as never)).rejects.toThrow(/got 3, expected a function of tensors/)
  })
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
      /randomUniform.*\(layer noisy, randomUniform at .*export.test.ts/,
    )
  })
})

// A model whose weights are in a file beside it, as those above 2 GB are.
import { createModel, encodeModelParts, GraphBuilder, tensorOf } from '@anyvae/onnx'

const floats = (count, from) => Float32Array.from({ length: count }, (_, i) => from + i)

/** The model at each opset, with its data file, an input and what it must give. */
export function* externalModels(opsets) {
  const kernel = floats(60, 0)
  const bias = floats(10, 5)
  const product = bias.map((value, i) => value + kernel[i] + kernel[50 + i])
  for (const opset of opsets) {
    const builder = new GraphBuilder(opset, ['y'])
    const x = builder.input('x', { dataType: 'float32', dims: [1, 6] })
    const weights = [
      builder.initializer('kernel', tensorOf('float32', [6, 10], kernel)),
      builder.initializer('bias', tensorOf('float32', [10], bias)),
    ]
    builder.output('y', builder.node('Gemm', [x, ...weights]))
    const { model, data } = encodeModelParts(createModel(builder.build('external'), { opset }), {
      dataFile: 'model.onnx.data',
      threshold: 1,
      limit: 0,
    })
    yield {
      path: ['external', `opset ${opset}`, 'model'],
      model,
      files: { 'model.onnx.data': Buffer.concat(data) },
      sets: [
        {
          inputs: [{ name: 'x', ...tensorOf('float32', [1, 6], [1, 0, 0, 0, 0, 1]) }],
          outputs: [{ name: 'y', ...tensorOf('float32', [1, 10], product) }],
        },
      ],
    }
  }
}

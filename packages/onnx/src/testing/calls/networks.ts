// Calls of operators of networks: windows, normalisation, recurrence and quantisation.
import { attr } from '../../builder/value.js'
import { f32, list, of, type OperatorExample, scalar } from './call.js'

const window = (kernel: readonly number[], stride = 1, pad = 0, dilation = 1) => ({
  kernel_shape: attr.ints(kernel),
  strides: attr.ints(kernel.map(() => stride)),
  pads: attr.ints([...kernel, ...kernel].map(() => pad)),
  dilations: attr.ints(kernel.map(() => dilation)),
})

const pool = (kernel: readonly number[], stride = 1, pad = 0) => {
  const { kernel_shape, strides, pads } = window(kernel, stride, pad)
  return { kernel_shape, strides, pads }
}

const ceil = { ceil_mode: attr.int(1) }

const weights = (gates: number, hidden: number, inputs: number, directions = 1) => [
  f32(directions, gates * hidden, inputs),
  f32(directions, gates * hidden, hidden),
]

const hidden = { hidden_size: attr.int(5) }
const both = { ...hidden, direction: attr.string('bidirectional') }

export const networks: readonly OperatorExample[] = [
  {
    opType: 'Conv',
    inputs: [f32(2, 3, 9), f32(4, 3, 3), f32(4)],
    attributes: window([3], 2, 1),
    outputs: [[2, 4, 5]],
  },
  {
    opType: 'Conv',
    inputs: [f32(2, 4, 9, 8), f32(6, 2, 3, 3)],
    attributes: { ...window([3, 3], 1, 0, 2), group: attr.int(2) },
    outputs: [[2, 6, 5, 4]],
  },
  {
    opType: 'Conv',
    inputs: [f32(0, 1, 5, 5, 5), f32(1, 1, 2, 2, 2)],
    attributes: window([2, 2, 2]),
    outputs: [[0, 1, 4, 4, 4]],
  },
  {
    opType: 'ConvTranspose',
    inputs: [f32(2, 4, 5, 5), f32(4, 3, 3, 3)],
    attributes: { ...window([3, 3], 2, 1), group: attr.int(2), output_padding: attr.ints([1, 0]) },
    outputs: [[2, 6, 10, 9]],
  },
  {
    opType: 'ConvInteger',
    inputs: [of('uint8', 1, 1, 3, 3), of('uint8', 1, 1, 2, 2)],
    attributes: window([2, 2]),
    outputs: [of('int32', 1, 1, 2, 2)],
  },
  {
    opType: 'DeformConv',
    inputs: [f32(1, 1, 3, 3), f32(1, 1, 2, 2), f32(1, 8, 2, 2)],
    attributes: window([2, 2]),
    outputs: [[1, 1, 2, 2]],
    opsets: [19, 21],
  },
  {
    opType: 'MaxPool',
    inputs: [f32(1, 2, 7, 7)],
    attributes: pool([3, 3], 2),
    outputs: [[1, 2, 3, 3]],
  },
  {
    opType: 'MaxPool',
    inputs: [f32(1, 2, 8, 8)],
    attributes: { ...window([3, 3], 2), ...ceil },
    outputs: [[1, 2, 4, 4], of('int64', 1, 2, 4, 4)],
  },
  {
    opType: 'MaxPool',
    inputs: [of('uint8', 1, 2, 9)],
    attributes: window([2], 1, 0, 3),
    outputs: [[1, 2, 6]],
  },
  {
    opType: 'AveragePool',
    inputs: [f32(1, 2, 4, 5, 6)],
    attributes: pool([2, 2, 2], 2, 1),
    outputs: [[1, 2, 3, 3, 4]],
  },
  {
    opType: 'AveragePool',
    inputs: [f32(1, 2, 9)],
    attributes: window([2], 1, 0, 2),
    outputs: [[1, 2, 7]],
    opsets: [19, 21],
  },
  {
    opType: 'LpPool',
    inputs: [f32(1, 2, 4, 5)],
    attributes: pool([2, 2], 2),
    outputs: [[1, 2, 2, 2]],
  },
  { opType: 'GlobalAveragePool', inputs: [f32(2, 3, 4, 5, 6)], outputs: [[2, 3, 1, 1, 1]] },
  { opType: 'GlobalMaxPool', inputs: [f32(2, 3, 4)], outputs: [[2, 3, 1]] },
  { opType: 'GlobalLpPool', inputs: [f32(2, 3, 4, 5)], outputs: [[2, 3, 1, 1]] },
  {
    opType: 'MaxUnpool',
    inputs: [f32(1, 1, 2, 2), of('int64', 1, 1, 2, 2)],
    attributes: { kernel_shape: attr.ints([2, 2]), strides: attr.ints([2, 2]) },
    outputs: [[1, 1, 4, 4]],
  },
  {
    opType: 'MaxUnpool',
    inputs: [f32(1, 1, 2, 2), of('int64', 1, 1, 2, 2), list(1, 1, 5, 5)],
    attributes: { kernel_shape: attr.ints([2, 2]), strides: attr.ints([2, 2]) },
    outputs: [[1, 1, 5, 5]],
  },
  {
    opType: 'BatchNormalization',
    inputs: [f32(2, 3, 4), f32(3), f32(3), f32(3), f32(3)],
    outputs: [[2, 3, 4]],
  },
  {
    opType: 'BatchNormalization',
    inputs: [f32(2, 3, 4), f32(3), f32(3), f32(3), f32(3)],
    attributes: { training_mode: attr.int(1) },
    outputs: [[2, 3, 4], [3], [3]],
    opsets: [14, 21],
  },
  { opType: 'InstanceNormalization', inputs: [f32(2, 3, 4), f32(3), f32(3)], outputs: [[2, 3, 4]] },
  {
    opType: 'GroupNormalization',
    inputs: [f32(2, 4, 5), f32(4), f32(4)],
    attributes: { num_groups: attr.int(2) },
    outputs: [[2, 4, 5]],
    opsets: [21, 21],
  },
  {
    opType: 'LayerNormalization',
    inputs: [f32(2, 3, 4), f32(4)],
    outputs: [
      [2, 3, 4],
      [2, 3, 1],
      [2, 3, 1],
    ],
    opsets: [17, 21],
  },
  {
    opType: 'MeanVarianceNormalization',
    inputs: [f32(2, 3, 4, 5)],
    attributes: { axes: attr.ints([0, 2, 3]) },
    outputs: [[2, 3, 4, 5]],
  },
  {
    opType: 'LRN',
    inputs: [f32(2, 3, 4, 5)],
    attributes: { size: attr.int(3) },
    outputs: [[2, 3, 4, 5]],
  },
  { opType: 'Dropout', inputs: [f32(2, 3)], outputs: [[2, 3], of('bool', 2, 3)] },
  {
    opType: 'LSTM',
    inputs: [f32(7, 2, 3), ...weights(4, 5, 3)],
    attributes: hidden,
    outputs: [
      [7, 1, 2, 5],
      [1, 2, 5],
      [1, 2, 5],
    ],
  },
  {
    opType: 'LSTM',
    inputs: [f32(2, 7, 3), ...weights(4, 5, 3)],
    attributes: { ...hidden, layout: attr.int(1) },
    outputs: [
      [2, 7, 1, 5],
      [2, 1, 5],
      [2, 1, 5],
    ],
    opsets: [14, 21],
  },
  {
    opType: 'GRU',
    inputs: [f32(7, 2, 3), ...weights(3, 5, 3, 2), f32(2, 30)],
    attributes: both,
    outputs: [
      [7, 2, 2, 5],
      [2, 2, 5],
    ],
  },
  {
    opType: 'RNN',
    inputs: [f32(7, 2, 3), ...weights(1, 5, 3)],
    attributes: hidden,
    outputs: [[7, 1, 2, 5]],
  },
  {
    opType: 'QuantizeLinear',
    inputs: [f32(2, 3), scalar('float32', 0.5)],
    outputs: [of('uint8', 2, 3)],
  },
  {
    opType: 'QuantizeLinear',
    inputs: [f32(2, 3), f32(3), of('int8', 3)],
    attributes: { axis: attr.int(1) },
    outputs: [of('int8', 2, 3)],
  },
  {
    opType: 'QuantizeLinear',
    inputs: [f32(2, 3), scalar('float32', 0.5)],
    attributes: { output_dtype: attr.int(5) },
    outputs: [of('int16', 2, 3)],
    opsets: [21, 21],
  },
  { opType: 'DequantizeLinear', inputs: [of('int8', 2, 3), f32()], outputs: [f32(2, 3)] },
  {
    opType: 'DequantizeLinear',
    inputs: [of('int8', 2, 3), of('float16')],
    outputs: [of('float16', 2, 3)],
    opsets: [19, 21],
  },
  {
    opType: 'DynamicQuantizeLinear',
    inputs: [f32(2, 3)],
    outputs: [of('uint8', 2, 3), f32(), of('uint8')],
  },
  {
    opType: 'QLinearMatMul',
    inputs: [
      of('uint8', 2, 3),
      f32(),
      of('uint8'),
      of('int8', 3, 4),
      f32(),
      of('int8'),
      f32(),
      of('uint8'),
    ],
    outputs: [of('uint8', 2, 4)],
  },
  {
    opType: 'QLinearConv',
    inputs: [
      of('uint8', 1, 1, 7, 7),
      f32(),
      of('uint8'),
      of('uint8', 1, 1, 1, 1),
      f32(),
      of('uint8'),
      f32(),
      of('uint8'),
    ],
    attributes: window([1, 1]),
    outputs: [of('uint8', 1, 1, 7, 7)],
  },
]

// Result types of normalisation, recurrent layers and quantisation.
import { dataTypeOfCode } from '../../data-types.js'
import {
  type Call,
  checkedAxis,
  type Inference,
  int,
  required,
  sizeOf,
  text,
  type ValueType,
} from '../value.js'
import { named, unary } from './elementwise.js'

/** In training, the running mean and variance too. */
const batchNormalization: Inference = (call) => {
  const { dims } = required(call, 3)
  const { dataType } = required(call, 3)
  return [...unary(call), { dataType, dims }, { dataType, dims }].slice(0, call.outputCount)
}

/** With mean and inverse deviation, whose normalised axes have size 1. */
const layerNormalization: Inference = (call) => {
  const { dims } = required(call, 0)
  const axis = checkedAxis(int(call, 'axis', -1), dims)
  const moment: ValueType = {
    dataType: 'float32',
    dims: dims.map((size, i) => (i < axis ? size : 1)),
  }
  return [...unary(call), moment, moment].slice(0, call.outputCount)
}

const dropout: Inference = (call) => {
  const { dims } = required(call, 0)
  const mask: ValueType = { dataType: 'bool', dims }
  return [...unary(call), mask].slice(0, call.outputCount)
}

/** All hidden states, the last one and, of an LSTM, the last cell state. */
const recurrent: Inference = (call) => {
  const { dataType, dims } = required(call, 0)
  const batchFirst = int(call, 'layout', 0) === 1
  const [first, second] = [sizeOf(dims, 0), sizeOf(dims, 1)]
  const [steps, batch] = batchFirst ? [second, first] : [first, second]
  const directions = text(call, 'direction', 'forward') === 'bidirectional' ? 2 : 1
  const hidden = int(call, 'hidden_size', sizeOf(required(call, 2).dims, -1))
  const all = batchFirst ? [batch, steps, directions, hidden] : [steps, directions, batch, hidden]
  const last = batchFirst ? [batch, directions, hidden] : [directions, batch, hidden]
  const types = [all, last, last].map((shape) => ({ dataType, dims: shape }))
  return types.slice(0, call.outputCount)
}

function quantizedType(call: Call): ValueType['dataType'] {
  const code = int(call, 'output_dtype', 0)
  return call.inputs[2]?.dataType ?? (code === 0 ? 'uint8' : dataTypeOfCode(code))
}

const quantize: Inference = (call) => [
  { dataType: quantizedType(call), dims: required(call, 0).dims },
]

const dequantize: Inference = (call) => [
  { dataType: required(call, 1).dataType, dims: required(call, 0).dims },
]

/** Values, their scale and zero point. */
const dynamicQuantize: Inference = (call) => [
  { dataType: 'uint8', dims: required(call, 0).dims },
  { dataType: 'float32', dims: [] },
  { dataType: 'uint8', dims: [] },
]

export const network: Readonly<Record<string, Inference>> = {
  ...named('InstanceNormalization GroupNormalization MeanVarianceNormalization LRN', unary),
  ...named('LSTM GRU RNN', recurrent),
  BatchNormalization: batchNormalization,
  DequantizeLinear: dequantize,
  Dropout: dropout,
  DynamicQuantizeLinear: dynamicQuantize,
  LayerNormalization: layerNormalization,
  QuantizeLinear: quantize,
}

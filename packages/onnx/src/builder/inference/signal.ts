// Result types of signal processing: Fourier transforms and windows.
import { dataTypeOfCode } from '../../data-types.js'
import { OnnxError } from '../../error.js'
import {
  type Call,
  checkedAxis,
  type Inference,
  int,
  required,
  requiredConstant,
  sizeOf,
} from '../value.js'
import { named } from './elementwise.js'

/** The axis is the third input since opset 20, and an attribute before. */
function dftAxis(call: Call): number {
  const given = call.inputs[2] ? requiredConstant(call, 2)[0] : undefined
  // It defaults to 1 before opset 20 and to -2 since: the same for [batch, length, 1 or 2] alone.
  if (given === undefined && !call.attributes['axis'] && required(call, 0).dims.length !== 3) {
    throw new OnnxError('DFT: axis, got none, expected one since its default differs by opset')
  }
  return given ?? int(call, 'axis', 1)
}

const dft: Inference = (call) => {
  const { dataType, dims } = required(call, 0)
  const axis = checkedAxis(dftAxis(call), dims)
  const length = call.inputs[1] ? (requiredConstant(call, 1)[0] ?? 0) : sizeOf(dims, axis)
  const bins = int(call, 'onesided', 0) === 1 ? Math.floor(length / 2) + 1 : length
  const transformed = dims.map((size, i) => (i === axis ? bins : size))
  return [{ dataType, dims: [...transformed.slice(0, -1), 2] }]
}

const stft: Inference = (call) => {
  const { dataType, dims } = required(call, 0)
  const [step = 1] = requiredConstant(call, 1)
  const given = call.inputs[3] ? requiredConstant(call, 3)[0] : undefined
  const length = given ?? sizeOf(required(call, 2).dims, 0)
  const frames = Math.floor((sizeOf(dims, 1) - length) / step) + 1
  const bins = int(call, 'onesided', 1) === 1 ? Math.floor(length / 2) + 1 : length
  return [{ dataType, dims: [sizeOf(dims, 0), frames, bins, 2] }]
}

const outputType = (call: Call) => dataTypeOfCode(int(call, 'output_datatype', 1))

const windowFunction: Inference = (call) => [
  { dataType: outputType(call), dims: [requiredConstant(call, 0)[0] ?? 0] },
]

const melWeightMatrix: Inference = (call) => {
  const [bins = 0] = requiredConstant(call, 0)
  const [length = 0] = requiredConstant(call, 1)
  return [{ dataType: outputType(call), dims: [Math.floor(length / 2) + 1, bins] }]
}

export const signal: Readonly<Record<string, Inference>> = {
  ...named('BlackmanWindow HammingWindow HannWindow', windowFunction),
  DFT: dft,
  MelWeightMatrix: melWeightMatrix,
  STFT: stft,
}

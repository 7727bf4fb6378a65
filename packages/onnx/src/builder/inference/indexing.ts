// Result types of operators that pick and place elements by their index, and of those that make them.
import { dataTypeOfCode } from '../../data-types.js'
import { OnnxError } from '../../error.js'
import {
  type Call,
  checkedAxis,
  elementCount,
  type Inference,
  int,
  required,
  requiredConstant,
  sizeOf,
  type ValueType,
} from '../value.js'
import { named, unary } from './elementwise.js'

const gather: Inference = (call) => {
  const { dataType, dims } = required(call, 0)
  const axis = checkedAxis(int(call, 'axis', 0), dims)
  const picked = [...dims.slice(0, axis), ...required(call, 1).dims, ...dims.slice(axis + 1)]
  return [{ dataType, dims: picked }]
}

const gatherElements: Inference = (call) => [
  { dataType: required(call, 0).dataType, dims: required(call, 1).dims },
]

const gatherND: Inference = (call) => {
  const { dataType, dims } = required(call, 0)
  const indices = required(call, 1).dims
  const place = int(call, 'batch_dims', 0) + sizeOf(indices, -1)
  if (place > dims.length) {
    throw new OnnxError(
      `GatherND: too many indices, got [${indices.join(', ')}] for [${dims.join(', ')}]`,
    )
  }
  return [{ dataType, dims: [...indices.slice(0, -1), ...dims.slice(place)] }]
}

const scatterND: Inference = (call) => {
  const [{ dims }, indices, updates] = [required(call, 0), required(call, 1), required(call, 2)]
  const expected = [...indices.dims.slice(0, -1), ...dims.slice(sizeOf(indices.dims, -1))]
  if (updates.dims.join() !== expected.join()) {
    throw new OnnxError(
      `ScatterND: shape of the updates, got [${updates.dims.join(', ')}], expected [${expected.join(', ')}]`,
    )
  }
  return unary(call)
}

const scatterElements: Inference = (call) => {
  const [indices, updates] = [required(call, 1).dims, required(call, 2).dims]
  if (indices.join() !== updates.join()) {
    throw new OnnxError(
      `ScatterElements: shape of the updates, got [${updates.join(', ')}], expected [${indices.join(', ')}]`,
    )
  }
  return unary(call)
}

const oneHot: Inference = (call) => {
  const { dims } = required(call, 0)
  checkedAxis(0, dims)
  const [depth = 0] = requiredConstant(call, 1)
  const axis = int(call, 'axis', -1)
  const place = axis < 0 ? axis + dims.length + 1 : axis
  const { dataType } = required(call, 2)
  return [{ dataType, dims: [...dims.slice(0, place), depth, ...dims.slice(place)] }]
}

const range: Inference = (call) => {
  const numbers = [0, 1, 2].map((i) => requiredConstant(call, i)[0] ?? 0)
  const [start = 0, limit = 0, step = 1] = numbers
  const { dataType } = required(call, 0)
  return [{ dataType, dims: [Math.max(0, Math.ceil((limit - start) / step))] }]
}

const constantOfShape: Inference = (call) => {
  const value = call.attributes['value']
  const dataType = value?.type === 'tensor' ? value.value.dataType : 'float32'
  return [{ dataType, dims: requiredConstant(call, 0) }]
}

const constant: Inference = (call) => {
  const [attribute] = Object.values(call.attributes)
  switch (attribute?.type) {
    case 'tensor':
      return [{ dataType: attribute.value.dataType, dims: attribute.value.dims }]
    case 'float':
      return [{ dataType: 'float32', dims: [] }]
    case 'int':
      return [{ dataType: 'int64', dims: [] }]
    case 'floats':
      return [{ dataType: 'float32', dims: [attribute.value.length] }]
    case 'ints':
      return [{ dataType: 'int64', dims: [attribute.value.length] }]
    default:
      throw new OnnxError(`Constant: value, got ${attribute?.type ?? 'none'}, expected numbers`)
  }
}

const eyeLike: Inference = (call) => {
  const { dataType, dims } = required(call, 0)
  const code = call.attributes['dtype'] ? int(call, 'dtype', 1) : undefined
  return [{ dataType: code === undefined ? dataType : dataTypeOfCode(code), dims }]
}

const shape: Inference = (call) => {
  const { dims } = required(call, 0)
  const rank = dims.length
  const clamp = (place: number) => Math.min(Math.max(place < 0 ? place + rank : place, 0), rank)
  const length = clamp(int(call, 'end', rank)) - clamp(int(call, 'start', 0))
  return [{ dataType: 'int64', dims: [Math.max(0, length)] }]
}

const size: Inference = (call) => {
  required(call, 0)
  return [{ dataType: 'int64', dims: [] }]
}

const alongAxis =
  (name: string, fallback: number): Inference =>
  (call) => {
    checkedAxis(int(call, name, fallback), required(call, 0).dims)
    return unary(call)
  }

/** The blocks of columns become an image again. */
const col2im: Inference = (call) => {
  const { dataType, dims } = required(call, 0)
  const [image, block] = [requiredConstant(call, 1), requiredConstant(call, 2)]
  return [{ dataType, dims: [sizeOf(dims, 0), sizeOf(dims, 1) / elementCount(block), ...image] }]
}

const unknown = (call: Call): readonly ValueType[] => {
  throw new OnnxError(
    `${call.opType}: the shape depends on values, got no type, expected it through typedNodes`,
  )
}

const trilu: Inference = (call) => {
  checkedAxis(-2, required(call, 0).dims)
  return unary(call)
}

const reverseSequence: Inference = (call) => {
  const { dims } = required(call, 0)
  const axes = [int(call, 'batch_axis', 1), int(call, 'time_axis', 0)]
  axes.forEach((axis) => checkedAxis(axis, dims))
  return unary(call)
}

export const indexing: Readonly<Record<string, Inference>> = {
  ...named('Compress NonZero NonMaxSuppression Unique', unknown),
  Col2Im: col2im,
  Constant: constant,
  ConstantOfShape: constantOfShape,
  CumSum: unary,
  EyeLike: eyeLike,
  Gather: gather,
  GatherElements: gatherElements,
  GatherND: gatherND,
  Hardmax: alongAxis('axis', -1),
  LogSoftmax: alongAxis('axis', -1),
  LpNormalization: alongAxis('axis', -1),
  OneHot: oneHot,
  Range: range,
  ReverseSequence: reverseSequence,
  ScatterElements: scatterElements,
  ScatterND: scatterND,
  Shape: shape,
  Size: size,
  Softmax: alongAxis('axis', -1),
  Trilu: trilu,
}

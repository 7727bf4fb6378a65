// Kernels that put elements where their indices say.
import { util } from '@tensorflow/tfjs-core'
import { attr, type Value } from '@anyvae/onnx'
import type { Operand } from '../operand.js'
import { operandOf, type Recorder } from '../recorder.js'
import type { Lowering } from './lowering.js'

/** The opset from which on ScatterND can add. */
const ADDING = 16

/** scatterND(indices: Tensor, updates: Tensor, shape: number[]); what meets at one place is added. */
const scatterNd: Lowering<'ScatterNd'> = ({ indices, updates }, { shape }, recorder) => {
  if ([...shape, ...indices.dims, ...updates.dims].includes(0)) {
    return recorder.fill(updates.dataType, shape, 0)
  }
  const dataType = updates.dataType === 'bool' ? 'int32' : updates.dataType
  const zeros = recorder.fill(dataType, shape, 0)
  const scattered = {
    places: placesOf(indices, recorder),
    values: recorder.cast(updates, dataType),
  }
  const sums =
    recorder.builder.opset >= ADDING
      ? scatter(zeros, { ...scattered, add: true }, recorder)
      : sumByPlace(shape, scattered, recorder)
  return recorder.cast(sums, updates.dataType)
}

/** tensorScatterUpdate(tensor: Tensor, indices: Tensor, updates: Tensor) */
const tensorScatterUpdate: Lowering<'TensorScatterUpdate'> = (inputs, _, recorder) => {
  const { tensor, indices, updates } = inputs
  if ([...tensor.dims, ...indices.dims, ...updates.dims].includes(0)) {
    return tensor
  }
  return scatter(tensor, { places: placesOf(indices, recorder), values: updates }, recorder)
}

/** sparseToDense(sparseIndices: Tensor, sparseValues: Tensor, defaultValue: Tensor, outputShape) */
const sparseToDense: Lowering<'SparseToDense'> = (inputs, { outputShape }, recorder) => {
  const { sparseIndices, sparseValues, defaultValue } = inputs
  const dense = recorder.expand(recorder.cast(defaultValue, sparseValues.dataType), outputShape)
  if ([...outputShape, ...sparseIndices.dims].includes(0)) {
    return dense
  }
  const count = sparseIndices.dims[0] ?? 1
  const indices =
    sparseIndices.dims.length === 0 ? recorder.reshape(sparseIndices, [1]) : sparseIndices
  const values = recorder.expand(sparseValues, [count])
  return scatter(dense, { places: placesOf(indices, recorder), values }, recorder)
}

interface Scattered {
  /** int64, the places on its last axis. */
  readonly places: Value
  readonly values: Operand
  readonly add?: boolean
}

function scatter(data: Operand, { places, values, add }: Scattered, recorder: Recorder): Operand {
  return recorder.node(
    'ScatterND',
    [data, places, values],
    add ? { reduction: attr.string('add') } : {},
  )
}

/** Indices as ScatterND wants them; a list is of places on the first axis. */
function placesOf(indices: Operand, recorder: Recorder): Value {
  const [count = 1] = indices.dims
  return recorder.int64(indices.dims.length === 1 ? recorder.reshape(indices, [count, 1]) : indices)
}

/** Adds up, place by place, the values that belong there: for opsets whose ScatterND only replaces. */
function sumByPlace(
  shape: readonly number[],
  { places, values }: Scattered,
  recorder: Recorder,
): Operand {
  const { builder } = recorder
  const depth = places.dims.at(-1) ?? 1
  const outer = shape.slice(0, depth)
  const [rows, row] = [util.sizeFromShape(outer), util.sizeFromShape(shape.slice(depth))]
  const strides = recorder.list([...util.computeStrides([...outer]), 1])
  const axes = recorder.list([-1])
  const flat = builder.node('ReduceSum', [builder.node('Mul', [places, strides]), axes], {
    keepdims: attr.int(0),
  })
  const all = recorder.list(Array.from({ length: rows }, (_, i) => i))
  const belongs = builder.node('Equal', [
    builder.reshape(flat, [1, -1, 1]),
    builder.reshape(all, [rows, 1, 1]),
  ])
  const listed = recorder.reshape(values, [1, util.sizeFromShape(flat.dims.slice()), row])
  const kept = recorder.node('Where', [belongs, listed, recorder.fill(values.dataType, [], 0)])
  const sums = builder.node('ReduceSum', [recorder.value(kept), recorder.list([1])], {
    keepdims: attr.int(0),
  })
  return recorder.reshape(operandOf(sums), shape)
}

export const scattering = {
  ScatterNd: scatterNd,
  SparseToDense: sparseToDense,
  TensorScatterUpdate: tensorScatterUpdate,
} as const

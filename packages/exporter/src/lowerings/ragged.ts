// Kernels of ragged tensors: rows of different lengths, one after another, and where each ends.
import { attr, tensorOf, type Value } from '@anyvae/onnx'
import { TraceError } from '../error.js'
import type { Operand } from '../operand.js'
import { operandOf, type Recorder } from '../recorder.js'
import { double, type Lowering } from './lowering.js'

/** For each element of ragged rows: the row that it is in, and its place there. */
interface Elements {
  readonly row: Value
  readonly place: Value
}

/** The elements of rows of these lengths, row by row: the places that a row has, out of the longest's. */
function elementsOf(lengths: Value, recorder: Recorder): Elements {
  const { builder } = recorder
  const whole = (value: number) => builder.scalar('int64', value)
  const [places] = recorder.open({
    opType: 'Range',
    inputs: [whole(0), builder.reduce('ReduceMax', lengths, undefined), whole(1)],
    attributes: {},
    label: 'longest',
    axis: 0,
    types: (size) => [{ dataType: 'int64', dims: [size] }],
  })
  const column = builder.node('Unsqueeze', [lengths, recorder.list([1])])
  const [both] = recorder.open({
    opType: 'NonZero',
    inputs: [builder.node('Less', [places, column])],
    attributes: {},
    label: 'elements',
    axis: 1,
    types: (size) => [{ dataType: 'int64', dims: [2, size] }],
  })
  const at = (index: number) => builder.node('Gather', [both, whole(index)])
  return { row: at(0), place: at(1) }
}

/** Where each row ends, and the first begins, as int32. */
function splitsOf(lengths: Value, recorder: Recorder): Operand {
  const { builder } = recorder
  const ends = builder.node('CumSum', [lengths, builder.scalar('int64', 0)])
  return recorder.node('Concat', [recorder.list([0]), ends], { axis: attr.int(0) })
}

/**
 * raggedRange(starts, limits, deltas: Tensor1D or scalars): where each range ends, and the numbers of
 * all. JavaScript counts in float64, where a range may have one number more than in float32.
 */
const raggedRange: Lowering<'RaggedRange'> = ({ starts, limits, deltas }, _, recorder) => {
  const rows = rowCount({ starts, limits, deltas })
  if (rows === 0) {
    return [recorder.fill('int32', [1], 0), recorder.fill(starts.dataType, [0], 0)]
  }
  const { builder } = recorder
  const [start, limit, delta] = [starts, limits, deltas].map((each) => {
    const full = each === starts ? recorder.expand(each, [rows]) : each
    return double(full, recorder)
  }) as [Value, Value, Value]
  const steps = builder.node('Div', [builder.node('Sub', [limit, start]), delta])
  const counts = builder.node('Max', [builder.node('Ceil', [steps]), builder.scalar('float64', 0)])
  const lengths = builder.cast(counts, 'int64')
  const { row, place } = elementsOf(lengths, recorder)
  const each = (value: Value) =>
    value.dims.length === 0 ? value : builder.node('Gather', [value, row])
  const way = builder.node('Mul', [builder.cast(place, 'float64'), each(delta)])
  const numbers = builder.node('Add', [each(start), way])
  return [splitsOf(lengths, recorder), operandOf(builder.cast(numbers, starts.dataType))]
}

/** How many ranges there are; TensorFlow.js refuses other shapes in these words. */
function rowCount(inputs: Readonly<Record<string, Operand>>): number {
  for (const [name, { dims }] of Object.entries(inputs)) {
    if (dims.length > 1) {
      throw new TraceError(`${name} must be a scalar or vector`)
    }
  }
  const sizes = Object.values(inputs).flatMap(({ dims }) => dims)
  const [rows = 1] = sizes
  if (sizes.some((size) => size !== rows)) {
    throw new TraceError('starts, limits, and deltas must have the same shape')
  }
  return rows
}

/**
 * raggedGather(paramsNestedSplits: Tensor1D[], paramsDenseValues: Tensor, indices: Tensor): for each
 * dimension but the first where its rows end, and the values. What TensorFlow.js refuses for values,
 * such as rows that end before they begin, cannot be refused in a graph.
 */
const raggedGather: Lowering<'RaggedGather'> = (inputs, _, recorder) => {
  const { paramsNestedSplits, paramsDenseValues, indices } = inputs
  checkParams(paramsNestedSplits, paramsDenseValues)
  const { builder } = recorder
  const count = indices.dims.reduce((product, size) => product * size, 1)
  const splits = outerSplits(indices.dims, recorder)
  if (count === 0) {
    const none = paramsNestedSplits.map(() => recorder.fill('int32', [1], 0))
    const dims = paramsDenseValues.dims.with(0, 0)
    return [...splits, ...none, recorder.fill(paramsDenseValues.dataType, dims, 0)]
  }
  let rows = recorder.int64(recorder.reshape(indices, [count]))
  paramsNestedSplits.forEach((given, level) => {
    const bounds = recorder.int64(given)
    const start = builder.node('Gather', [bounds, rows])
    const next = builder.node('Add', [rows, recorder.list([1])])
    const lengths = builder.node('Sub', [builder.node('Gather', [bounds, next]), start])
    if (level > 0 || indices.dims.length > 0) {
      splits.push(splitsOf(lengths, recorder))
    }
    const { row, place } = elementsOf(lengths, recorder)
    rows = builder.node('Add', [builder.node('Gather', [start, row]), place])
  })
  return [...splits, recorder.node('Gather', [paramsDenseValues, rows])]
}

/** What the dimensions of the indices add: rows that are all as long as the next dimension. */
function outerSplits(dims: readonly number[], recorder: Recorder): Operand[] {
  let rows = 1
  return dims.slice(1).map((length, dim) => {
    rows *= dims[dim] ?? 1
    const ends = Array.from({ length: rows + 1 }, (_, i) => i * length)
    const list = tensorOf('int32', [rows + 1], ends)
    return operandOf(recorder.builder.initializer('splits', list))
  })
}

/** Refuses, in TensorFlow.js's words, what has no rows by its shape alone. */
function checkParams(splits: readonly Operand[], { dims }: Operand): void {
  const [first] = splits
  if (first === undefined) {
    throw new TraceError('paramsNestedSplits must be non empty')
  }
  if (first.dims.length === 0) {
    throw new TraceError('Split tensors must not be scalars')
  }
  if (dims.length === 0) {
    throw new TraceError('params.rank must be nonzero')
  }
  if (splits.some((each) => each.dims[0] === 0)) {
    throw new TraceError('Ragged splits may not be empty')
  }
}

export const ragged = { RaggedGather: raggedGather, RaggedRange: raggedRange } as const

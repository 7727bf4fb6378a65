// Kernels of sparse tensors whose results have as many rows as values say.
import { attr, type Value } from '@anyvae/onnx'
import type { Operand } from '../operand.js'
import { operandOf, type Recorder } from '../recorder.js'
import { type Lowering, numeric } from './lowering.js'

/** The opset from which on ScatterND can add. */
const SCATTER_ADDS = 16

interface Segments {
  readonly data: Operand
  readonly indices: Operand
  readonly segmentIds: Operand
}

/** Rows by segment. */
interface Grouped {
  readonly sums: Operand
  /** How many rows each segment has, broadcasting to the sums. */
  readonly counts: () => Operand
}

/** The rows that the indices pick, added up by segment; the last id tells how many there are. */
function grouped({ data, indices, segmentIds }: Segments, recorder: Recorder): Grouped {
  const { builder } = recorder
  const rows = recorder.node('Gather', [numeric(data, recorder), indices])
  const ids = recorder.int64(segmentIds)
  const last = builder.node('Gather', [ids, recorder.list([-1])])
  const count = builder.node('Add', [last, recorder.list([1])])
  return builder.opset >= SCATTER_ADDS
    ? scattered(rows, { ids, count }, recorder)
    : masked(rows, { ids, count }, recorder)
}

interface Counted {
  readonly ids: Value
  /** A list of one. */
  readonly count: Value
}

function scattered(rows: Operand, { ids, count }: Counted, recorder: Recorder): Grouped {
  const { builder } = recorder
  const { dataType, dims } = rows
  const [size = 0, ...rest] = dims
  const whole = [count, builder.shape(rest)]
  const [zeros] = recorder.open({
    opType: 'Expand',
    inputs: [
      recorder.value(recorder.fill(dataType, [], 0)),
      rest.length === 0 ? count : builder.node('Concat', whole, { axis: attr.int(0) }),
    ],
    attributes: {},
    label: 'segments',
    axis: 0,
    types: (segments) => [{ dataType, dims: [segments, ...rest] }],
  })
  const places = builder.node('Unsqueeze', [ids, recorder.list([1])])
  const add = (to: Operand, each: Operand) =>
    recorder.node('ScatterND', [to, places, each], { reduction: attr.string('add') })
  const fill = (count: number, value: number) =>
    recorder.fill(dataType, [count, ...rest.map(() => 1)], value)
  const [segments = 0] = zeros.dims
  return { sums: add(operandOf(zeros), rows), counts: () => add(fill(segments, 0), fill(size, 1)) }
}

/** For opsets whose ScatterND only replaces: all rows for each segment, and 0 for those of others. */
function masked(rows: Operand, { ids, count }: Counted, recorder: Recorder): Grouped {
  const { builder } = recorder
  const [segments] = recorder.open({
    opType: 'Range',
    inputs: [
      builder.scalar('int64', 0),
      builder.node('Squeeze', [count]),
      builder.scalar('int64', 1),
    ],
    attributes: {},
    label: 'segments',
    axis: 0,
    types: (size) => [{ dataType: 'int64', dims: [size] }],
  })
  const after = rows.dims.map((_, axis) => axis)
  const unsqueezed = (value: Value, axes: readonly number[]) =>
    axes.length === 0 ? value : builder.node('Unsqueeze', [value, recorder.list(axes)])
  const columns = unsqueezed(
    segments,
    after.map((axis) => axis + 1),
  )
  const hits = operandOf(builder.node('Equal', [columns, unsqueezed(ids, after.slice(1))]))
  const sum = (each: Operand) => operandOf(builder.reduce('ReduceSum', recorder.value(each), [1]))
  const zero = recorder.fill(rows.dataType, [], 0)
  return {
    sums: sum(recorder.elementwise('Where', [hits, rows, zero])),
    counts: () => sum(recorder.cast(hits, rows.dataType)),
  }
}

/**
 * sparseSegmentSum(data: Tensor, indices: Tensor1D, segmentIds: Tensor1D). What TensorFlow.js refuses
 * for values, such as ids that descend, cannot be refused in a graph.
 */
const sum: Lowering<'SparseSegmentSum'> = (inputs, _, recorder) => {
  const { data, indices } = inputs
  return indices.dims.includes(0)
    ? recorder.fill(data.dataType, data.dims.with(0, 0), 0)
    : recorder.cast(grouped(inputs, recorder).sums, data.dataType)
}

/** sparseSegmentMean(data: Tensor, indices: Tensor1D, segmentIds: Tensor1D); 0 without any row. */
const mean: Lowering<'SparseSegmentMean'> = (inputs, _, recorder) => {
  const { data, indices } = inputs
  if (indices.dims.includes(0)) {
    return recorder.fill(data.dataType, data.dims.with(0, 0), 0)
  }
  const { sums, counts } = grouped(inputs, recorder)
  const one = recorder.fill(sums.dataType, [], 1)
  const some = recorder.elementwise('Max', [counts(), one])
  return recorder.cast(recorder.elementwise('Div', [sums, some]), data.dataType)
}

/**
 * sparseFillEmptyRows(indices: Tensor2D, values: Tensor1D, denseShape: Tensor1D, defaultValue): the
 * entries by row, with one in each row that had none; which rows those are; and where the entries went.
 */
const fillEmptyRows: Lowering<'SparseFillEmptyRows'> = (inputs, _, recorder) => {
  const { indices, values, denseShape, defaultValue } = inputs
  const { builder } = recorder
  const [count = 0, rank = 1] = indices.dims
  const places = recorder.int64(indices)
  const { empty, missing } = emptyRows(places, denseShape, recorder)
  const [added = 0] = missing.dims
  const total = count + added
  if (total === 0) {
    const none = recorder.fill('int32', [0], 0)
    return [indices, values, operandOf(empty), none]
  }
  const zeros = recorder.list([0, 0, 0, rank - 1])
  const wide = rank === 1 ? missing : builder.node('Pad', [missing, zeros])
  const all = builder.node('Concat', [places, wide], { axis: attr.int(0) })
  const first = builder.node('Gather', [all, builder.scalar('int64', 0)], { axis: attr.int(1) })
  // Of entries in one row, the one that comes first stays first.
  const order = ascending(first, total, recorder)
  const fill = recorder.expand(recorder.cast(defaultValue, values.dataType), [added])
  const longer = recorder.node('Concat', [values, fill], { axis: attr.int(0) })
  const reverse = ascending(order, total, recorder)
  const own = [reverse, recorder.list([0]), recorder.list([count])]
  return [
    recorder.node('Gather', [all, order]),
    recorder.node('Gather', [longer, order]),
    operandOf(empty),
    recorder.node('Slice', own),
  ]
}

/** Whether rows are empty, and the indices of those that are, [missing, 1]. */
function emptyRows(places: Value, denseShape: Operand, recorder: Recorder) {
  const { builder } = recorder
  const [count = 0] = places.dims
  const bool = (value: number, dims: readonly number[]) =>
    recorder.value(recorder.fill('bool', dims, value))
  const [all] = recorder.open({
    opType: 'Expand',
    inputs: [bool(1, []), builder.node('Gather', [recorder.int64(denseShape), recorder.list([0])])],
    attributes: {},
    label: 'rows',
    axis: 0,
    types: (size) => [{ dataType: 'bool', dims: [size] }],
  })
  const rows = builder.node('Gather', [places, builder.scalar('int64', 0)], { axis: attr.int(1) })
  const empty = count === 0 ? all : builder.node('ScatterElements', [all, rows, bool(0, [count])])
  const [which] = recorder.open({
    opType: 'NonZero',
    inputs: [empty],
    attributes: {},
    label: 'missing',
    axis: 1,
    types: (size) => [{ dataType: 'int64', dims: [1, size] }],
  })
  return { empty, missing: builder.transpose(which, [1, 0]) }
}

/** The order of numbers, the lower index first among equals. */
function ascending(values: Value, count: number, { builder }: Recorder): Value {
  const [, order = values] = builder.nodes('TopK', [values, builder.list([count])], {
    attributes: { axis: attr.int(-1), largest: attr.int(0), sorted: attr.int(1) },
    outputCount: 2,
  })
  return order
}

export const sparseRows = {
  SparseFillEmptyRows: fillEmptyRows,
  SparseSegmentMean: mean,
  SparseSegmentSum: sum,
} as const

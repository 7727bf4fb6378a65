// Ragged rows laid out in a dense tensor, with a default value where a row is too short.
import { attr, tensorOf, type Value } from '@anyvae/onnx'
import { TraceError } from '../error.js'
import type { Operand } from '../operand.js'
import type { Recorder } from '../recorder.js'
import type { Lowering } from './lowering.js'

/** How the elements of a dimension are shared out to rows: by where rows end, or by each one's row. */
interface Partition {
  readonly type: 'ROW_SPLITS' | 'VALUE_ROWIDS'
  readonly numbers: Value
}

/**
 * raggedTensorToTensor(shape: Tensor1D, values, defaultValue, rowPartitionTensors:
 * Tensor[], rowPartitionTypes: string[]). A negative size of the shape is that of the longest row;
 * longer rows are cut. Each place of the result looks up its element, -1 where it has none, which is
 * the default value behind the last of the values.
 */
const raggedTensorToTensor: Lowering<'RaggedTensorToTensor'> = (inputs, attributes, recorder) => {
  const { builder } = recorder
  const { count, partitions } = partitionsOf(
    inputs.rowPartitionTensors,
    attributes.rowPartitionTypes,
    recorder,
  )
  const { values } = inputs
  const shape = shapeOf(inputs.shape, { raggedRank: partitions.length, values }, recorder)
  const none = builder.scalar('int64', -1)
  const rows = rangeOf(
    shape(0, () => count),
    recorder,
  )
  let elements = builder.node('Where', [builder.node('Less', [rows, count]), rows, none])
  partitions.forEach((partition, level) => {
    const columns = rangeOf(
      shape(level + 1, () => longest(partition, recorder)),
      recorder,
    )
    const { start, length } = rowsAt(elements, partition, recorder)
    const [first, most] = [start, length].map((each) =>
      builder.node('Unsqueeze', [each, recorder.list([each.dims.length])]),
    )
    const moved = builder.node('Add', [first, columns])
    elements = builder.node('Where', [builder.node('Less', [columns, most]), moved, none])
  })
  const blank = blankOf(inputs.defaultValue, values, recorder)
  const table = recorder.node('Concat', [values, blank], { axis: attr.int(0) })
  return recorder.node('Gather', [table, elements])
}

/** The default value as one more of the values. */
function blankOf(value: Operand, { dataType, dims }: Operand, recorder: Recorder): Operand {
  const inner = dims.slice(1)
  const fits = value.dims.every((size, i) => {
    return size === 1 || size === inner[inner.length - value.dims.length + i]
  })
  if (!fits || value.dims.length > inner.length) {
    throw new TraceError(
      `raggedTensorToTensor: default value has another shape than one of the values, got [${value.dims.join(', ')}], expected one that stretches to [${inner.join(', ')}]`,
    )
  }
  return recorder.expand(recorder.cast(value, dataType), [1, ...inner])
}

/** Where the rows begin that stand at these places, and how long they are: not above 0 at -1. */
function rowsAt(rows: Value, { type, numbers }: Partition, recorder: Recorder) {
  const { builder } = recorder
  if (type === 'ROW_SPLITS') {
    const start = builder.node('Gather', [numbers, rows])
    const next = builder.node('Add', [rows, builder.scalar('int64', 1)])
    return { start, length: builder.node('Sub', [builder.node('Gather', [numbers, next]), start]) }
  }
  const ids = isEmpty(numbers) ? recorder.list([2 ** 31]) : numbers
  const column = builder.node('Unsqueeze', [rows, recorder.list([rows.dims.length])])
  return {
    start: counted(builder.node('Less', [ids, column]), recorder),
    length: counted(builder.node('Equal', [ids, column]), recorder),
  }
}

/** How many are true along the last axis. */
function counted(flags: Value, recorder: Recorder): Value {
  const { builder } = recorder
  const axes = recorder.list([flags.dims.length - 1])
  return builder.node('ReduceSum', [builder.cast(flags, 'int64'), axes], { keepdims: attr.int(0) })
}

/** The length of the longest row. */
function longest({ type, numbers }: Partition, recorder: Recorder): Value {
  const { builder } = recorder
  const [size = 0] = numbers.dims
  if (size === 0 || (size === 1 && type === 'ROW_SPLITS')) return builder.scalar('int64', 0)
  if (type === 'VALUE_ROWIDS') {
    const { length } = rowsAt(numbers, { type, numbers }, recorder)
    return builder.reduce('ReduceMax', length, undefined)
  }
  const cut = (start: number, end: number) =>
    builder.node('Slice', [numbers, ...[start, end, 0].map((each) => recorder.list([each]))])
  const lengths = builder.node('Sub', [cut(1, Number.MAX_SAFE_INTEGER), cut(0, -1)])
  return builder.reduce('ReduceMax', lengths, undefined)
}

/** The partitions of all dimensions but the first, and how many elements that has. */
function partitionsOf(
  tensors: readonly Operand[],
  types: readonly string[],
  recorder: Recorder,
): { readonly count: Value; readonly partitions: readonly Partition[] } {
  const [first, ...others] = tensors
  const isCounted = types[0] === 'FIRST_DIM_SIZE'
  if (first === undefined || types[0] === 'VALUE_ROWIDS') {
    throw new TraceError(
      `raggedTensorToTensor: first partition is missing, got ${types[0] ?? 'nothing'}, expected FIRST_DIM_SIZE or ROW_SPLITS`,
    )
  }
  const used = isCounted ? others : tensors
  const partitions = used.map((tensor, i): Partition => {
    const type = types[isCounted ? i + 1 : i]
    if (type !== 'ROW_SPLITS' && type !== 'VALUE_ROWIDS') {
      throw new TraceError(
        `raggedTensorToTensor: unknown partition, got ${type ?? 'none'}, expected ROW_SPLITS or VALUE_ROWIDS`,
      )
    }
    if (type === 'ROW_SPLITS' && isEmpty(tensor)) {
      throw new TraceError('raggedTensorToTensor: row splits are empty, expected at least a 0')
    }
    return { type, numbers: recorder.int64(tensor) }
  })
  return { count: firstCount(first, isCounted, recorder), partitions }
}

/** As a scalar: the number itself, or one less than there are splits. */
function firstCount(first: Operand, isCounted: boolean, recorder: Recorder): Value {
  const { builder } = recorder
  if (isCounted) return recorder.int64(recorder.reshape(first, []))
  const size = builder.node('Size', [recorder.value(first)])
  return builder.node('Sub', [size, builder.scalar('int64', 1)])
}

interface Laid {
  readonly raggedRank: number
  readonly values: Operand
}

/** Gives the size of a dimension; it is measured where the shape leaves it open. */
function shapeOf(shape: Operand, { raggedRank, values }: Laid, recorder: Recorder) {
  const { builder } = recorder
  const known = knownNumbers(shape, recorder)
  checkShape(shape, { raggedRank, values, known })
  return (dim: number, measure: () => Value): number | Value => {
    const size = known?.[dim]
    if (size !== undefined) return size < 0 ? measure() : size
    const asked = builder.node('Gather', [recorder.int64(shape), builder.scalar('int64', dim)])
    const isOpen = builder.node('Less', [asked, builder.scalar('int64', 0)])
    return builder.node('Where', [isOpen, measure(), asked])
  }
}

function knownNumbers(operand: Operand, { builder }: Recorder): readonly number[] | undefined {
  if ('value' in operand) return builder.constantOf(operand.value)
  return Array.from({ length: operand.dims[0] ?? 1 }, () => operand.fill)
}

/** Refuses, in TensorFlow.js's words, a shape of another rank or other inner sizes than the values'. */
function checkShape(
  { dims }: Operand,
  { raggedRank, values, known }: Laid & { readonly known: readonly number[] | undefined },
): void {
  const rank = raggedRank + values.dims.length
  const isOther = values.dims.slice(1).some((size, i) => {
    const asked = known?.[raggedRank + 1 + i] ?? -1
    return asked >= 0 && asked !== size
  })
  if (dims[0] !== rank || isOther) {
    throw new TraceError(
      `rt input.shape and shape are incompatible, got ${known?.join(', ') ?? `shape [${dims.join(', ')}]`}, expected ${rank} sizes, the last as of the values, [${values.dims.join(', ')}]`,
    )
  }
}

/** 0, 1, 2, … as int64. */
function rangeOf(size: number | Value, recorder: Recorder): Value {
  const { builder } = recorder
  if (typeof size === 'number') {
    const numbers = Array.from({ length: size }, (_, i) => i)
    return builder.initializer('range', tensorOf('int64', [size], numbers))
  }
  const [numbers] = recorder.open({
    opType: 'Range',
    inputs: [builder.scalar('int64', 0), size, builder.scalar('int64', 1)],
    attributes: {},
    label: 'longest',
    axis: 0,
    types: (open) => [{ dataType: 'int64', dims: [open] }],
  })
  return numbers
}

function isEmpty({ dims }: { readonly dims: readonly number[] }): boolean {
  return dims.includes(0)
}

export const raggedDense = { RaggedTensorToTensor: raggedTensorToTensor } as const

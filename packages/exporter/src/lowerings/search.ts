// The largest elements, and places in sorted rows.
import { attr } from '@anyvae/onnx'
import type { Operand } from '../operand.js'
import type { Recorder } from '../recorder.js'
import type { Lowering } from './lowering.js'

/**
 * topk(x: Tensor, k: number, sorted: boolean): values and indices along the last axis, the lower
 * index first among equals. They are sorted in any case, which is one order of the unsorted ones.
 */
const topK: Lowering<'TopK'> = ({ x }, { k }, recorder) => {
  const dims = [...x.dims.slice(0, -1), k]
  if (dims.includes(0)) {
    return [recorder.fill(x.dataType, dims, 0), recorder.fill('int32', dims, 0)]
  }
  const comparable = x.dataType === 'bool' ? recorder.cast(x, 'int32') : x
  const [values = comparable, ...indices] = recorder.nodes(
    'TopK',
    [comparable, recorder.list([k])],
    {
      attributes: { axis: attr.int(-1), largest: attr.int(1), sorted: attr.int(1) },
      outputCount: 2,
    },
  )
  return [recorder.cast(values, x.dataType), ...indices]
}

interface Sought {
  readonly sortedSequence: Operand
  readonly values: Operand
}

/** The place of each value in its sorted row: how many elements are less, or less or equal. */
function place({ sortedSequence, values }: Sought, opType: string, recorder: Recorder): Operand {
  if (values.dims.includes(0) || sortedSequence.dims.includes(0)) {
    return recorder.fill('int32', values.dims, 0)
  }
  const [rows = 1, size = 1] = sortedSequence.dims
  const [, count = 1] = values.dims
  const before = recorder.elementwise(opType, [
    recorder.reshape(sortedSequence, [rows, 1, size]),
    recorder.reshape(values, [rows, count, 1]),
  ])
  const ones = recorder.value(recorder.cast(before, 'int32'))
  return recorder.operand(recorder.builder.reduce('ReduceSum', ones, [-1]))
}

/** searchSorted(sortedSequence: Tensor2D, values: Tensor2D, side: 'left' | 'right') */
const searchSorted: Lowering<'SearchSorted'> = (inputs, { side }, recorder) =>
  place(inputs, side === 'left' ? 'Less' : 'LessOrEqual', recorder)

/** lowerBound(sortedSequence: Tensor2D, values: Tensor2D); tf.lowerBound runs SearchSorted. */
const lowerBound: Lowering<'LowerBound'> = (inputs, _, recorder) => place(inputs, 'Less', recorder)

/** upperBound(sortedSequence: Tensor2D, values: Tensor2D); tf.upperBound runs SearchSorted. */
const upperBound: Lowering<'UpperBound'> = (inputs, _, recorder) =>
  place(inputs, 'LessOrEqual', recorder)

export const search = {
  LowerBound: lowerBound,
  SearchSorted: searchSorted,
  TopK: topK,
  UpperBound: upperBound,
} as const

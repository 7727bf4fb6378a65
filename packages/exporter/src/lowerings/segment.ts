// Sums by group: histograms and segments.
import { attr, tensorOf, type Value } from '@anyvae/onnx'
import { TraceError } from '../error.js'
import type { Operand } from '../operand.js'
import { operandOf, type Recorder } from '../recorder.js'
import type { Lowering } from './lowering.js'
import { addUp } from './reduction.js'

/** 0, 1, 2, … as int32, of the given shape. */
function countUp(dims: readonly number[], recorder: Recorder): Operand {
  const count = dims.reduce((product, size) => product * size, 1)
  const numbers = Array.from({ length: count }, (_, i) => i)
  return operandOf(recorder.builder.initializer('range', tensorOf('int32', dims, numbers)))
}

interface Counted {
  readonly x: Operand
  /** As many as elements, or none at all where each counts 1. */
  readonly weights: Operand
  readonly size: number
  readonly binaryOutput: boolean
}

/** Counts along the last axis, by number; numbers that are no place in the result count nowhere. */
function bincounts(counted: Counted, recorder: Recorder): Operand {
  const { x, weights, size, binaryOutput } = counted
  const dims = [...x.dims.slice(0, -1), size]
  if (x.dims.includes(0) || size === 0) {
    return recorder.fill(weights.dataType, dims, 0)
  }
  const column = recorder.reshape(x, [...x.dims, 1])
  const hits = recorder.elementwise('Equal', [column, countUp([size], recorder)])
  const each = weighed(hits, counted, recorder)
  return binaryOutput
    ? operandOf(recorder.builder.reduce('ReduceMax', recorder.value(each), [-2]))
    : addUp(each, [-2], recorder)
}

function weighed(hits: Operand, { weights, binaryOutput }: Counted, recorder: Recorder): Operand {
  if (binaryOutput || weights.dims.includes(0)) {
    return recorder.cast(hits, weights.dataType)
  }
  const column = recorder.reshape(weights, [...weights.dims, 1])
  return recorder.elementwise('Where', [hits, column, recorder.fill(weights.dataType, [], 0)])
}

/** bincount(x: Tensor, weights: Tensor, size: number), of any rank, in the type of the weights */
const bincount: Lowering<'Bincount'> = ({ x, weights }, { size }, recorder) => {
  const counted = { x: flat(x, recorder), weights: flat(weights, recorder) }
  return bincounts({ ...counted, size, binaryOutput: false }, recorder)
}

function flat(x: Operand, recorder: Recorder): Operand {
  const count = x.dims.reduce((product, size) => product * size, 1)
  return recorder.reshape(x, [count])
}

/** denseBincount(x, weights: Tensor1D | Tensor2D, size: number, binaryOutput: boolean for 2-D) */
const denseBincount: Lowering<'DenseBincount'> = (inputs, { size, binaryOutput }, recorder) => {
  const binary = binaryOutput === true && inputs.x.dims.length > 1
  return bincounts({ ...inputs, size, binaryOutput: binary }, recorder)
}

/** The opset from which on ScatterND can add. */
const SCATTER_ADDS = 16

/**
 * unsortedSegmentSum(x: Tensor, segmentIds: Tensor1D, numSegments: number), float32 as in tfjs;
 * rows whose id is no segment are left out.
 */
const unsortedSegmentSum: Lowering<'UnsortedSegmentSum'> = (inputs, { numSegments }, recorder) => {
  const { segmentIds } = inputs
  const x = recorder.cast(inputs.x, 'float32')
  if (segmentIds.dims.length !== 1) {
    throw new TraceError(
      `unsortedSegmentSum: segment ids have no usable shape, got [${segmentIds.dims.join(', ')}], expected one dimension`,
    )
  }
  const dims = [numSegments, ...x.dims.slice(1)]
  if (x.dims.includes(0) || numSegments === 0) {
    return recorder.fill('float32', dims, 0)
  }
  return recorder.builder.opset >= SCATTER_ADDS
    ? scattered(x, { segmentIds, numSegments }, recorder)
    : multiplied(x, { segmentIds, dims }, recorder)
}

interface Segments {
  readonly segmentIds: Operand
  readonly numSegments: number
}

/** Adds each row to its segment; those without one go to a last segment, which is cut off. */
function scattered(x: Operand, segments: Segments, recorder: Recorder): Operand {
  const { segmentIds, numSegments } = segments
  const number = (value: number) => recorder.fill('int32', [], value)
  const ids = recorder.elementwise('Where', [
    recorder.elementwise('Less', [segmentIds, number(0)]),
    number(numSegments),
    recorder.elementwise('Min', [segmentIds, number(numSegments)]),
  ])
  const places = recorder.int64(recorder.reshape(ids, [...ids.dims, 1]))
  const zeros = recorder.fill('float32', [numSegments + 1, ...x.dims.slice(1)], 0)
  const sums = recorder.node('ScatterND', [zeros, places, x], { reduction: attr.string('add') })
  return recorder.node('Slice', [sums, ...[0, numSegments, 0].map((i) => recorder.list([i]))])
}

interface Shaped {
  readonly segmentIds: Operand
  readonly dims: readonly number[]
}

/** The rows times a matrix that has a 1 where a row is of a segment. */
function multiplied(x: Operand, { segmentIds, dims }: Shaped, recorder: Recorder): Operand {
  const [count = 0, ...rest] = dims
  const [rows = 0] = x.dims
  const hits = recorder.elementwise('Equal', [countUp([count, 1], recorder), segmentIds])
  const columns = rest.reduce((product, size) => product * size, 1)
  const product: Value = recorder.builder.node('MatMul', [
    recorder.value(recorder.cast(hits, 'float32')),
    recorder.value(recorder.reshape(x, [rows, columns])),
  ])
  return recorder.reshape(operandOf(product), dims)
}

export const segment = {
  Bincount: bincount,
  DenseBincount: denseBincount,
  UnsortedSegmentSum: unsortedSegmentSum,
} as const

// Kernels that select by values: what is unique, and the best of overlapping boxes.
import { util } from '@tensorflow/tfjs-core'
import { attr, tensorOf, type Value } from '@anyvae/onnx'
import { TraceError } from '../error.js'
import type { Operand } from '../operand.js'
import type { Recorder } from '../recorder.js'
import type { Lowering } from './lowering.js'

/**
 * unique(x: Tensor, axis: number): the values along an axis in the order in which they come first,
 * and for each place which of them is there.
 */
const unique: Lowering<'Unique'> = ({ x }, { axis }, recorder) => {
  const [place = 0] = util.parseAxisParam(axis, [...x.dims])
  const count = x.dims[place] ?? 0
  if (x.dims.includes(0)) {
    const dims = x.dims.with(place, Math.min(count, 1))
    return [recorder.fill(x.dataType, dims, 0), recorder.fill('int32', [count], 0)]
  }
  const others = x.dims.map((_, i) => i).filter((i) => i !== place)
  const front = recorder.transpose(x, [place, ...others])
  const inputs = [comparable(front, recorder)] as const
  const [{ dataType }] = inputs
  const [, first, which] = recorder.open({
    opType: 'Unique',
    inputs,
    attributes: { axis: attr.int(0), sorted: attr.int(0) },
    label: 'unique',
    axis: 0,
    types: (size) => [
      { dataType, dims: front.dims.with(0, size) },
      { dataType: 'int64', dims: [size] },
      { dataType: 'int64', dims: [count] },
    ],
  })
  return [recorder.node('Gather', [x, first], { axis: attr.int(place) }), recorder.operand(which)]
}

/** Values of a type that ONNX Runtime compares; NaN, which equals nothing, becomes a number that no other is. */
function comparable(operand: Operand, recorder: Recorder): Value {
  if (operand.dataType !== 'float32') {
    return recorder.int64(operand)
  }
  const { builder } = recorder
  const value = recorder.value(operand)
  const wide = builder.cast(value, 'float64')
  return builder.node('Where', [
    builder.node('IsNaN', [value]),
    builder.scalar('float64', 1e300),
    wide,
  ])
}

interface Boxes {
  readonly boxes: Operand
  readonly scores: Operand
}

interface Suppression {
  readonly maxOutputSize: number
  readonly iouThreshold: number
  readonly scoreThreshold: number
}

/**
 * The indices of the selected boxes, the highest score first. TensorFlow.js leaves boxes out that
 * overlap as much as the threshold, ONNX those that overlap more; both want scores above theirs.
 */
function selected(
  { boxes, scores }: Boxes,
  attributes: Suppression & { readonly shapes?: string },
  recorder: Recorder,
): Operand {
  const { maxOutputSize, iouThreshold, scoreThreshold, shapes } = attributes
  const [count = 0] = boxes.dims
  if (count === 0 || maxOutputSize <= 0) {
    return recorder.fill('int32', [0], 0)
  }
  const { builder } = recorder
  const most = recorder.limit(maxOutputSize, count, shapes)
  // Then boxes that do not touch count as overlapping too, and only the best is left.
  const single = iouThreshold === 0
  const [rows] = recorder.open({
    opType: 'NonMaxSuppression',
    inputs: [
      builder.node('Unsqueeze', [recorder.value(boxes), recorder.list([0])]),
      builder.node('Unsqueeze', [recorder.value(scores), recorder.list([0, 1])]),
      single ? recorder.list([1]) : most,
      threshold(single ? 1 : below(iouThreshold), recorder),
      threshold(atMost(scoreThreshold), recorder),
    ],
    attributes: {},
    label: 'selected',
    axis: 0,
    most: single ? 1 : Math.min(maxOutputSize, count),
    types: (size) => [{ dataType: 'int64', dims: [size, 3] }],
  })
  // A row is batch, class and box.
  return recorder.node('Gather', [rows, builder.scalar('int64', 2)], { axis: attr.int(1) })
}

function threshold(value: number, { builder }: Recorder): Value {
  return builder.initializer('threshold', tensorOf('float32', [1], [value]))
}

/** The largest float32 that is not above a number. */
function atMost(value: number): number {
  const near = Math.fround(value)
  return near <= value ? near : before(near)
}

/** The largest float32 below a number. */
function below(value: number): number {
  const near = Math.fround(value)
  return near < value ? near : before(near)
}

/** The float32 before one. */
function before(value: number): number {
  if (value === 0) {
    return -(2 ** -149)
  }
  const bits = new Int32Array(Float32Array.of(value).buffer)
  bits[0] = (bits[0] ?? 0) + (value > 0 ? -1 : 1)
  return new Float32Array(bits.buffer)[0] ?? value
}

/** nonMaxSuppression(boxes: Tensor2D [n, 4], scores: Tensor1D, maxOutputSize, iouThreshold, scoreThreshold) */
const suppression: Lowering<'NonMaxSuppressionV3'> = (inputs, attributes, recorder) =>
  selected(inputs, attributes, recorder)

/** nonMaxSuppressionPadded(… , padToMaxOutputSize: boolean): indices, and how many of them are valid */
const padded: Lowering<'NonMaxSuppressionV4'> = (inputs, attributes, recorder) => {
  const { maxOutputSize, padToMaxOutputSize } = attributes
  const shapes = padToMaxOutputSize ? { shapes: 'NonMaxSuppressionV4' } : {}
  const indices = selected(inputs, { ...attributes, ...shapes }, recorder)
  const valid = 'fill' in indices ? recorder.fill('int32', [], 0) : recorder.node('Size', [indices])
  if (!padToMaxOutputSize) {
    return [indices, valid]
  }
  const zeros = recorder.fill('int32', [maxOutputSize], 0)
  if ('fill' in indices) {
    return [zeros, valid]
  }
  const longer = recorder.node('Concat', [indices, zeros], { axis: attr.int(0) })
  return [
    recorder.node('Slice', [longer, ...[0, maxOutputSize].map((i) => recorder.list([i]))]),
    valid,
  ]
}

/** nonMaxSuppressionWithScore(… , softNmsSigma: number): indices and scores */
const scored: Lowering<'NonMaxSuppressionV5'> = (inputs, attributes, recorder) => {
  if (attributes.softNmsSigma > 0) {
    throw new TraceError(
      `NonMaxSuppressionV5: cannot be written to ONNX, since ONNX has no soft suppression, got softNmsSigma ${attributes.softNmsSigma}, expected 0; select outside the graph`,
    )
  }
  const indices = selected(inputs, attributes, recorder)
  const scores =
    'fill' in indices
      ? recorder.fill('float32', indices.dims, 0)
      : recorder.node('Gather', [inputs.scores, indices])
  return [indices, scores]
}

export const selection = {
  NonMaxSuppressionV3: suppression,
  NonMaxSuppressionV4: padded,
  NonMaxSuppressionV5: scored,
  Unique: unique,
} as const

// The kernels that TensorFlow.js runs in its own time only, since sizes of their results depend on values.
import * as tf from '@tensorflow/tfjs-core'
import { type Value } from '@anyvae/onnx'
import type { TraceBackend } from '../backend.js'
import { TraceError } from '../error.js'
import { realOf, tensorOf } from './subgraph.js'
import type { FlowNode } from './topology.js'

/** A node, and its inputs. */
export interface DynamicCall {
  readonly node: FlowNode
  readonly inputs: readonly tf.Tensor[]
  readonly backend: TraceBackend
  readonly constant: (tensor: tf.Tensor) => readonly number[] | undefined
}

/** By kernel: its results, without waiting for values. */
export const dynamicOps: Readonly<Record<string, (call: DynamicCall) => tf.Tensor[]>> = {
  NonMaxSuppressionV2: (call) => [suppressed(call)],
  NonMaxSuppressionV3: (call) => [suppressed(call)],
  NonMaxSuppressionV4: (call) => {
    const { boxes, scores, most, overlap, score } = boxesOf(call)
    const pad = call.node.attrParams['padToMaxOutputSize']?.value === true
    const padded = tf.image.nonMaxSuppressionPadded(boxes, scores, most, overlap, score, pad)
    return [padded['selectedIndices'], padded['validOutputs']].flatMap((each) => each ?? [])
  },
  NonMaxSuppressionV5: (call) => {
    const { boxes, scores, most, overlap, score } = boxesOf(call)
    const sigma = number(call, 5) ?? 0
    const soft = tf.image.nonMaxSuppressionWithScore(boxes, scores, most, overlap, score, sigma)
    return [soft['selectedIndices'], soft['selectedScores']].flatMap((each) => each ?? [])
  },
  Where: ({ inputs: [condition], backend }) => (condition ? [trueAt(condition, backend)] : []),
}

function suppressed(call: DynamicCall): tf.Tensor {
  const { boxes, scores, most, overlap, score } = boxesOf(call)
  return tf.image.nonMaxSuppression(boxes, scores, most, overlap, score)
}

function boxesOf(call: DynamicCall) {
  const [boxes, scores] = call.inputs
  if (boxes === undefined || scores === undefined) {
    throw new TraceError(`${call.node.name} (${call.node.op}): has no boxes or scores`)
  }
  return {
    boxes: boxes as tf.Tensor2D,
    scores: scores as tf.Tensor1D,
    most: needed(call, 2),
    overlap: needed(call, 3),
    score: number(call, 4) ?? Number.NEGATIVE_INFINITY,
  }
}

function needed(call: DynamicCall, place: number): number {
  const value = number(call, place)
  if (value !== undefined) return value
  throw new TraceError(
    `${call.node.name} (${call.node.op}): input ${place} depends on values, got a tensor that is not known before the graph runs, expected a constant`,
  )
}

function number({ inputs, constant }: DynamicCall, place: number): number | undefined {
  const tensor = inputs[place]
  return tensor && constant(tensor)?.[0]
}

/** The indices of what is true, [number of them, rank]: NonZero, transposed. */
function trueAt(condition: tf.Tensor, backend: TraceBackend): tf.Tensor {
  const { recorder } = backend
  const input: Value = recorder.value(recorder.cast(realOf(backend, condition), 'bool'))
  const [rows] = recorder.open({
    opType: 'NonZero',
    inputs: [input],
    attributes: {},
    label: 'found',
    axis: 1,
    types: (size) => [{ dataType: 'int64', dims: [condition.rank, size] }],
  })
  const places = recorder.builder.cast(recorder.builder.transpose(rows, [1, 0]), 'int32')
  return tensorOf(backend, places)
}

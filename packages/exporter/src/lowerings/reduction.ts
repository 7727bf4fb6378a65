// Reductions over axes.
import type { Operand } from '../operand.js'
import { attr } from '@anyvae/onnx'
import { operandOf, type Recorder } from '../recorder.js'
import type { Lowering } from './lowering.js'

interface Reduction {
  readonly opType: string
  readonly axes: number | readonly number[] | undefined
  readonly keepDims: boolean
}

/** The opset from which on these operators take their axes as an input, as ReduceSum always does. */
const AXES_AS_INPUT = 18

function reduce(x: Operand, reduction: Reduction, recorder: Recorder): Operand {
  const axes = axesOf(reduction.axes, x.dims.length)
  if (axes.length === 0) {
    return x
  }
  const keepdims = attr.int(reduction.keepDims ? 1 : 0)
  const { opType } = reduction
  const asInput = opType === 'ReduceSum' || recorder.builder.opset >= AXES_AS_INPUT
  return operandOf(
    asInput
      ? recorder.builder.node(opType, [recorder.value(x), recorder.list(axes)], { keepdims })
      : recorder.builder.node(opType, [recorder.value(x)], { axes: attr.ints(axes), keepdims }),
  )
}

function axesOf(axes: Reduction['axes'], rank: number): number[] {
  const all = Array.from({ length: rank }, (_, axis) => axis)
  const chosen = axes === undefined || axes === null ? all : [axes].flat()
  return chosen.map((axis) => (axis < 0 ? axis + rank : axis)).sort((a, b) => a - b)
}

/** sum(x: Tensor, axis: number | number[], keepDims: boolean); booleans are counted as int32. */
const sum: Lowering<'Sum'> = ({ x }, { axis, keepDims }, recorder) => {
  const counted = x.dataType === 'bool' ? recorder.cast(x, 'int32') : x
  return reduce(counted, { opType: 'ReduceSum', axes: axis, keepDims }, recorder)
}

/** mean(x: Tensor, axis: number | number[], keepDims: boolean) */
const mean: Lowering<'Mean'> = ({ x }, { axis, keepDims }, recorder) =>
  reduce(recorder.cast(x, 'float32'), { opType: 'ReduceMean', axes: axis, keepDims }, recorder)

/** max(x: Tensor, reductionIndices: number | number[], keepDims: boolean) */
const max: Lowering<'Max'> = ({ x }, { reductionIndices, keepDims }, recorder) =>
  reduce(x, { opType: 'ReduceMax', axes: reductionIndices, keepDims }, recorder)

/** min(x: Tensor, axis: number | number[], keepDims: boolean) */
const min: Lowering<'Min'> = ({ x }, { axis, keepDims }, recorder) =>
  reduce(x, { opType: 'ReduceMin', axes: axis, keepDims }, recorder)

/** softmax(logits: Tensor, dim: number) */
const softmax: Lowering<'Softmax'> = ({ logits }, { dim }, recorder) =>
  recorder.node('Softmax', [logits], { axis: attr.int(dim) })

export const reduction = { Max: max, Mean: mean, Min: min, Softmax: softmax, Sum: sum } as const

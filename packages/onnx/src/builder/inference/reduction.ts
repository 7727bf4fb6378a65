// Result types of reductions over axes.
import type { DataType } from '../../types.js'
import { axisOf, type Call, type Inference, int, ints, required } from '../value.js'

/** Axes as an attribute or, from the opset that moved them there, as the second input. */
function reduceAxes(call: Call): readonly number[] {
  const rank = required(call, 0).dims.length
  const given = call.constant(1) ?? (call.attributes['axes'] ? ints(call, 'axes') : undefined)
  return given?.map((axis) => axisOf(axis, rank)) ?? Array.from({ length: rank }, (_, i) => i)
}

function reduced(call: Call, axes: readonly number[]): number[] {
  const keep = int(call, 'keepdims', 1) === 1
  return required(call, 0).dims.flatMap((size, i) =>
    axes.includes(i) ? (keep ? [1] : []) : [size],
  )
}

const reduce: Inference = (call) => [
  { dataType: required(call, 0).dataType, dims: reduced(call, reduceAxes(call)) },
]

const argument: Inference = (call) => {
  const dataType: DataType = 'int64'
  const axis = axisOf(int(call, 'axis', 0), required(call, 0).dims.length)
  return [{ dataType, dims: reduced(call, [axis]) }]
}

export const reduction: Readonly<Record<string, Inference>> = {
  ReduceSum: reduce,
  ReduceMean: reduce,
  ReduceMax: reduce,
  ReduceMin: reduce,
  ReduceProd: reduce,
  ArgMax: argument,
  ArgMin: argument,
}

// Result types of reductions over axes, and of what works along one axis.
import type { DataType } from '../../types.js'
import {
  type Call,
  checkedAxis,
  type Inference,
  int,
  ints,
  required,
  requiredConstant,
} from '../value.js'
import { named } from './elementwise.js'

/** Axes as an attribute or, from the opset that moved them there, as the second input. */
function reduceAxes(call: Call): readonly number[] {
  const { dims } = required(call, 0)
  const attribute = call.attributes['axes'] ? ints(call, 'axes') : []
  const given = call.inputs[1] ? requiredConstant(call, 1) : attribute
  if (given.length > 0) {
    return given.map((axis) => checkedAxis(axis, dims))
  }
  return int(call, 'noop_with_empty_axes', 0) === 1 ? [] : dims.map((_, i) => i)
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
  const axis = checkedAxis(int(call, 'axis', 0), required(call, 0).dims)
  return [{ dataType, dims: reduced(call, [axis]) }]
}

const topK: Inference = (call) => {
  const { dataType, dims } = required(call, 0)
  const axis = checkedAxis(int(call, 'axis', -1), dims)
  const [count = 0] = requiredConstant(call, 1)
  const chosen = dims.map((size, i) => (i === axis ? count : size))
  return [
    { dataType, dims: chosen },
    { dataType: 'int64', dims: chosen },
  ]
}

export const reduction: Readonly<Record<string, Inference>> = {
  ...named('ReduceSum ReduceMean ReduceMax ReduceMin ReduceProd ReduceL1 ReduceL2', reduce),
  ...named('ReduceSumSquare ReduceLogSum ReduceLogSumExp', reduce),
  ...named('ArgMax ArgMin', argument),
  TopK: topK,
}

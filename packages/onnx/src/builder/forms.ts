// Operators whose form differs between operator sets, written as the builder's own set wants them.
import type { GraphBuilder } from './builder.js'
import { tensorOf } from './tensor.js'
import { attr, axisOf, elementCount, type Value } from './value.js'

/** What is reduced: over all axes where they are undefined. */
export interface Reduction {
  readonly opType: string
  readonly axes: readonly number[] | undefined
  readonly keepDims: boolean
}

/** From here on all reductions take their axes as an input, as ReduceSum does since 13. */
const REDUCE_AXES_AS_INPUT = 18

/** Reduces over axes; over none, each element is a set of its own. */
export function reduce(builder: GraphBuilder, value: Value, reduction: Reduction): Value {
  const { opType, keepDims } = reduction
  const rank = value.dims.length
  const all = value.dims.map((_, axis) => axis)
  const axes = (reduction.axes ?? all).map((axis) => axisOf(axis, rank)).sort((a, b) => a - b)
  const keepdims = attr.int(keepDims ? 1 : 0)
  if (axes.length === 0) {
    // An empty list would mean all axes: here a last axis of size 1 is reduced.
    const column = builder.node('Unsqueeze', [value, builder.list([rank])])
    return reduce(builder, column, { opType, axes: [rank], keepDims: false })
  }
  return opType === 'ReduceSum' || builder.opset >= REDUCE_AXES_AS_INPUT
    ? builder.node(opType, [value, builder.list(axes)], { keepdims })
    : builder.node(opType, [value], { axes: attr.ints(axes), keepdims })
}

/** Reshapes; a size of 0, which by itself copies the input's size, means 0. */
export function reshape(builder: GraphBuilder, value: Value, dims: readonly number[]): Value {
  const copies = dims.every((size, axis) => size !== 0 || value.dims[axis] === 0)
  if (copies) {
    return builder.node('Reshape', [value, builder.shape(dims)])
  }
  if (builder.opset >= 14) {
    return builder.node('Reshape', [value, builder.shape(dims)], { allowzero: attr.int(1) })
  }
  // Opset 13 cannot say so, but a tensor without elements is like any other of its shape.
  const none = builder.initializer('none', tensorOf(value.dataType, [], [0]))
  return builder.node('Expand', [none, builder.shape(dims)])
}

/** The parts of a value along an axis; one part is the value itself. */
export function split(
  builder: GraphBuilder,
  value: Value,
  { sizes, axis }: { readonly sizes: readonly number[]; readonly axis: number },
): Value[] {
  if (sizes.length === 1 && elementCount(sizes) === value.dims[axisOf(axis, value.dims.length)]) {
    return [value]
  }
  return builder.nodes('Split', [value, builder.list(sizes)], {
    attributes: { axis: attr.int(axis) },
    outputCount: sizes.length,
  })
}

/** Along which axis, how long, which way. */
export interface DftOptions {
  readonly axis: number
  /** The number of elements along the axis, which is cut or filled with zeros; default as it is. */
  readonly length?: number
  readonly inverse?: boolean
  readonly onesided?: boolean
}

/** From here on the axis is an input. */
const DFT_AXIS_AS_INPUT = 20

/** A Fourier transform, its axis as an attribute or an input. */
export function dft(builder: GraphBuilder, value: Value, options: DftOptions): Value {
  const axis = axisOf(options.axis, value.dims.length)
  const length =
    options.length === undefined
      ? undefined
      : builder.initializer('length', tensorOf('int64', [], [options.length]))
  const attributes = {
    inverse: attr.int(options.inverse ? 1 : 0),
    onesided: attr.int(options.onesided ? 1 : 0),
  }
  if (builder.opset < DFT_AXIS_AS_INPUT) {
    return builder.node('DFT', [value, length], { axis: attr.int(axis), ...attributes })
  }
  const place = builder.initializer('axis', tensorOf('int64', [], [axis]))
  return builder.node('DFT', [value, length, place], attributes)
}

// Kernels of sparse tensors whose results have shapes that no value decides.
import { tensorOf, type Value } from '@anyvae/onnx'
import type { Recorder } from '../recorder.js'
import type { Lowering } from './lowering.js'

/**
 * sparseReshape(inputIndices: Tensor2D [entries, rank], inputShape: Tensor1D, newShape: Tensor1D),
 * one size of newShape may be -1. Each entry's place in the flattened tensor stays as it is. Sizes
 * that do not fit, which TensorFlow.js refuses when it sees them, cannot be refused in a graph.
 */
const sparseReshape: Lowering<'SparseReshape'> = (
  { inputIndices, inputShape, newShape },
  _,
  recorder,
) => {
  const shape = recorder.int64(inputShape)
  const target = inferred(recorder.int64(newShape), shape, recorder)
  const { builder } = recorder
  const weighted = builder.node('Mul', [recorder.int64(inputIndices), strides(shape, recorder)])
  const place = builder.reduce('ReduceSum', weighted, [1], true)
  // No entry is there to divide where a size is 0, but division by 0 ends the process.
  const one = recorder.list([1])
  const digits = builder.node('Div', [place, builder.node('Max', [strides(target, recorder), one])])
  const indices = builder.node('Mod', [digits, builder.node('Max', [target, one])])
  return [recorder.operand(indices), recorder.operand(target)]
}

/** The new shape with what the other sizes leave over in place of -1. */
function inferred(shape: Value, old: Value, recorder: Recorder): Value {
  const { builder } = recorder
  const one = recorder.list([1])
  const open = builder.node('Equal', [shape, recorder.list([-1])])
  const given = product(builder.node('Where', [open, one, shape]), recorder)
  const rest = builder.node('Div', [product(old, recorder), builder.node('Max', [given, one])])
  return builder.node('Where', [open, rest, shape])
}

function product(shape: Value, { builder }: Recorder): Value {
  return builder.reduce('ReduceProd', shape, [0], true)
}

/** Of each dimension, the product of the sizes of those after it. */
function strides(shape: Value, recorder: Recorder): Value {
  const rank = shape.dims[0] ?? 0
  const after = Array.from({ length: rank * rank }, (_, i) => (i % rank > i / rank ? 1 : 0))
  const mask = recorder.builder.initializer('after', tensorOf('bool', [rank, rank], after))
  const sizes = recorder.builder.node('Where', [mask, shape, recorder.list([1])])
  return recorder.builder.reduce('ReduceProd', sizes, [1], false)
}

export const sparse = { SparseReshape: sparseReshape } as const

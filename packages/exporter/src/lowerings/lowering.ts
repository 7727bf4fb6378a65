// What a lowering is, and the makers of the one-line ones.
import { broadcast } from '@anyvae/onnx'
import type { Kernel, KernelMap } from '../kernels.js'
import type { AnyOperand, AnyOperands, Operand, Operands } from '../operand.js'
import type { Recorder } from '../recorder.js'

/** Writes the ONNX operators of one kernel of real numbers. */
export type Lowering<K extends Kernel> = (
  inputs: Operands<KernelMap[K]['inputs']>,
  attributes: KernelMap[K]['attributes'],
  recorder: Recorder,
) => AnyOperand | readonly AnyOperand[]

/** Writes the ONNX operators of one kernel, some or all of whose inputs are complex. */
export type ComplexLowering<K extends Kernel> = (
  inputs: AnyOperands<KernelMap[K]['inputs']>,
  attributes: KernelMap[K]['attributes'],
  recorder: Recorder,
) => AnyOperand | readonly AnyOperand[]

/** A kernel that is one ONNX operator of one tensor. */
export const unary =
  (opType: string) =>
  ({ x }: { readonly x: Operand }, _: object, recorder: Recorder): Operand =>
    recorder.node(opType, [x])

/** A kernel that is one ONNX operator of real numbers; whole ones are converted there and back. */
export const floating =
  (opType: string) =>
  ({ x }: { readonly x: Operand }, _: object, recorder: Recorder): Operand =>
    recorder.cast(recorder.node(opType, [recorder.cast(x, 'float32')]), x.dataType)

export interface Pair {
  readonly a: Operand
  readonly b: Operand
}

/** A kernel that is one broadcasting ONNX operator of two tensors. */
export const binary =
  (opType: string) =>
  ({ a, b }: Pair, _: object, recorder: Recorder): Operand =>
    recorder.elementwise(opType, [a, b])

/** A commutative product; the factor 1 only broadcasts. */
export function multiply({ a, b }: Pair, _: object, recorder: Recorder): Operand {
  const dims = broadcast(a.dims, b.dims)
  if ('fill' in b && b.fill === 1) {
    return recorder.expand(a, dims)
  }
  return 'fill' in a && a.fill === 1
    ? recorder.expand(b, dims)
    : recorder.elementwise('Mul', [a, b])
}

// How much work a kernel does, by its shapes alone: floating-point operations, or bytes moved.
import type { TensorShape } from './trace.js'

/** What a kernel's time is compared with. */
export interface Work {
  readonly unit: 'flop' | 'byte'
  /** Of one call. */
  readonly amount: number
}

/** A kernel as far as its work goes. */
export interface Shapes {
  readonly op: string
  readonly inputs: readonly TensorShape[]
  readonly outputs: readonly TensorShape[]
}

/** Kernels that multiply and add, by what of their shapes the number of multiply-adds follows from. */
const MULTIPLY_ADDS: Readonly<Record<string, (shapes: Shapes) => number>> = {
  MatMul: matrixProduct,
  FusedMatMul: matrixProduct,
  Gemm: matrixProduct,
  FusedGemm: matrixProduct,
  Conv: convolution,
  FusedConv: convolution,
  ConvTranspose: transposedConvolution,
}

/** Kernels that give their input under another shape, without touching a value. */
const VIEWS = new Set(['Reshape', 'Squeeze', 'Unsqueeze', 'Flatten', 'Identity', 'Shape', 'Size'])

/** Kernels that read no more of their first input than they give. */
const PICKS = new Set(['Gather', 'GatherElements', 'GatherND', 'Slice'])

/**
 * Two operations a multiply-add for products and convolutions (a bias is not counted); for all else the
 * bytes of its inputs and outputs, and for products of less than an operation a byte, such as a 1x1
 * convolution of one channel: it is memory that limits them. Undefined where neither says anything: a
 * Reshape moves nothing.
 */
export function workOf(shapes: Shapes): Work | undefined {
  const { op, inputs, outputs } = shapes
  if (VIEWS.has(op)) return undefined
  const read = PICKS.has(op) ? [...outputs, ...inputs.slice(1)] : inputs
  const moved = sum([...read, ...outputs].map(bytesOf))
  const operations = 2 * (MULTIPLY_ADDS[op]?.(shapes) ?? 0)
  return operations < moved ? { unit: 'byte', amount: moved } : { unit: 'flop', amount: operations }
}

/**
 * A product [..., M, N] sums K terms each. The first operand holds M x K values for each matrix, however
 * it is transposed; a vector's length is K.
 */
function matrixProduct({ inputs: [a, b], outputs: [out] }: Shapes): number {
  if (a === undefined || b === undefined || out === undefined) return 0
  const rows = out.dims.at(-2) ?? 1
  const vector = [a, b].find(({ dims }) => dims.length === 1)
  const terms = vector === undefined ? product(a.dims.slice(-2)) / rows : product(vector.dims)
  return product(out.dims) * terms
}

/** Each output value sums the products of one filter [channels of a group, ...kernel]. */
function convolution({ inputs: [, filters], outputs: [out] }: Shapes): number {
  return product(out?.dims ?? [0]) * product(filters?.dims.slice(1) ?? [0])
}

/** Each input value is spread over one filter [channels of a group, ...kernel]. */
function transposedConvolution({ inputs: [images, filters] }: Shapes): number {
  return product(images?.dims ?? [0]) * product(filters?.dims.slice(1) ?? [0])
}

/** Bytes an element; 4 where the type is not known. */
const BYTES: Readonly<Record<string, number>> = {
  bool: 1,
  uint8: 1,
  int8: 1,
  uint16: 2,
  int16: 2,
  float16: 2,
  bfloat16: 2,
  double: 8,
  int64: 8,
  uint64: 8,
}

function bytesOf({ type, dims }: TensorShape): number {
  return (BYTES[type] ?? 4) * product(dims)
}

function product(values: readonly number[]): number {
  return values.reduce((all, value) => all * value, 1)
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0)
}

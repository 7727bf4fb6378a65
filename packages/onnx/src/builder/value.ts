// Values of a graph under construction, and the attributes that its operators are called with.
import { OnnxError } from '../error.js'
import type { Attribute, DataType, Graph, TensorData } from '../types.js'

/** The element type and the shape of a value, its sizes all known. */
export interface ValueType {
  readonly dataType: DataType
  readonly dims: readonly number[]
}

/** A value of a graph under construction. */
export interface Value extends ValueType {
  readonly name: string
}

/** Makers of attributes, named after the types that ONNX tells apart. */
export const attr = {
  int: (value: number): Attribute => ({ type: 'int', value }),
  ints: (value: readonly number[]): Attribute => ({ type: 'ints', value }),
  float: (value: number): Attribute => ({ type: 'float', value }),
  floats: (value: readonly number[]): Attribute => ({ type: 'floats', value }),
  string: (value: string): Attribute => ({ type: 'string', value }),
  strings: (value: readonly string[]): Attribute => ({ type: 'strings', value }),
  tensor: (value: TensorData): Attribute => ({ type: 'tensor', value }),
  graph: (value: Graph): Attribute => ({ type: 'graph', value }),
} as const

/** One operator call whose result types are asked for. */
export interface Call {
  readonly opType: string
  readonly inputs: readonly (Value | undefined)[]
  readonly attributes: Readonly<Record<string, Attribute>>
  readonly outputCount: number
  /** The numbers of an input that is a constant, as a shape or a list of axes must be. */
  readonly constant: (index: number) => readonly number[] | undefined
}

/** The types of a call's results. */
export type Inference = (call: Call) => readonly ValueType[]

/** The input at a place, which the operator needs. */
export function required(call: Call, index: number): Value {
  const value = call.inputs[index]
  if (value === undefined) {
    throw new OnnxError(`${call.opType}: input ${index} is missing, expected a value`)
  }
  return value
}

/** The constant at a place, which inference needs. */
export function requiredConstant(call: Call, index: number): readonly number[] {
  const values = call.constant(index)
  if (values === undefined) {
    throw new OnnxError(`${call.opType}: input ${index} is no constant, expected one`)
  }
  return values
}

/** A list attribute. */
export function ints(call: Call, name: string): readonly number[] {
  const attribute = call.attributes[name]
  if (attribute?.type !== 'ints') {
    throw new OnnxError(`${call.opType}: attribute ${name} is missing, expected a list of integers`)
  }
  return attribute.value
}

/** A list attribute, or what it defaults to. */
export function intsOr(call: Call, name: string, fallback: readonly number[]): readonly number[] {
  return call.attributes[name] === undefined ? fallback : ints(call, name)
}

/** A text attribute, or what it defaults to. */
export function text(call: Call, name: string, fallback: string): string {
  const attribute = call.attributes[name]
  return attribute?.type === 'string' ? attribute.value : fallback
}

/** An integer attribute of a call or a node, or what it defaults to. */
export function int(
  { attributes }: Pick<Call, 'attributes'>,
  name: string,
  fallback: number,
): number {
  const attribute = attributes[name]
  return attribute?.type === 'int' ? attribute.value : fallback
}

/** An axis counted from the front. */
export function axisOf(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis
}

/** An axis counted from the front, or an error where the shape has no such axis. */
export function checkedAxis(axis: number, dims: readonly number[]): number {
  sizeOf(dims, axis)
  return axisOf(axis, dims.length)
}

/** The size of a dimension, or an error that names the place. */
export function sizeOf(dims: readonly number[], axis: number): number {
  const size = dims[axisOf(axis, dims.length)]
  if (size === undefined) {
    throw new OnnxError(`axis: out of range, got ${axis} for a shape [${dims.join(', ')}]`)
  }
  return size
}

/** The number of elements of a shape; 1 for a scalar's `[]`. */
export function elementCount(dims: readonly number[]): number {
  return dims.reduce((product, size) => product * size, 1)
}

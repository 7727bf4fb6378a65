// What a call of the tables is: an operator whose result types are known, to compare with what rules say.
import { GraphBuilder } from '../../builder/builder.js'
import { tensorOf } from '../../builder/tensor.js'
import type { ValueType } from '../../builder/value.js'
import type { Attribute, DataType, Graph } from '../../types.js'

/** An input: a type, or a type with the numbers of a constant; null where it is absent. */
export type CallInput = (ValueType & { readonly values?: readonly number[] }) | null

/** A call, and the types of its outputs: `dims`, or type and dims where it is not the first input's. */
export interface OperatorExample {
  readonly opType: string
  readonly inputs: readonly CallInput[]
  readonly attributes?: Readonly<Record<string, Attribute>>
  readonly outputs: readonly (ValueType | readonly number[])[]
  /** The only operator sets where it is to be written in this form; default 13 to 21. */
  readonly opsets?: readonly [number, number]
}

/** An input that is known at run time only. */
export const of = (dataType: DataType, ...dims: number[]): ValueType => ({ dataType, dims })

export const f32 = (...dims: number[]) => of('float32', ...dims)

/** A constant list of int64. */
export const list = (...values: number[]) => ({ ...of('int64', values.length), values })

/** A constant scalar. */
export const scalar = (dataType: DataType, value: number) => ({ ...of(dataType), values: [value] })

/** A constant of one number everywhere. */
export const filled = (dataType: DataType, dims: readonly number[], value = 0) => ({
  ...of(dataType, ...dims),
  values: dims.reduce<number[]>((all, size) => Array<number[]>(size).fill(all).flat(), [value]),
})

/** The graph of one call. */
export function graphOfCall(call: OperatorExample, opset: number): Graph {
  const names = call.outputs.map((_, i) => `y${i}`)
  const builder = new GraphBuilder(opset, names)
  const inputs = call.inputs.map((input, i) => {
    if (input === null) return undefined
    const { values, ...type } = input
    return values === undefined
      ? builder.input(`x${i}`, type)
      : builder.initializer(`x${i}`, tensorOf(type.dataType, type.dims, values))
  })
  const { attributes = {}, outputs } = call
  const results = builder.nodes(call.opType, inputs, { attributes, outputCount: outputs.length })
  results.forEach((result, i) => builder.output(`y${i}`, result))
  return builder.build(call.opType)
}

/** The types that the outputs have. */
export function expectedTypes({ inputs, outputs }: OperatorExample): ValueType[] {
  const dataType = inputs[0]?.dataType ?? 'float32'
  return outputs.map((each) => ('dataType' in each ? each : { dataType, dims: each }))
}

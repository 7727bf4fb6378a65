// A choice between two regions becomes an ONNX If.
import type * as tf from '@tensorflow/tfjs-core'
import { attr, type Value } from '@anyvae/onnx'
import { TraceError } from '../error.js'
import type { Interpreter } from './interpreter.js'
import type { TensorList } from './list.js'
import { typed } from './list.js'
import type { Region } from './region.js'
import { type FlowValue, isList } from './scope.js'
import { recordGraph, tensorOf, valueOf } from './subgraph.js'

/** A choice: what decides, and what runs where that is true, and where it is not. */
export interface Choice {
  /** How the node is told, such as `cond (If)`. */
  readonly what: string
  /** Begins the names of what is recorded. */
  readonly name: string
  readonly predicate: tf.Tensor
  readonly yes: Region
  readonly no: Region
  readonly inputs: readonly FlowValue[]
}

/** The results of the region that is chosen; one alone is recorded where the choice is known. */
export function choose(interpreter: Interpreter, choice: Choice): FlowValue[] {
  const { predicate, yes, no, inputs } = choice
  const known = interpreter.constant(predicate)?.[0]
  if (known !== undefined) {
    return interpreter.results(known === 0 ? no : yes, inputs)
  }
  const { backend } = interpreter
  const shapes = [yes, no].map((region, i) =>
    traced(interpreter, choice, { region, key: KEYS[i] ?? '' }),
  )
  const lists = shapes.map(({ values }) => values)
  const wanted = (lists[0] ?? []).map((value, i) => template(value, lists[1]?.[i]))
  const again = wanted.some((each, i) => lists.some((values) => differs(values[i], each)))
  const [first, second] = again
    ? [yes, no].map((region, i) =>
        traced(interpreter, choice, { region, key: KEYS[i] ?? '', wanted }),
      )
    : shapes
  if (first === undefined || second === undefined) return []
  checkTypes(choice, first.types, second.types)
  const condition = valueOf(backend, predicate)
  const { builder } = backend.recorder
  const decided = condition.dims.length === 0 ? condition : builder.reshape(condition, [])
  const outputs = builder.typedNodes(
    {
      opType: 'If',
      inputs: [builder.cast(decided, 'bool')],
      attributes: { then_branch: attr.graph(first.graph), else_branch: attr.graph(second.graph) },
    },
    first.types,
  )
  let next = 0
  return first.values.map((value): FlowValue => {
    const made = () => tensorOf(backend, required(outputs[next++]))
    if (!isList(value)) return made()
    return value.elements === undefined ? value : { ...value, elements: made() }
  })
}

const KEYS = ['then', 'else']

interface Traced {
  readonly region: Region
  readonly key: string
  /** What lists must be made of, where the branches differ. */
  readonly wanted?: readonly FlowValue[]
}

function traced(interpreter: Interpreter, choice: Choice, { region, key, wanted }: Traced) {
  const { backend } = interpreter
  let values: FlowValue[] = []
  const name = `${choice.name}_${key}`
  const recorded = recordGraph(
    backend,
    { name, outputs: region.results.map((_, i) => `result_${i}`) },
    () => {
      values = interpreter
        .results(region, choice.inputs)
        .map((value, i) => withShape(value, wanted?.[i]))
      return values.flatMap(tensors).map((tensor) => valueOf(backend, tensor))
    },
  )
  return { ...recorded, values }
}

function tensors(value: FlowValue): tf.Tensor[] {
  if (!isList(value)) return [value]
  return value.elements === undefined ? [] : [value.elements]
}

/** Of two lists the one that has elements. */
function template(a: FlowValue, b: FlowValue | undefined): FlowValue {
  return b !== undefined && isList(a) && isList(b) && a.elements === undefined ? b : a
}

function differs(value: FlowValue | undefined, wanted: FlowValue): boolean {
  return (
    value !== undefined && isList(value) && isList(wanted) && !value.elements !== !wanted.elements
  )
}

function withShape(value: FlowValue, wanted: FlowValue | undefined): FlowValue {
  if (wanted === undefined || !isList(value) || !isList(wanted)) return value
  const shape = wanted.elements?.shape.slice(1)
  return shape ? (typed(value, shape) satisfies TensorList) : value
}

function checkTypes({ what }: Choice, yes: readonly Value[] | Traces, no: Traces): void {
  yes.forEach((one, i) => {
    const other = no[i]
    const [a, b] = [one, other].map((type) =>
      type ? `${type.dataType}[${type.dims.join(', ')}]` : 'nothing',
    )
    if (a !== b) {
      throw new TraceError(
        `${what}: its branches give results of several shapes, got ${a ?? ''} and ${b ?? ''} for result ${i}, expected equal ones`,
      )
    }
  })
}

type Traces = readonly { readonly dataType: string; readonly dims: readonly number[] }[]

function required(value: Value | undefined): Value {
  if (value === undefined) throw new TraceError('If: gives fewer results than its branches')
  return value
}

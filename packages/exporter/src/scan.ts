// A step that is repeated over sequences, traced once, as the body of an ONNX Scan.
import * as tf from '@tensorflow/tfjs-core'
import {
  attr,
  type Graph,
  GraphBuilder,
  identifier,
  type Initializer,
  type Value,
} from '@anyvae/onnx'
import { TraceBackend } from './backend.js'
import { TraceError } from './error.js'
import { type AnyOperand, isComplex, type Operand } from './operand.js'
import { operandOf, Recorder } from './recorder.js'

/** What a step has and gives: the state that is carried on, and what is stacked. */
export interface Stepped {
  readonly states: readonly tf.Tensor[]
  readonly outputs: readonly tf.Tensor[]
}

/** The state to begin with, and the sequences, whose first dimension is time. */
export interface Scanned {
  readonly states: readonly tf.Tensor[]
  readonly sequences: readonly tf.Tensor[]
}

type Step = (states: tf.Tensor[], elements: tf.Tensor[]) => Stepped

/**
 * Repeats a step over the elements of sequences, as it is traced: gives the last states, and the
 * outputs of all steps stacked. The step must give states of the shapes that it was given.
 */
export function scan({ states, sequences }: Scanned, step: Step): Stepped {
  const backend = tf.backend()
  if (!(backend instanceof TraceBackend)) {
    throw new TraceError('scan: runs outside a trace, expected the recording backend')
  }
  const { recorder } = backend
  const [first, all] = [states, sequences].map((list) => list.map((each) => valueOf(backend, each)))
  const values = [...(first ?? []), ...(all ?? [])]
  const { graph, outputs } = bodyOf(backend, { states: first ?? [], sequences: all ?? [] }, step)
  const time = all?.[0]?.dims[0] ?? 0
  const types = outputs.map(({ dataType, dims }, i) => ({
    dataType,
    dims: i < states.length ? dims : [time, ...dims],
  }))
  const attributes = { body: attr.graph(graph), num_scan_inputs: attr.int(sequences.length) }
  const results = recorder.builder
    .typedNodes({ opType: 'Scan', inputs: values, attributes }, types)
    .map((value) => backend.tensor(operandOf(value)))
  return { states: results.slice(0, states.length), outputs: results.slice(states.length) }
}

interface Values {
  readonly states: readonly Value[]
  readonly sequences: readonly Value[]
}

/** Traces the step into a graph of its own, whose constants stand in the graph around it. */
function bodyOf(backend: TraceBackend, { states, sequences }: Values, step: Step) {
  const outer = backend.recorder.builder
  const names = states.map((_, i) => `next_state_${i}`)
  const outputNames = [...names, ...OUTPUTS]
  const builder = new GraphBuilder(outer.opset, outputNames)
  const inner = new Recorder(builder, backend.recorder)
  const outputs = backend.recordInto(inner, () => {
    const input = (name: string, { dataType }: Value, dims: readonly number[]) =>
      backend.tensor(operandOf(builder.input(name, { dataType, dims })))
    const given = states.map((value, i) => input(`state_${i}`, value, value.dims))
    const elements = sequences.map((value, i) => input(`element_${i}`, value, value.dims.slice(1)))
    const stepped = step(given, elements)
    builder.scope = ''
    return [...stepped.states, ...stepped.outputs].map((tensor, i) => {
      const value = valueOf(backend, tensor)
      builder.output(outputNames[i] ?? '', value)
      return value
    })
  })
  const scope = identifier(outer.scope)
  const name = backend.bodyName(`${outer.scope === '' ? 'scan' : scope}_step`)
  return { outputs, graph: hoisted(builder.build(name), scope, outer) }
}

/** The most that a step stacks. */
const OUTPUTS = ['output_0', 'output_1']

/**
 * The body with its constants moved to the graph around it, where sizes that depend on symbols are
 * computed, and with names that nothing else has.
 */
function hoisted(body: Graph, scope: string, outer: GraphBuilder): Graph {
  // The scope of the layer stands in the body's name already.
  const prefixed = (name: string) =>
    `${body.name}_${name.startsWith(`${scope}_`) ? name.slice(scope.length + 1) : name}`
  const constants = body.initializers.map(({ name, ...tensor }: Initializer) => {
    const value = outer.initializer(name, tensor)
    return [name, value.name] as const
  })
  const own = [...body.inputs, ...body.outputs].map(({ name }) => name)
  const made = body.nodes.flatMap(({ outputs }) => outputs)
  const inner = [...new Set([...own, ...made])].map((name) => [name, prefixed(name)] as const)
  const renamed = new Map([...constants, ...inner])
  const rename = (name: string) => renamed.get(name) ?? name
  const named = <T extends { readonly name: string }>(value: T): T => ({
    ...value,
    name: rename(value.name),
  })
  return {
    ...body,
    initializers: [],
    inputs: body.inputs.map(named),
    outputs: body.outputs.map(named),
    values: body.values.map(named),
    nodes: body.nodes.map((node) => ({
      ...node,
      name: prefixed(node.name),
      inputs: node.inputs.map(rename),
      outputs: node.outputs.map(rename),
    })),
  }
}

function valueOf(backend: TraceBackend, tensor: tf.Tensor): Value {
  return backend.recorder.value(real(backend.operand(tensor)))
}

function real(operand: AnyOperand): Operand {
  if (isComplex(operand)) {
    throw new TraceError('scan: steps over complex numbers, got complex64, expected real numbers')
  }
  return operand
}

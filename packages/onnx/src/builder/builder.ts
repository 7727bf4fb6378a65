// The graph builder: the one place that writes names, types and shapes of a graph.
import { dataTypeCode } from '../data-types.js'
import { OnnxError } from '../error.js'
import type {
  Attribute,
  DataType,
  Graph,
  Initializer,
  Node,
  TensorData,
  ValueInfo,
} from '../types.js'
import { inferTypes } from './inference/index.js'
import { type DftOptions, dft, reduce, reshape, split } from './forms.js'
import { identifier, Names } from './names.js'
import { renameReads } from '../passes/walk.js'
import { checkCall } from './operators/check.js'
import { numbersOf, tensorOf } from './tensor.js'
import { attr, type Call, type Value, type ValueType } from './value.js'

/** What an operator is called with. An absent optional input is undefined. */
export interface CallOptions {
  readonly attributes?: Readonly<Record<string, Attribute>>
  readonly outputCount?: number
}

type Inputs = readonly (Value | undefined)[]

/** A call under a name of its own, where one is given. */
type TypedCall = Omit<Call, 'constant' | 'outputCount'> & {
  readonly name?: string
  /** Of an operator that is not ONNX's own, and so is not checked. */
  readonly domain?: string
}

/** Builds a graph operator by operator; shapes and element types follow from the operators. */
export class GraphBuilder {
  /** Put before the names of nodes that are added, for example `encoder/hidden`. */
  scope = ''
  readonly #names: Names
  readonly #outer: GraphBuilder | undefined
  readonly #nodes: Node[] = []
  readonly #inputs: Value[] = []
  readonly #initializers: Initializer[] = []
  readonly #constants = new Map<string, TensorData>()
  readonly #values: Value[] = []
  readonly #outputs: ValueInfo[] = []
  readonly #renamed = new Map<string, string>()
  readonly #reserved: readonly string[]
  /** The operator set that the nodes are written for. */
  readonly opset: number

  /**
   * @param opset the operator set that the nodes are written for, 13 to 21
   * @param outputs the names of the graph's outputs, which nothing else then takes
   * @param outer the surrounding graph's builder, or names of it that an inner graph must not use again
   */
  constructor(
    opset: number,
    outputs: readonly string[],
    outer: readonly string[] | GraphBuilder = [],
  ) {
    this.opset = opset
    this.#outer = outer instanceof GraphBuilder ? outer : undefined
    this.#names = outer instanceof GraphBuilder ? outer.#names : new Names()
    if (!(outer instanceof GraphBuilder)) outer.forEach((name) => this.#names.take(name))
    this.#reserved = outputs.map((name) => this.#names.take(name))
  }

  /**
   * A builder of a graph within a node of this one, such as the body of a Loop. Its nodes may read the
   * values of this graph by name; no name is taken in both; constants stand in the outermost graph.
   */
  inner(outputs: readonly string[]): GraphBuilder {
    return new GraphBuilder(this.opset, outputs, this)
  }

  /** The names of the outputs, as they were reserved. */
  get outputNames(): readonly string[] {
    return this.#reserved
  }

  /** The builder of the surrounding graph, where {@link inner} made this one. */
  get outer(): GraphBuilder | undefined {
    return this.#outer
  }

  /** Adds a graph input. */
  input(name: string, type: ValueType): Value {
    const value = { name: this.#names.take(name), dataType: type.dataType, dims: type.dims }
    this.#inputs.push(value)
    return value
  }

  /** Adds a weight or constant, to the outermost graph. */
  initializer(name: string, tensor: TensorData): Value {
    if (this.#outer) return this.#outer.initializer(name, tensor)
    const taken = this.#names.take(name)
    this.#initializers.push({ name: taken, ...tensor })
    this.#constants.set(taken, tensor)
    return { name: taken, dataType: tensor.dataType, dims: tensor.dims }
  }

  /** Adds a constant scalar. */
  scalar(dataType: DataType, value: number): Value {
    return this.initializer('constant', tensorOf(dataType, [], [value]))
  }

  /** Adds a constant list of int64, as axes are given. */
  list(values: readonly number[], name = 'constant'): Value {
    return this.initializer(name, tensorOf('int64', [values.length], values))
  }

  /** Adds a constant shape; sizes in it may come to depend on a symbolic dimension. */
  shape(dims: readonly number[]): Value {
    return this.list(dims, 'shape')
  }

  /**
   * Adds an operator and gives its first output. OnnxError where the opset does not have it with
   * these inputs and attributes, and where shapes do not fit.
   */
  node(
    opType: string,
    inputs: Inputs,
    attributes: Readonly<Record<string, Attribute>> = {},
  ): Value {
    const [value] = this.nodes(opType, inputs, { attributes })
    if (value === undefined) {
      throw new OnnxError(`${opType}: gives no output, expected one`)
    }
    return value
  }

  /** Adds an operator and gives all its outputs. */
  nodes(opType: string, inputs: Inputs, options: CallOptions = {}): Value[] {
    const { attributes = {}, outputCount = 1 } = options
    const constant = (index: number) => this.constantOf(inputs[index])
    const call: Call = { opType, inputs, attributes, outputCount, constant }
    checkCall(call, this.opset)
    return this.typedNodes(call, inferTypes(call))
  }

  /** Adds an operator whose output types the caller knows, such as a Loop. */
  typedNodes(call: TypedCall, types: readonly ValueType[]): Value[] {
    if (!call.domain) checkCall(call, this.opset)
    const scope = this.scope === '' ? '' : `${this.scope}/`
    const name = this.#names.take(call.name ?? `${scope}${call.opType}`)
    const outputs = types.map((type, index) => ({
      name: index === 0 ? name : this.#names.take(`${name}_output`),
      dataType: type.dataType,
      dims: type.dims,
    }))
    this.#nodes.push({
      name,
      opType: call.opType,
      ...(call.domain ? { domain: call.domain } : {}),
      inputs: namesOf(call.inputs),
      outputs: outputs.map((output) => output.name),
      attributes: call.attributes,
    })
    this.#values.push(...outputs)
    return outputs
  }

  /** The numbers of a constant, or undefined for any other value. */
  constantOf(value: Value | undefined): number[] | undefined {
    if (this.#outer) return this.#outer.constantOf(value)
    const tensor = value && this.#constants.get(value.name)
    return tensor && numbersOf(tensor)
  }

  /** Converts elements; a value of that type already stays as it is. */
  cast(value: Value, dataType: DataType): Value {
    if (value.dataType === dataType) {
      return value
    }
    return this.node('Cast', [value], { to: attr.int(dataTypeCode(dataType)) })
  }

  /** Permutes dimensions; the identity adds nothing. */
  transpose(value: Value, perm: readonly number[]): Value {
    if (perm.every((axis, i) => axis === i)) {
      return value
    }
    return this.node('Transpose', [value], { perm: attr.ints(perm) })
  }

  /** Gives a value another shape of the same size; a size of 0 means 0. */
  reshape(value: Value, dims: readonly number[]): Value {
    return reshape(this, value, dims)
  }

  /**
   * Reduces over axes, counted from the back where negative; all where they are undefined, none
   * where the list is empty. The axes become an attribute or an input as the opset wants.
   */
  reduce(
    opType: string,
    value: Value,
    axes: readonly number[] | undefined,
    keepDims = false,
  ): Value {
    return reduce(this, value, { opType, axes, keepDims })
  }

  /** Cuts a value into parts of the given sizes along an axis. */
  split(value: Value, sizes: readonly number[], axis: number): Value[] {
    return split(this, value, { sizes, axis })
  }

  /** The discrete Fourier transform of complex numbers, [..., 2], or real ones, [..., 1]; since opset 17. */
  dft(value: Value, options: DftOptions): Value {
    return dft(this, value, options)
  }

  /** Makes a value a graph output under a name that was reserved for it. */
  output(name: string, value: Value): void {
    if (!this.#reserved.includes(name)) {
      throw new OnnxError(
        `output: name was not reserved, got ${name}, expected ${this.#reserved.join(', ')}`,
      )
    }
    const produced = this.#values.includes(value) && !this.#renamed.has(value.name)
    const named = produced ? value : this.node('Identity', [value])
    this.#renamed.set(named.name, name)
    this.#outputs.push({ name, dataType: value.dataType, dims: value.dims })
  }

  /** Copies a graph's nodes and initializers in here; its inputs become the given values. */
  inline(graph: Graph, inputs: Readonly<Record<string, Value>>): Record<string, Value> {
    const values = new Map(Object.entries(inputs))
    for (const { name, ...tensor } of graph.initializers) {
      values.set(name, this.initializer(name, tensor))
    }
    const types = new Map([...graph.values, ...graph.outputs].map((info) => [info.name, info]))
    for (const node of graph.nodes) {
      this.#inlineNode(node, values, types)
    }
    return Object.fromEntries(
      graph.outputs.map(({ name }) => [name, valueNamed(values, name)] as const),
    )
  }

  #inlineNode(node: Node, values: Map<string, Value>, types: Map<string, ValueInfo>): void {
    const { name, opType, attributes, domain } = node
    const inputs = node.inputs.map((each) => (each === '' ? undefined : valueNamed(values, each)))
    const outputs = node.outputs.map((each) => staticType(each, types.get(each)))
    const call = { name, opType, inputs, attributes, ...(domain ? { domain } : {}) }
    const added = this.typedNodes(call, outputs)
    added.forEach((value, i) => values.set(node.outputs[i] ?? '', value))
  }

  /** The graph as it stands. */
  build(name: string, doc?: string): Graph {
    const rename = (each: string) => this.#renamed.get(each) ?? each
    const outputs = new Set(this.#renamed.keys())
    return {
      name: identifier(name),
      nodes: this.#nodes.map((node) => ({
        ...renameReads(node, rename),
        outputs: node.outputs.map(rename),
      })),
      inputs: this.#inputs,
      outputs: this.#outputs,
      initializers: this.#initializers,
      values: this.#values.filter((value) => !outputs.has(value.name)),
      ...(doc === undefined ? {} : { doc }),
    }
  }
}

function valueNamed(values: ReadonlyMap<string, Value>, name: string): Value {
  const value = values.get(name)
  if (value === undefined) {
    throw new OnnxError(`inline: value is not defined, got ${name}`)
  }
  return value
}

function staticType(name: string, info: ValueInfo | undefined): ValueType {
  const dims = info?.dims?.filter((size) => typeof size === 'number')
  if (info === undefined || dims?.length !== info.dims?.length || dims === undefined) {
    throw new OnnxError(`inline: type is not known in full, got value ${name}`)
  }
  return { dataType: info.dataType, dims }
}

/**
 * Names of inputs, an empty one for an absent input. At the end absent ones are left out: there, an empty
 * name has ended onnxruntime 1.30 by a signal (Conv on WebGPU).
 */
function namesOf(inputs: Inputs): string[] {
  const last = inputs.findLastIndex((input) => input !== undefined)
  return inputs.slice(0, last + 1).map((input) => input?.name ?? '')
}

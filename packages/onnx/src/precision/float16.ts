// float16: weights and arithmetic in half precision, inputs and outputs as they were.
import { attr } from '../builder/value.js'
import { dataTypeCode } from '../data-types.js'
import { OnnxError } from '../error.js'
import { scopeOf, type Scope } from '../passes/scope.js'
import type { Attribute, DataType, Graph, Initializer, Node, ValueInfo } from '../types.js'
import { bordersOf, subgraphsOf } from './borders.js'
import { Draft, freshNames } from './draft.js'
import { type Exact, exactIn } from './exact.js'
import { isFloatOperand, ruleOf } from './float16-rules.js'
import { halfHolds, halfTensor } from './half.js'

/**
 * The graph with its weights and its arithmetic in float16, sub-graphs included. Its inputs and
 * outputs keep their types: a Cast stands between. Operators whose results pass the largest number of
 * float16, 65504, in ordinary use, that sum up many values, or that the standard does not have in
 * float16, stay in float32, and element-wise operators after them do as well. So do operators with a
 * weight that float16 does not hold, and what whole numbers come of, such as indices (`exactIn`).
 *
 * @throws OnnxError where a value's type is not known
 */
export function toFloat16(graph: Graph): Graph {
  const draft = new Draft(freshNames(graph))
  const exact = exactIn(graph)
  return new Level(graph, { draft, scope: scopeOf(graph), values: new Map(), exact }).whole()
}

/** A float32 value of the original graph. */
interface Value {
  /** Where it is at home: what follows it stays there. */
  readonly home: 'half' | 'float' | 'constant'
  /** The graph that it belongs to, in which its other form is made, for sub-graphs too. */
  readonly draft: Draft
  /** Its names in both forms, once they exist. */
  half?: string
  float?: string
  readonly constant?: Initializer
}

interface Surroundings {
  readonly draft: Draft
  readonly scope: Scope
  /** The float32 values that can be read, by their names in the original graph. */
  readonly values: Map<string, Value>
  readonly exact: Exact
}

/** One graph, or a sub-graph of it, on its way to float16. */
class Level {
  readonly #graph: Graph
  readonly #draft: Draft
  readonly #scope: Scope
  readonly #values: Map<string, Value>
  readonly #exact: Exact

  constructor(graph: Graph, { draft, scope, values, exact }: Surroundings) {
    this.#graph = graph
    this.#draft = draft
    this.#scope = scope
    this.#values = values
    this.#exact = exact
    const inputs = new Set(graph.inputs.map(({ name }) => name))
    for (const tensor of graph.initializers) {
      if (tensor.dataType !== 'float32' || inputs.has(tensor.name)) draft.initializers.push(tensor)
      else values.set(tensor.name, { home: 'constant', draft, constant: tensor })
    }
  }

  /** The outermost graph: its inputs and outputs stay float32. */
  whole(): Graph {
    for (const { name, dataType } of this.#graph.inputs) {
      if (dataType === 'float32')
        this.#values.set(name, { home: 'half', draft: this.#draft, float: name })
    }
    const outputs = new Set(this.#graph.outputs.map(({ name }) => name))
    for (const name of outputs) if (this.#values.get(name)?.constant) this.#float(name)
    for (const node of this.#graph.nodes) this.#add(node, outputs)
    return this.#finished(this.#graph.inputs, this.#graph.outputs)
  }

  /** A sub-graph: float32 becomes float16 at its borders too, save what must be exact. */
  inner(): Graph {
    const draft = this.#draft
    const halved = (info: ValueInfo) =>
      info.dataType === 'float32' && !this.#exact.values.has(info.name)
        ? { ...info, dataType: 'float16' as const }
        : info
    for (const { name, dataType } of this.#graph.inputs) {
      if (dataType !== 'float32') continue
      const exact = this.#exact.values.has(name)
      this.#values.set(
        name,
        exact ? { home: 'float', draft, float: name } : { home: 'half', draft, half: name },
      )
    }
    for (const node of this.#graph.nodes) this.#add(node, new Set())
    const outputs = this.#graph.outputs.map((info) => ({
      ...halved(info),
      name: this.#form(info.name, this.#exact.values.has(info.name) ? 'float' : 'half'),
    }))
    return this.#finished(this.#graph.inputs.map(halved), outputs)
  }

  #finished(inputs: readonly ValueInfo[], outputs: readonly ValueInfo[]): Graph {
    const { nodes, initializers, values } = this.#draft
    return { ...this.#graph, nodes, initializers, inputs, outputs, values }
  }

  #add(node: Node, outputs: ReadonlySet<string>): void {
    const float = this.#staysFloat(node)
    const borders = bordersOf(node)
    const isFloat = (inside: readonly string[] = []) =>
      float || inside.some((name) => this.#exact.values.has(name))
    const inputs = node.inputs.map((name, index) => {
      if (!this.#values.has(name)) return name
      return isFloat(borders.inputs[index]) || isFloatOperand(node, index)
        ? this.#float(name)
        : this.#half(name)
    })
    const attributes = Object.entries(node.attributes).map(
      ([name, attribute]) => [name, this.#attribute(node, { name, attribute, float })] as const,
    )
    const made = node.outputs.map((name, index) =>
      name === '' ? name : this.#made(name, isFloat(borders.outputs[index]), outputs),
    )
    this.#draft.nodes.push({
      ...node,
      inputs,
      outputs: made,
      attributes: Object.fromEntries(attributes),
    })
    // An output of the graph that is computed in float16 is cast back at once.
    node.outputs.forEach((name, index) => {
      if (name !== made[index]) cast(this.#draft, made[index] ?? '', { name, dataType: 'float32' })
    })
  }

  #staysFloat(node: Node): boolean {
    if (subgraphsOf(node).length > 0) return false
    const rule = node.opType === 'Cast' ? this.#castRule(node) : ruleOf(node)
    if (rule === 'float' || this.#exact.deciding.has(node)) return true
    if (node.outputs.some((name) => this.#exact.values.has(name))) return true
    const { value } = node.attributes
    const constant = value?.type === 'tensor' && value.value.dataType === 'float32'
    if (constant && !halfHolds(value.value)) return true
    return node.inputs.some((name) => {
      const operand = this.#values.get(name)
      if (operand?.constant) return !halfHolds(operand.constant)
      return rule === 'follow' && operand?.home === 'float'
    })
  }

  /** Whole numbers become float32, since float16 counts no further than 2048. */
  #castRule({ inputs: [name = ''] }: Node): ReturnType<typeof ruleOf> {
    const dataType = this.#typeOf(name)
    if (dataType === 'float32') return 'follow'
    return dataType === 'bool' || dataType === 'float16' ? 'half' : 'float'
  }

  #attribute(
    { opType }: Node,
    { name, attribute, float }: { name: string; attribute: Attribute; float: boolean },
  ): Attribute {
    if (attribute.type === 'graph') return attr.graph(this.#subgraph(attribute.value))
    if (float) return attribute
    if (attribute.type === 'tensor' && attribute.value.dataType === 'float32') {
      return attr.tensor(halfTensor(attribute.value, `node of ${opType}: ${name}`))
    }
    const isType =
      (opType === 'Cast' && name === 'to') || (opType === 'EyeLike' && name === 'dtype')
    return isType && attribute.type === 'int' && attribute.value === dataTypeCode('float32')
      ? attr.int(dataTypeCode('float16'))
      : attribute
  }

  #subgraph(graph: Graph): Graph {
    const scope = scopeOf(graph, this.#scope)
    const draft = new Draft(this.#draft.names)
    const values = new Map(this.#values)
    return new Level(graph, { draft, scope, values, exact: this.#exact }).inner()
  }

  /** Takes note of what a node makes, and gives the name under which it makes it. */
  #made(name: string, float: boolean, outputs: ReadonlySet<string>): string {
    const info = this.#scope.types.get(name)
    if (this.#typeOf(name) !== 'float32') {
      if (info && !outputs.has(name)) this.#draft.values.push({ ...info, name })
      return name
    }
    const isOutput = outputs.has(name)
    const home = float ? 'float' : 'half'
    const made = isOutput && !float ? this.#draft.names.take(`${name}_half`) : name
    if (made !== name || !isOutput) {
      const dataType = float ? 'float32' : 'float16'
      this.#draft.values.push({ ...info, dataType, name: made })
    }
    const known = float || isOutput ? { float: name } : {}
    const draft = this.#draft
    this.#values.set(name, { home, draft, ...known, ...(float ? {} : { half: made }) })
    return made
  }

  #typeOf(name: string): DataType {
    const dataType = this.#scope.types.get(name)?.dataType
    if (dataType !== undefined) return dataType
    throw new OnnxError(
      `graph ${this.#graph.name}: type of ${name} is not known, got no value info, expected one`,
    )
  }

  #half(name: string): string {
    return this.#form(name, 'half')
  }

  #float(name: string): string {
    return this.#form(name, 'float')
  }

  /** The name of a value in one of its forms, which is made where it does not exist yet. */
  #form(name: string, form: 'half' | 'float'): string {
    const value = this.#values.get(name)
    if (value === undefined) return name
    const known = value[form]
    if (known !== undefined) return known
    const other = form === 'half' ? value.float : value.half
    // The first form of a constant keeps its name.
    const made =
      value.constant && other === undefined ? name : this.#draft.names.take(`${name}_${form}`)
    value[form] = made
    const { draft, constant } = value
    const dataType: DataType = form === 'half' ? 'float16' : 'float32'
    if (constant) {
      const half = form === 'half' ? halfTensor(constant, `initializer ${name}`) : constant
      draft.initializers.push({ ...half, name: made })
    } else {
      const info = { ...this.#scope.types.get(name), name: made, dataType }
      cast(draft, other ?? name, info)
      draft.values.push(info)
    }
    return made
  }
}

/** Adds the Cast that makes a value from another. */
function cast(draft: Draft, from: string, { name, dataType }: ValueInfo): void {
  draft.nodes.push({
    name: draft.names.take(`${name}_Cast`),
    opType: 'Cast',
    inputs: [from],
    outputs: [name],
    attributes: { to: attr.int(dataTypeCode(dataType)) },
  })
}

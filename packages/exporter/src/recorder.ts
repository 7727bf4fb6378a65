// The graph builder as lowerings see it: operands in, operands out.
import type { CallOptions, GraphBuilder, ValueType } from '@anyvae/onnx'
import { broadcast, tensorOf, type Attribute, type Value } from '@anyvae/onnx'
import { TraceError } from './error.js'
import type { OpenCall, Opened, OpenSizes, ResultTypes, SizeCall } from './open.js'
import type { Operand, OperandType } from './operand.js'

type Attributes = Readonly<Record<string, Attribute>>

/** What an operator may be given: an operand, a value as it is, or nothing for an absent input. */
export type Argument = Operand | Value | undefined

/** How convolutions of images are written: as ONNX's operators, or as products of matrices. */
export type Convolutions = 'operators' | 'products'

/** Which gradients are written where TensorFlow.js's are wrong: its own, or the right ones. */
export type Gradients = 'tensorflow' | 'exact'

/** Choices between ways to write the same. */
export interface RecordStyle {
  readonly assumeFinite?: boolean
  readonly gradients?: Gradients
  readonly convolutions?: Convolutions
  /** Within a step that is repeated: whether sizes around it are open. */
  readonly isOpen?: boolean
}

/** Records the operators of one trace. */
export class Recorder {
  readonly builder: GraphBuilder
  /** Whether what only treats NaN, infinities and numbers beyond int32 is left out. */
  readonly assumeFinite: boolean
  readonly convolutions: Convolutions
  readonly gradients: Gradients
  readonly #sizes: OpenSizes | undefined
  readonly #style: RecordStyle

  /** @param sizes that depend on values; without them, what has such is refused */
  constructor(builder: GraphBuilder, style: RecordStyle, sizes?: OpenSizes) {
    this.builder = builder
    this.assumeFinite = style.assumeFinite ?? false
    this.gradients = style.gradients ?? 'tensorflow'
    this.convolutions = style.convolutions ?? 'operators'
    this.#sizes = sizes
    this.#style = style
  }

  /** Whether what is recorded must do for other sizes than those that it sees. */
  get isOpen(): boolean {
    return (this.#sizes ?? this.#style).isOpen ?? false
  }

  /**
   * Adds an operator and gives its first result; numbers that fill a tensor are written out in full,
   * and an int64 result becomes int32, the one type of whole numbers in TensorFlow.js.
   */
  node(opType: string, inputs: readonly Argument[], attributes: Attributes = {}): Operand {
    return this.operand(this.builder.node(opType, this.#values(inputs), attributes))
  }

  /** Adds an operator of several results. */
  nodes(opType: string, inputs: readonly Argument[], options: CallOptions): Operand[] {
    return this.builder
      .nodes(opType, this.#values(inputs), options)
      .map((value) => this.operand(value))
  }

  /** Adds an operator whose first result has a size that depends on values. */
  open<T extends ResultTypes>(call: OpenCall<T>): { [K in keyof T]: Value } {
    return this.#opened(call) as { [K in keyof T]: Value }
  }

  /** As {@link open}, of an operator any of whose results may be the first to have that size. */
  openFrom(call: OpenCall<readonly ValueType[]>): Value[] {
    return this.#opened(call)
  }

  #opened(call: OpenCall<readonly ValueType[]>): Value[] {
    const { opType, inputs, attributes } = call
    const { size, made } = this.#sizes?.open(call) ?? refuseSize(opType, call)
    const values = this.builder.typedNodes({ opType, inputs, attributes }, call.types(size))
    made(values)
    return values
  }

  /** A size that depends on values; `what` is told where there can be none. */
  openSize(what: string, call: SizeCall): Opened {
    return this.#sizes?.openInner?.(call) ?? refuseSize(what, call)
  }

  /** Runs what is recorded once more; sizes that depend on values are then the same ones. */
  attempt<T>(run: () => T): T {
    return this.#sizes?.attempt ? this.#sizes.attempt(run) : run()
  }

  /** A recorder of a graph within this one, such as a Loop's body. */
  within(builder: GraphBuilder): Recorder {
    return new Recorder(builder, this.#style, this.#sizes)
  }

  /** A list of one number, which TensorFlow.js has cut down to a size; `shapes` as in Limit. */
  limit(value: number, bound: number, shapes?: string): Value {
    const list = this.list([value])
    this.#sizes?.limit({ name: list.name, value, bound, ...(shapes ? { shapes } : {}) })
    return list
  }

  /** The operand of a result; int64 becomes int32. */
  operand(value: Value): Operand {
    return operandOf(value.dataType === 'int64' ? this.builder.cast(value, 'int32') : value)
  }

  /** The operand as int64, as ONNX wants most indices. */
  int64(operand: Operand): Value {
    return this.builder.cast(this.value(operand), 'int64')
  }

  #values(inputs: readonly Argument[]): (Value | undefined)[] {
    return inputs.map((input) =>
      input === undefined || 'name' in input ? input : this.value(input),
    )
  }

  /** Adds an element-wise operator; numbers that fill a tensor stay scalars where they can. */
  elementwise(opType: string, inputs: readonly Operand[], attributes: Attributes = {}): Operand {
    const dims = broadcast(...inputs.map((input) => input.dims))
    const rest = broadcast(...inputs.flatMap((input) => ('fill' in input ? [] : [input.dims])))
    const scalars = sameDims(dims, rest)
    const values = inputs.map((input) =>
      'fill' in input && scalars ? this.scalar(input.dataType, input.fill) : this.value(input),
    )
    return operandOf(this.builder.node(opType, values, attributes))
  }

  /** A tensor of one number everywhere. */
  fill(dataType: OperandType, dims: readonly number[], fill: number): Operand {
    return { dataType, dims, fill }
  }

  /** Broadcasts to a shape. */
  expand(operand: Operand, dims: readonly number[]): Operand {
    if (sameDims(operand.dims, dims)) {
      return operand
    }
    if ('fill' in operand) {
      return this.fill(operand.dataType, dims, operand.fill)
    }
    return operandOf(this.builder.node('Expand', [operand.value, this.builder.shape(dims)]))
  }

  transpose(operand: Operand, perm: readonly number[]): Operand {
    if ('fill' in operand) {
      const dims = perm.map((axis) => operand.dims[axis] ?? 1)
      return this.fill(operand.dataType, dims, operand.fill)
    }
    return operandOf(this.builder.transpose(operand.value, perm))
  }

  reshape(operand: Operand, dims: readonly number[]): Operand {
    if ('fill' in operand) {
      return this.fill(operand.dataType, dims, operand.fill)
    }
    if (sameDims(operand.dims, dims)) {
      return operand
    }
    return operandOf(this.builder.reshape(operand.value, dims))
  }

  /** Cuts along the first axis into parts of the given sizes. */
  split(operand: Operand, sizes: readonly number[]): Operand[] {
    if ('fill' in operand) {
      const { dataType, dims, fill } = operand
      return sizes.map((size) => this.fill(dataType, [size, ...dims.slice(1)], fill))
    }
    return this.builder.split(operand.value, sizes, 0).map((value) => operandOf(value))
  }

  cast(operand: Operand, dataType: OperandType): Operand {
    if ('fill' in operand) {
      return this.fill(dataType, operand.dims, castNumber(operand.fill, dataType))
    }
    return operandOf(this.builder.cast(operand.value, dataType))
  }

  /** A constant list of int64, as axes, starts and ends are given. */
  list(values: readonly number[]): Value {
    return this.builder.list(values)
  }

  /** The operand as a value of the graph. */
  value(operand: Operand): Value {
    if ('value' in operand) {
      return operand.value
    }
    const scalar = this.scalar(operand.dataType, operand.fill)
    return operand.dims.length === 0
      ? scalar
      : this.builder.node('Expand', [scalar, this.builder.shape(operand.dims)])
  }

  private scalar(dataType: OperandType, value: number): Value {
    return this.builder.initializer('constant', tensorOf(dataType, [], [value]))
  }
}

/**
 * The operand of a value, whose type must be one that TensorFlow.js has. A tensor without elements
 * is any number everywhere, so that its shape is written out where it is needed and not computed.
 */
export function operandOf(value: Value): Operand {
  const { dataType, dims } = value
  if (dataType !== 'float32' && dataType !== 'int32' && dataType !== 'bool') {
    throw new TraceError(
      `${value.name}: not a type of TensorFlow.js, got ${dataType}, expected float32, int32 or bool`,
    )
  }
  return dims.includes(0) ? { dataType, dims, fill: 0 } : { dataType, dims, value }
}

export function sameDims(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, i) => size === b[i])
}

function castNumber(value: number, dataType: OperandType): number {
  if (dataType === 'bool') {
    return value === 0 ? 0 : 1
  }
  return dataType === 'int32' ? Math.trunc(value) : value
}

function refuseSize(what: string, { label }: SizeCall): never {
  throw new TraceError(
    `${what}: gives a size that depends on values (${label}) in a step that is repeated, expected it outside of the step`,
  )
}

// A TensorFlow.js backend that records kernels instead of computing them.
import * as tf from '@tensorflow/tfjs-core'
import {
  elementCount,
  type Graph,
  type GraphBuilder,
  identifier,
  Names,
  numbersOf,
  readValue,
  type TensorData,
  type Unknown,
} from '@anyvae/onnx'
import { ByTensor, type Captures, operandType, tensorData } from './captures.js'
import { TraceError } from './error.js'
import type { Watch } from './explain.js'
import { checkHostValues, innermostOp, type HostValueRule } from './host.js'
import type { OpenSizes } from './open.js'
import type { NoiseInputs } from './noise.js'
import { type AnyOperand, isComplex, type Operand, type OperandType } from './operand.js'
import { operandOf, Recorder, type RecordStyle } from './recorder.js'
import { currentScope, RecordingBackend, scopeNames } from './register.js'
import { isNumbers, unreadable } from './unreadable.js'

/** The name under which the recording backend is registered while a trace runs. */
export const BACKEND_NAME = 'anyvae-trace'

export interface TraceBackendOptions extends RecordStyle {
  readonly captures: Captures
  readonly hostValues: HostValueRule
  readonly noise?: NoiseInputs
  readonly watch?: Watch
  readonly sizes: OpenSizes
}

/** Holds what each tensor of a trace stands for. */
export class TraceBackend extends RecordingBackend {
  readonly #root: Recorder
  #recorder: Recorder
  readonly #bodies = new Names()
  /** What was refused first; an asynchronous function hides it in its promise. */
  refused: TraceError | undefined
  #operands = new WeakMap<object, AnyOperand>()
  readonly #captured = new ByTensor<Operand>()
  readonly #options: TraceBackendOptions

  constructor(builder: GraphBuilder, options: TraceBackendOptions) {
    super()
    this.#root = new Recorder(builder, options, options.sizes)
    this.#recorder = this.#root
    this.#options = options
  }

  override get recorder(): Recorder {
    return this.#recorder
  }

  /** Records into another graph, one within this one, while a function runs. */
  recordInto<T>(recorder: Recorder, run: () => T): T {
    const outer = this.#recorder
    this.#recorder = recorder
    try {
      return run()
    } finally {
      this.#recorder = outer
    }
  }

  /** A name for a graph within this one, which no other has. */
  bodyName(wanted: string): string {
    return this.#bodies.take(wanted)
  }

  /** The numbers of a tensor that is known while it is traced. */
  constantOf(info: tf.TensorInfo): ArrayLike<number> | undefined {
    const operand = this.operand(info)
    const numbers = isComplex(operand) ? undefined : this.#numbersOf(operand)
    return numbers && isNumbers(numbers) ? numbers : undefined
  }

  /** A tensor that stands for an operand. */
  tensor(operand: AnyOperand): tf.Tensor {
    return tf.engine().makeTensorFromTensorInfo(this.info(operand), this)
  }

  override info(operand: AnyOperand): tf.TensorInfo {
    this.#look()
    const dataId = {}
    this.#operands.set(dataId, operand)
    return { dataId, shape: [...operand.dims], dtype: operand.dataType }
  }

  override share(info: tf.TensorInfo): tf.TensorInfo {
    return this.info(this.operand(info))
  }

  /** What a tensor stands for; one of another backend becomes a constant. */
  override operand(info: tf.TensorInfo): AnyOperand {
    checkLives(info)
    const known = this.#operands.get(info.dataId) ?? this.#captured.get(info)
    if (known !== undefined) {
      return known
    }
    checkOwner(info)
    const { captures } = this.#options
    const captured = this.#constant(captures.nameOf(info), valuesOf(info, captures))
    this.#captured.set(info, captured)
    return captured
  }

  /** Where the numbers are an input their seed says nothing; one that is drawn here tells what they are. */
  override uniforms(shape: [number, number], seed?: number): AnyOperand {
    return this.#options.noise ? super.uniforms(shape) : super.uniforms(shape, seed)
  }

  override write(values: tf.BackendValues, shape: number[], dtype: tf.DataType): tf.DataId {
    const dataType = operandType(dtype)
    const numbers = values as ArrayLike<number>
    const noise = this.#noise(numbers, { shape, dataType })
    if (noise !== undefined) return noise
    const scopes = this.#options.noise ? innermostOp(scopeNames()) : scopeNames()
    checkHostValues({ values: numbers, shape, scopes }, this.#options.hostValues)
    const dataId = {}
    const operand = isFilled(numbers)
      ? this.recorder.fill(dataType, shape, Number(numbers[0]))
      : this.#constant('constant', tensorData(values, { shape, dtype }))
    this.#look()
    this.#operands.set(dataId, operand)
    return dataId
  }

  /** The data of a noise input in place of numbers that are drawn; undefined for all others. */
  #noise(
    values: ArrayLike<number>,
    { shape, dataType }: { readonly shape: number[]; readonly dataType: OperandType },
  ): tf.DataId | undefined {
    const { noise } = this.#options
    if (noise?.takeReference(values)) return {}
    const op = noise?.drawing()
    // A step that is repeated would draw anew in each: an input of the graph cannot say that.
    if (noise === undefined || op === undefined || this.#recorder !== this.#root) return undefined
    const { builder } = this.#root
    const input = builder.input(noiseName(), { dataType, dims: shape })
    noise.add(input.name, { op, values })
    const dataId = {}
    this.#look()
    this.#operands.set(dataId, operandOf(input))
    return dataId
  }

  override readSync(dataId: object): tf.BackendValues {
    const operand = this.#operands.get(dataId)
    if (operand === undefined || isComplex(operand)) throw this.refuse(unreadable())
    const numbers = this.#numbersOf(operand)
    if (isNumbers(numbers)) return typedArray(numbers, operand.dataType)
    throw this.refuse(unreadable(operand, numbers))
  }

  /** What may not be read never comes: an error would be nobody's where the function does not wait. */
  override read(dataId: object): Promise<tf.BackendValues> {
    try {
      return Promise.resolve(this.readSync(dataId))
    } catch (error) {
      return error === this.refused ? new Promise(() => undefined) : Promise.reject(asError(error))
    }
  }

  override disposeData(): boolean {
    return false
  }

  override incRef(): void {}

  override refCount(): number {
    return 1
  }

  override numDataIds(): number {
    return 0
  }

  override memory() {
    return { unreliable: true, reasons: ['a trace holds no values'] }
  }

  override floatPrecision(): 32 {
    return 32
  }

  override epsilon(): number {
    return 1e-7
  }

  override dispose(): void {
    this.#operands = new WeakMap()
  }

  /** Notes the stack once what is watched for is there. */
  #look(): void {
    const { watch } = this.#options
    if (watch === undefined || watch.stack !== undefined) {
      return
    }
    const { nodes, initializers } = this.recorder.builder.build('look')
    if ([...nodes, ...initializers].some(({ name }) => name === watch.name)) {
      watch.stack = new Error('found').stack
    }
  }

  #constant(name: string, tensor: TensorData): Operand {
    // What inner graphs find first, those around them may find too.
    return operandOf(this.#root.builder.initializer(name, tensor))
  }

  /** The numbers that follow from constants and sizes alone, or what else they depend on. */
  #numbersOf(operand: Operand): ArrayLike<number> | Unknown {
    if ('fill' in operand) {
      return new Float64Array(elementCount(operand.dims)).fill(operand.fill)
    }
    const constant =
      this.#root.builder.constantOf(operand.value) ??
      this.recorder.builder.constantOf(operand.value)
    if (constant) return constant
    const graph = visible(this.recorder.builder)
    const separate = this.recorder !== this.#root && this.recorder.builder.outer === undefined
    const outer = separate ? this.#root.builder.build('read').initializers : []
    const initializers = [...outer, ...graph.initializers]
    const found = readValue({ ...graph, initializers }, operand.value.name)
    return 'bytes' in found ? numbersOf(found) : found
  }

  /** An error that fails the trace even where the function catches it. */
  refuse(message: string): TraceError {
    this.refused ??= new TraceError(message)
    return this.refused
  }
}

/** `sampling_noise` in a layer `sampling`. */
function noiseName(): string {
  const scope = currentScope()
  return identifier(scope === '' ? 'noise' : `${scope}_noise`)
}

/** What a graph's nodes may read, of those around it too, as one graph. */
function visible(builder: GraphBuilder): Graph {
  const graph = builder.build('read')
  if (builder.outer === undefined) return graph
  const around = visible(builder.outer)
  return {
    ...graph,
    nodes: [...around.nodes, ...graph.nodes],
    initializers: [...around.initializers, ...graph.initializers],
    values: [...around.values, ...graph.values],
  }
}

/** A tensor of an earlier trace stands for a value of another graph. */
function checkOwner({ dataId, shape }: tf.TensorInfo): void {
  const owner = tf.engine().state.tensorInfo.get(dataId)?.backend
  if (owner === undefined) {
    throw new TraceError(
      `trace: the function uses a tensor that was disposed of, got shape [${shape.join(', ')}], expected one that is kept (tf.keep) until the export is done`,
    )
  }
  if (owner instanceof RecordingBackend) {
    throw new TraceError(
      `trace: the function uses a tensor that an earlier call of it made, got shape [${shape.join(', ')}], expected the same work at each call; make the tensor outside the function, or anew at each call`,
    )
  }
}

/** Refuses a tensor that was disposed of, which TensorFlow.js itself does not always see. */
export function checkLives(info: tf.TensorInfo | tf.Tensor, use = 'uses a tensor'): void {
  if (info instanceof tf.Tensor && info.isDisposed) {
    throw new TraceError(
      `trace: the function ${use} that was disposed of, got shape [${info.shape.join(', ')}], expected one that is kept until the export is done; dispose of nothing in the function, and keep what is outside (tf.keep)`,
    )
  }
}

/** The values of a tensor from outside, where its backend gives them at once. */
function valuesOf(info: tf.TensorInfo, captures: Captures): TensorData {
  try {
    return captures.read(info)
  } catch (cause) {
    if (cause instanceof TraceError) {
      throw cause
    }
    throw new TraceError(
      `trace: the values of a tensor from outside cannot be read at once, got ${info.dtype} of shape [${info.shape.join(', ')}] and "${asError(cause).message}", expected one that is read before: await its data() first, or make it anew of them (tf.tensor)`,
      { cause },
    )
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}

/** Whether all are the same number; there may be too many to copy. */
function isFilled(numbers: ArrayLike<number>): boolean {
  const first = numbers[0]
  for (let i = 1; i < numbers.length; i++) {
    if (!Object.is(numbers[i], first)) return false
  }
  return first !== undefined
}

function typedArray(values: ArrayLike<number>, dataType: OperandType): tf.BackendValues {
  if (dataType === 'float32') {
    return Float32Array.from(values)
  }
  return dataType === 'int32' ? Int32Array.from(values) : Uint8Array.from(values)
}

// A TensorFlow.js backend that records kernels and computes them in ONNX Runtime when values are read.
import * as tf from '@tensorflow/tfjs-core'
import {
  createModel,
  encodeModel,
  type Graph,
  GraphBuilder,
  optimizeGraph,
  removeDeadNodes,
  removeUnusedInitializers,
  type ValueInfo,
} from '@anyvae/onnx'
import { TraceError } from '../../error.js'
import type { OpenCall } from '../../open.js'
import { type AnyOperand, isComplex, type Operand, type OperandType } from '../../operand.js'
import { operandOf, Recorder } from '../../recorder.js'
import { RecordingBackend } from '../../register.js'
import type { Evaluator, Feed } from './evaluator.js'

export interface LazyOptions {
  readonly opset: number
  /** Whether graphs go through the passes before they run. */
  readonly optimize: boolean
}

/** A recorder of the graph that is being written, and what its inputs hold. */
interface Generation {
  readonly recorder: Recorder
  readonly feeds: Map<string, Feed>
}

/** A graph as it is being written. */
interface Written {
  readonly builder: GraphBuilder
  readonly feeds: ReadonlyMap<string, Feed>
}

/** A value of a graph, and what the graph's inputs hold. */
interface Wanted {
  readonly output: ValueInfo
  readonly feeds: ReadonlyMap<string, Feed>
}

/** What is known of a tensor: its values, or what it is in the graph of a generation, or both. */
interface Entry {
  readonly shape: readonly number[]
  readonly dtype: tf.DataType
  values?: tf.BackendValues
  recorded?: { readonly operand: AnyOperand; readonly generation: Generation }
  references: number
}

/**
 * Values that the host writes are inputs of a graph, kernels are its nodes, and reading a tensor runs
 * what it needs of the graph. Then a new graph begins, in which everything read so far is an input.
 */
export class LazyBackend extends RecordingBackend {
  readonly #evaluator: Evaluator
  readonly #options: LazyOptions
  readonly #entries = new tf.DataStorage<Entry>(this, tf.engine())
  #generation: Generation

  constructor(evaluator: Evaluator, options: LazyOptions) {
    super()
    this.#evaluator = evaluator
    this.#options = options
    this.#generation = this.#begin()
  }

  override get recorder(): Recorder {
    return this.#generation.recorder
  }

  override operand({ dataId }: tf.TensorInfo): AnyOperand {
    const entry = this.#entries.get(dataId)
    if (entry.recorded?.generation !== this.#generation) {
      const operand =
        entry.dtype === 'complex64' ? this.#complexInput(entry) : this.#input(entry, entry.dtype)
      entry.recorded = { operand, generation: this.#generation }
    }
    return entry.recorded.operand
  }

  override info(operand: AnyOperand): tf.TensorInfo {
    const dataId = {}
    const { dims, dataType } = operand
    const recorded = { operand, generation: this.#generation }
    this.#entries.set(dataId, { shape: dims, dtype: dataType, recorded, references: 1 })
    return { dataId, shape: [...dims], dtype: dataType }
  }

  override share({ dataId, shape, dtype }: tf.TensorInfo): tf.TensorInfo {
    this.incRef(dataId)
    return { dataId, shape, dtype }
  }

  override write(values: tf.BackendValues, shape: number[], dtype: tf.DataType): tf.DataId {
    const dataId = {}
    this.#entries.set(dataId, { shape, dtype, values, references: 1 })
    return dataId
  }

  override move(
    dataId: tf.DataId,
    values: tf.BackendValues,
    shape: number[],
    dtype: tf.DataType,
    references: number,
  ): void {
    this.#entries.set(dataId, { shape, dtype, values, references })
  }

  override readSync(dataId: object): tf.BackendValues {
    const entry = this.#entries.get(dataId)
    entry.values ??= this.#compute(entry)
    return entry.values
  }

  override read(dataId: object): Promise<tf.BackendValues> {
    return Promise.resolve(this.readSync(dataId))
  }

  override incRef(dataId: object): void {
    this.#entries.get(dataId).references++
  }

  override refCount(dataId: object): number {
    return this.#entries.has(dataId) ? this.#entries.get(dataId).references : 0
  }

  override disposeData(dataId: object, force = false): boolean {
    if (!this.#entries.has(dataId)) {
      return true
    }
    const entry = this.#entries.get(dataId)
    entry.references--
    return force || entry.references <= 0 ? this.#entries.delete(dataId) : false
  }

  override numDataIds(): number {
    return this.#entries.numDataIds()
  }

  override memory() {
    return { unreliable: true, reasons: ['tensors are kept as graphs until they are read'] }
  }

  override async time(run: () => void) {
    const start = performance.now()
    run()
    return Promise.resolve({ kernelMs: performance.now() - start })
  }

  override timerAvailable(): boolean {
    return true
  }

  override floatPrecision(): 32 {
    return 32
  }

  override epsilon(): number {
    return 1e-7
  }

  override dispose(): void {}

  #begin(): Generation {
    const builder = new GraphBuilder(this.#options.opset, [])
    const feeds = new Map<string, Feed>()
    const open = (call: OpenCall) => ({
      size: this.#measured(call, { builder, feeds }),
      made: () => undefined,
    })
    return { recorder: new Recorder(builder, {}, { open, limit: () => undefined }), feeds }
  }

  /** The size that depends on values, once what it needs of the graph has run. */
  #measured(call: OpenCall, { builder, feeds }: Written): number {
    const { opType, attributes, axis, types } = call
    const [first, ...others] = types(1)
    const name = 'measured'
    const dims = first?.dims.map((_, i) => `size_${i}`) ?? []
    const output = { name, dataType: first?.dataType ?? 'float32', dims }
    const node = {
      ...{ name, opType, attributes },
      inputs: call.inputs.map((input) => input?.name ?? ''),
      outputs: [name, ...others.map((_, i) => `${name}_${i}`)],
    }
    const graph = builder.build('conformance')
    const whole = { ...graph, nodes: [...graph.nodes, node], values: [] }
    return this.#evaluate(whole, { output, feeds }).dims[axis] ?? 0
  }

  #input(entry: Entry, dtype: tf.DataType): Operand {
    entry.values ??= this.#compute(entry)
    return this.#fed(entry.values, entry.shape, numeric(dtype))
  }

  #fed(values: tf.BackendValues, dims: readonly number[], type: OperandType): Operand {
    const { recorder, feeds } = this.#generation
    const value = recorder.builder.input('x', { dataType: type, dims })
    feeds.set(value.name, { type, dims, data: typed(values, type) })
    return operandOf(value)
  }

  #complexInput(entry: Entry): AnyOperand {
    entry.values ??= this.#compute(entry)
    const { real, imag } = tf.backend_util.splitRealAndImagArrays(entry.values as Float32Array)
    return {
      dataType: 'complex64',
      dims: entry.shape,
      real: this.#fed(real, entry.shape, 'float32'),
      imaginary: this.#fed(imag, entry.shape, 'float32'),
    }
  }

  #compute({ recorded }: Entry): tf.BackendValues {
    if (recorded === undefined) {
      throw new TraceError('tensor: has neither values nor a graph, expected one of them')
    }
    const { operand, generation } = recorded
    if (generation === this.#generation) {
      this.#generation = this.#begin()
    }
    if (isComplex(operand)) {
      const parts = [operand.real, operand.imaginary].map((part) => this.#run(part, generation))
      return tf.backend_util.mergeRealAndImagArrays(
        Float32Array.from(parts[0] ?? []),
        Float32Array.from(parts[1] ?? []),
      )
    }
    return this.#run(operand, generation)
  }

  #run(operand: Operand, { recorder, feeds }: Generation): Feed['data'] {
    const output = recorder.builder.node('Identity', [recorder.value(operand)])
    const result = this.#evaluate(recorder.builder.build('conformance'), { output, feeds })
    checkResult(result, operand)
    return result.data
  }

  #evaluate(whole: Graph, { output, feeds }: Wanted): Feed {
    const needed = neededFor(whole, output)
    const graph = this.#options.optimize ? optimizeGraph(needed) : needed
    const model = createModel(graph, { opset: this.#options.opset })
    const inputs = graph.inputs.flatMap(({ name }) => {
      const feed = feeds.get(name)
      return feed ? [[name, feed] as const] : []
    })
    return this.#evaluator.run(encodeModel(model), Object.fromEntries(inputs))
  }
}

/** The part of a graph that one value needs. */
function neededFor(graph: Graph, output: ValueInfo): Graph {
  const alone = removeUnusedInitializers(removeDeadNodes({ ...graph, outputs: [output] }))
  const read = new Set(alone.nodes.flatMap((node) => node.inputs))
  return { ...alone, inputs: alone.inputs.filter(({ name }) => read.has(name)) }
}

/** The graph's own inference must have known what came. */
function checkResult({ type, dims }: Feed, operand: Operand): void {
  if (type !== operand.dataType || dims.join() !== operand.dims.join()) {
    throw new TraceError(
      `graph: gives another type than was inferred, got ${type}[${dims.join(', ')}], expected ${operand.dataType}[${operand.dims.join(', ')}]`,
    )
  }
}

function numeric(dtype: tf.DataType): OperandType {
  if (dtype === 'float32' || dtype === 'int32' || dtype === 'bool') {
    return dtype
  }
  throw new TraceError(
    `tensor: type has no ONNX equal, got ${dtype}, expected float32, int32, bool or complex64`,
  )
}

function typed(values: tf.BackendValues, type: OperandType): Feed['data'] {
  const numbers = values as Float32Array
  if (type === 'float32') {
    return Float32Array.from(numbers)
  }
  return type === 'int32' ? Int32Array.from(numbers) : Uint8Array.from(numbers, (x) => (x ? 1 : 0))
}

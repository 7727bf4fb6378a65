// A TensorFlow.js backend that records kernels instead of computing them.
import * as tf from '@tensorflow/tfjs-core'
import { type GraphBuilder, tensorOf } from '@anyvae/onnx'
import { TraceError } from './error.js'
import { checkHostValues } from './host.js'
import type { Kernel } from './kernels.js'
import { lowerings } from './lowerings/index.js'
import type { Operand, OperandType } from './operand.js'
import { operandOf, Recorder } from './recorder.js'

/** The name under which the recording backend is registered while a trace runs. */
export const BACKEND_NAME = 'anyvae-trace'

/** Holds what each tensor of a trace stands for. */
export class TraceBackend extends tf.KernelBackend {
  readonly recorder: Recorder
  #operands = new WeakMap<object, Operand>()
  #allowHostValues: boolean

  constructor(builder: GraphBuilder, allowHostValues: boolean) {
    super()
    this.recorder = new Recorder(builder)
    this.#allowHostValues = allowHostValues
  }

  /** A tensor that stands for an operand. */
  tensor(operand: Operand): tf.Tensor {
    return tf.engine().makeTensorFromTensorInfo(this.info(operand), this)
  }

  info(operand: Operand): tf.TensorInfo {
    const dataId = {}
    this.#operands.set(dataId, operand)
    return { dataId, shape: [...operand.dims], dtype: operand.dataType }
  }

  /** What a tensor stands for; one of another backend becomes a constant. */
  operand(info: tf.TensorInfo): Operand {
    const known = this.#operands.get(info.dataId)
    if (known !== undefined) {
      return known
    }
    const values = numbers(tf.engine().readSync(info.dataId), info.dtype)
    const captured = this.#constant('captured', values, info)
    this.#operands.set(info.dataId, captured)
    return captured
  }

  override write(values: tf.BackendValues, shape: number[], dtype: tf.DataType): tf.DataId {
    const list = numbers(values, dtype)
    const dataId = {}
    const first = list[0]
    const filled = first !== undefined && list.every((value) => Object.is(value, first))
    if (!this.#allowHostValues) {
      checkHostValues({ values: list, shape, scopes: scopeNames() })
    }
    const operand = filled
      ? this.recorder.fill(operandType(dtype), shape, first)
      : this.#constant('constant', list, { shape, dtype })
    this.#operands.set(dataId, operand)
    return dataId
  }

  override readSync(dataId: object): tf.BackendValues {
    const operand = this.#operands.get(dataId)
    const constant = operand && this.#numbersOf(operand)
    if (operand === undefined || constant === undefined) {
      throw new TraceError(
        'trace: the function reads the values of a tensor, which are not known while it is traced; expected tensor operations alone (use tf.where in place of an if on values)',
      )
    }
    return typedArray(constant, operand.dataType)
  }

  override read(dataId: object): Promise<tf.BackendValues> {
    return Promise.resolve(this.readSync(dataId))
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

  #constant(name: string, values: readonly number[], type: Omit<tf.TensorInfo, 'dataId'>): Operand {
    const tensor = tensorOf(operandType(type.dtype), type.shape, values)
    return operandOf(this.recorder.builder.initializer(name, tensor))
  }

  #numbersOf(operand: Operand): readonly number[] | undefined {
    if ('fill' in operand) {
      const count = operand.dims.reduce((product, size) => product * size, 1)
      return Array.from({ length: count }, () => operand.fill)
    }
    return this.recorder.builder.constantOf(operand.value)
  }
}

/** Registers every lowering as the backend's kernel, once. */
export function registerLowerings(): void {
  if (tf.getKernel('Identity', BACKEND_NAME) === undefined) {
    for (const kernelName of Object.keys(lowerings)) {
      registerLowering(kernelName as Kernel)
    }
  }
}

function registerLowering(kernelName: Kernel): void {
  // The table's type has checked each row against its kernel; here any row will do.
  const lower = lowerings[kernelName] as (
    inputs: unknown,
    attributes: unknown,
    recorder: Recorder,
  ) => Operand | readonly Operand[]
  const kernelFunc: tf.KernelFunc = ({ inputs, attrs, backend }) => {
    if (!(backend instanceof TraceBackend)) {
      throw new TraceError(`${kernelName}: runs outside a trace, expected the recording backend`)
    }
    backend.recorder.builder.scope = currentScope()
    const result = lower(operandsOf(inputs, backend), attrs ?? {}, backend.recorder)
    return isList(result) ? result.map((each) => backend.info(each)) : backend.info(result)
  }
  tf.registerKernel({ kernelName, backendName: BACKEND_NAME, kernelFunc })
}

function operandsOf(inputs: tf.NamedTensorInfoMap | tf.TensorInfo[], backend: TraceBackend) {
  if (Array.isArray(inputs)) {
    return inputs.map((input) => backend.operand(input))
  }
  const present = Object.entries(inputs).filter(([, input]) => input !== undefined)
  return Object.fromEntries(
    present.flatMap(([name, input]) => (input ? [[name, backend.operand(input)]] : [])),
  )
}

const OP_SUFFIX = '__op'
const UNNAMED = new Set(['unnamed scope', 'forward', 'trace'])

/** The names of the user's scopes around the running kernel, outermost first. */
function currentScope(): string {
  return scopeNames()
    .filter((name) => !name.endsWith(OP_SUFFIX) && !UNNAMED.has(name))
    .join('/')
}

function scopeNames(): string[] {
  return tf.engine().state.scopeStack.map((scope) => scope.name)
}

function operandType(dtype: tf.DataType): OperandType {
  if (dtype === 'float32' || dtype === 'int32' || dtype === 'bool') {
    return dtype
  }
  throw new TraceError(
    `tensor: type has no ONNX equal, got ${dtype}, expected float32, int32 or bool`,
  )
}

function numbers(values: tf.BackendValues, dtype: tf.DataType): number[] {
  operandType(dtype)
  return Array.from(values as ArrayLike<number>, Number)
}

function typedArray(values: readonly number[], dataType: OperandType): tf.BackendValues {
  if (dataType === 'float32') {
    return Float32Array.from(values)
  }
  return dataType === 'int32' ? Int32Array.from(values) : Uint8Array.from(values)
}

function isList(result: Operand | readonly Operand[]): result is readonly Operand[] {
  return Array.isArray(result)
}

// A TensorFlow.js backend that records kernels instead of computing them.
import * as tf from '@tensorflow/tfjs-core'
import { type GraphBuilder, tensorOf } from '@anyvae/onnx'
import { TraceError } from './error.js'
import { checkHostValues } from './host.js'
import { type AnyOperand, isComplex, type Operand, type OperandType } from './operand.js'
import { operandOf, Recorder } from './recorder.js'
import { RecordingBackend, scopeNames } from './register.js'

/** The name under which the recording backend is registered while a trace runs. */
export const BACKEND_NAME = 'anyvae-trace'

/** Holds what each tensor of a trace stands for. */
export class TraceBackend extends RecordingBackend {
  override readonly recorder: Recorder
  #operands = new WeakMap<object, AnyOperand>()
  #allowHostValues: boolean

  constructor(builder: GraphBuilder, allowHostValues: boolean) {
    super()
    this.recorder = new Recorder(builder)
    this.#allowHostValues = allowHostValues
  }

  /** A tensor that stands for an operand. */
  tensor(operand: AnyOperand): tf.Tensor {
    return tf.engine().makeTensorFromTensorInfo(this.info(operand), this)
  }

  override info(operand: AnyOperand): tf.TensorInfo {
    const dataId = {}
    this.#operands.set(dataId, operand)
    return { dataId, shape: [...operand.dims], dtype: operand.dataType }
  }

  /** What a tensor stands for; one of another backend becomes a constant. */
  override operand(info: tf.TensorInfo): AnyOperand {
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
    const constant = operand && !isComplex(operand) ? this.#numbersOf(operand) : undefined
    if (operand === undefined || isComplex(operand) || constant === undefined) {
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

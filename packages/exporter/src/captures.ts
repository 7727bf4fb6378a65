// Tensors from outside a trace: each read once, for all traces, and named for what it is.
import * as tf from '@tensorflow/tfjs-core'
import { elementCount, type TensorData, tensorOf } from '@anyvae/onnx'
import { TraceError } from './error.js'
import type { OperandType } from './operand.js'

/** Values by tensor. What reshape, cast and clone give shares its data with what they were given. */
export class ByTensor<T> {
  readonly #values = new WeakMap<object, Map<string, T>>()

  get(info: tf.TensorInfo): T | undefined {
    return this.#values.get(info.dataId)?.get(keyOf(info))
  }

  set(info: tf.TensorInfo, value: T): void {
    const known = this.#values.get(info.dataId) ?? new Map<string, T>()
    this.#values.set(info.dataId, known.set(keyOf(info), value))
  }
}

function keyOf({ dtype, shape }: tf.TensorInfo): string {
  return `${dtype} ${shape.join()}`
}

/** The weights and other tensors that a traced function finds around itself. */
export class Captures {
  readonly #tensors = new ByTensor<TensorData>()
  readonly #names = new Map<object, string>()

  constructor() {
    for (const { dataId, name } of Object.values(tf.engine().state.registeredVariables)) {
      // Unnamed variables are numbered.
      this.name({ dataId }, /^\d+$/.test(name) ? 'variable' : name)
    }
  }

  /** Gives a tensor's initializer its name. */
  name({ dataId }: Pick<tf.TensorInfo, 'dataId'>, name: string): void {
    this.#names.set(dataId, name)
  }

  nameOf({ dataId }: tf.TensorInfo): string {
    return this.#names.get(dataId) ?? 'captured'
  }

  /** Reads weights ahead, since some backends give values only in their own time. */
  async load(tensors: readonly tf.Tensor[]): Promise<void> {
    for (const tensor of tensors) {
      this.#tensors.set(tensor, tensorData(await tensor.data(), tensor))
    }
  }

  /** The values of a tensor of another backend. */
  read(info: tf.TensorInfo): TensorData {
    const known = this.#tensors.get(info)
    if (known !== undefined) {
      return known
    }
    const tensor = tensorData(tf.engine().readSync(info.dataId), info)
    this.#tensors.set(info, tensor)
    return tensor
  }
}

/** Values as TensorFlow.js keeps them, as a tensor of ONNX. */
export function tensorData(
  values: tf.BackendValues,
  { shape, dtype }: Omit<tf.TensorInfo, 'dataId'>,
): TensorData {
  const dataType = operandType(dtype)
  const plain = values instanceof (dataType === 'float32' ? Float32Array : Int32Array)
  if (LITTLE_ENDIAN && plain && dataType !== 'bool' && values.length === elementCount(shape)) {
    const { buffer, byteOffset, byteLength } = values
    return { dataType, dims: shape, bytes: new Uint8Array(buffer, byteOffset, byteLength).slice() }
  }
  return tensorOf(dataType, shape, values as ArrayLike<number>)
}

/** ONNX's bytes are, and so are those of every machine that runs a browser. */
const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1

/** The element type, which must be one that both sides have. */
export function operandType(dtype: tf.DataType): OperandType {
  if (dtype === 'float32' || dtype === 'int32' || dtype === 'bool') {
    return dtype
  }
  throw new TraceError(
    `tensor: type has no ONNX equal, got ${dtype}, expected float32, int32 or bool`,
  )
}

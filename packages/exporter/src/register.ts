// Registers the lowering table as the kernels of a recording backend.
import * as tf from '@tensorflow/tfjs-core'
import { TraceError } from './error.js'
import { exceptions } from './exceptions.js'
import { complexLowerings, lowerings } from './lowerings/index.js'
import { type AnyOperand, isComplex } from './operand.js'
import type { Recorder } from './recorder.js'

/** A backend whose tensors stand for operands of a graph that a recorder writes. */
export abstract class RecordingBackend extends tf.KernelBackend {
  abstract get recorder(): Recorder

  /** What a tensor stands for. */
  abstract operand(info: tf.TensorInfo): AnyOperand

  /** A new tensor that stands for an operand. */
  abstract info(operand: AnyOperand): tf.TensorInfo

  /** Numbers from 0 up to 1 for a kernel that draws, drawn as TensorFlow.js does, on the host. */
  uniforms(shape: [number, number], seed?: number): AnyOperand {
    const drawn = tf.randomUniform(shape, 0, 1, 'float32', seed)
    const operand = this.operand(drawn)
    drawn.dispose()
    return operand
  }

  /** The tensor again, as the result of a kernel that changes nothing. */
  share({ dataId, shape, dtype }: tf.TensorInfo): tf.TensorInfo {
    return { dataId, shape, dtype }
  }
}

type AnyLowering = (
  inputs: unknown,
  attributes: unknown,
  recorder: Recorder,
) => AnyOperand | readonly AnyOperand[]

// The tables' types have checked each row against its kernel; here any row will do.
const realTable = lowerings as Readonly<Record<string, unknown>>
const complexTable = complexLowerings as Readonly<Record<string, unknown>>

/** The names of all kernels that can be lowered. */
function loweredKernels(): string[] {
  return [...new Set([...Object.keys(realTable), ...Object.keys(complexTable)])].sort()
}

/** Registers every lowering as a kernel of the backend of that name, once; exceptions throw. */
export function registerLowerings(backendName: string): void {
  if (tf.getKernel('Identity', backendName) !== undefined) {
    return
  }
  for (const kernelName of loweredKernels()) {
    tf.registerKernel({ kernelName, backendName, kernelFunc: kernelOf(kernelName) })
  }
  for (const [kernelName, { reason, instead }] of Object.entries(exceptions)) {
    const kernelFunc = () => {
      throw new TraceError(
        `${kernelName}: cannot be written to ONNX, since ${reason}; expected instead ${instead}`,
      )
    }
    tf.registerKernel({ kernelName, backendName, kernelFunc })
  }
}

function kernelOf(kernelName: string): tf.KernelFunc {
  return ({ inputs, attrs, backend }) => {
    if (!(backend instanceof RecordingBackend)) {
      throw new TraceError(`${kernelName}: runs outside a trace, expected the recording backend`)
    }
    const operands = operandsOf(inputs, backend)
    if (kernelName === 'Multinomial') draw(operands, attrs, backend)
    const lower = loweringOf(kernelName, Object.values(operands).flat())
    backend.recorder.builder.scope = currentScope()
    const result = lower(operands, attrs ?? {}, backend.recorder)
    const given = new Map(
      Object.entries(operands).map(
        ([name, operand]) => [operand, Reflect.get(inputs, name)] as const,
      ),
    )
    const info = (operand: AnyOperand) => {
      const same = given.get(operand)
      return same ? backend.share(same) : backend.info(operand)
    }
    return isList(result) ? result.map(info) : info(result)
  }
}

/** Adds the numbers that a multinomial draw looks its outcomes up by, where they are not given. */
function draw(
  operands: AnyOperand[] | Record<string, AnyOperand | AnyOperand[]>,
  attributes: tf.NamedAttrMap | undefined,
  backend: RecordingBackend,
): void {
  if (Array.isArray(operands) || operands['uniforms'] !== undefined) return
  const { numSamples, seed } = attributes as { numSamples: number; seed: number }
  const [logits] = [operands['logits'] ?? []].flat()
  operands['uniforms'] = backend.uniforms([logits?.dims[0] ?? 0, numSamples], seed)
}

function isTensors(input: GivenInput): input is readonly tf.TensorInfo[] {
  return Array.isArray(input)
}

function loweringOf(kernelName: string, operands: readonly AnyOperand[]): AnyLowering {
  const table = operands.some(isComplex) ? complexTable : realTable
  const lower = table[kernelName]
  if (typeof lower === 'function') {
    return lower as AnyLowering
  }
  const got = operands.map(({ dataType }) => dataType).join(', ')
  const expected = operands.some(isComplex) ? 'real numbers' : 'complex numbers'
  throw new TraceError(
    `${kernelName}: cannot be written to ONNX for these types, got ${got}, expected ${expected}`,
  )
}

function operandsOf(inputs: tf.NamedTensorInfoMap | tf.TensorInfo[], backend: RecordingBackend) {
  if (Array.isArray(inputs)) {
    return inputs.map((input) => backend.operand(input))
  }
  const of = (given: GivenInput) =>
    isTensors(given) ? given.map((each) => backend.operand(each)) : backend.operand(given)
  return Object.fromEntries(
    Object.entries(inputs).flatMap(([name, input]: [string, GivenInput | undefined]) =>
      input ? [[name, of(input)] as const] : [],
    ),
  )
}

/** A kernel of ragged tensors has a list of tensors as one of its inputs. */
type GivenInput = tf.TensorInfo | readonly tf.TensorInfo[]

const OP_SUFFIX = '__op'
const UNNAMED = new Set(['unnamed scope', 'forward', 'trace'])

/** The names of the user's scopes around the running kernel, outermost first. */
export function currentScope(): string {
  return scopeNames()
    .filter((name) => !name.endsWith(OP_SUFFIX) && !UNNAMED.has(name))
    .join('/')
}

/** The names of all open scopes, those of TensorFlow.js's own operations among them. */
export function scopeNames(): string[] {
  return tf.engine().state.scopeStack.map((scope) => scope.name)
}

function isList(result: AnyOperand | readonly AnyOperand[]): result is readonly AnyOperand[] {
  return Array.isArray(result)
}

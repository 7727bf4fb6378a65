// Whether a converted model gives what the original gives: both run once on the same numbers.
import * as tf from '@tensorflow/tfjs-core'
import type { ExportedModel } from '@anyvae/exporter'
import { randomStream } from '@anyvae/random'
import type { TensorValue } from '@anyvae/runtime'
import { nodeBackend } from '@anyvae/runtime-node'
import { CliError } from '../error.js'
import type { LoadedModel } from './model.js'

/** About how large sizes are that the model leaves open; batches are smaller. */
const OPEN_SIZE = 32
const BATCH = 2

type Sizes = Readonly<Record<string, number>>

/**
 * The largest difference between an ONNX model in ONNX Runtime and the model that it was made of in
 * TensorFlow.js, relative to 1 or the value, on random numbers from 0 to 1.
 *
 * @throws CliError where shapes or types differ
 */
export async function largestDifference(
  { predict }: LoadedModel,
  { bytes, inputs, outputs }: ExportedModel,
  multiples: Sizes,
): Promise<number> {
  const feeds = inputs.map((input, i) => {
    const dims = (input.dims ?? []).map((dim) => sizeOf(dim, multiples))
    return [input.name, randomValue(input.dataType, dims, i)] as const
  })
  const wanted = predict(feeds.map(([, { dims, data, type }]) => tensorOf(dims, data, type)))
  const session = await nodeBackend.createSession(bytes)
  try {
    const got = await session.run(Object.fromEntries(feeds))
    const differences = outputs.map(({ name }, i) => difference(name, wanted[i], got[name]))
    return Math.max(...differences)
  } finally {
    await session.release()
  }
}

function sizeOf(dim: number | string, multiples: Sizes): number {
  if (typeof dim === 'number') return dim
  const of = multiples[dim] ?? 1
  return (dim === 'batch' ? BATCH : Math.ceil(OPEN_SIZE / of)) * of
}

type Value = TensorValue<'float32' | 'int32' | 'bool'>

/** Whole numbers are 0 and 1, which are permitted wherever there are indices. */
function randomValue(dataType: string, dims: readonly number[], place: number): Value {
  const count = dims.reduce((product, size) => product * size, 1)
  const numbers = randomStream(0, `input ${place}`).uniforms(count)
  if (dataType === 'float32') return { type: 'float32', dims, data: Float32Array.from(numbers) }
  const whole = numbers.map(Math.round)
  return dataType === 'int32'
    ? { type: 'int32', dims, data: Int32Array.from(whole) }
    : { type: 'bool', dims, data: Uint8Array.from(whole) }
}

function tensorOf(dims: readonly number[], data: Value['data'], type: Value['type']): tf.Tensor {
  return tf.tensor(data, [...dims], type)
}

function difference(name: string, wanted: tf.Tensor | undefined, got?: TensorValue): number {
  const [one, other] = [
    wanted && `${wanted.dtype}[${wanted.shape.join(', ')}]`,
    got && `${got.type}[${got.dims.join(', ')}]`,
  ]
  if (wanted === undefined || got === undefined || one !== other) {
    throw new CliError(
      `${name}: differs in ONNX Runtime, got ${other ?? 'nothing'}, expected ${one ?? 'nothing'} as in TensorFlow.js`,
    )
  }
  const values = Array.from<number>(wanted.dataSync())
  const results = Array.from<number | bigint>(got.data).map(Number)
  return values.reduce((worst, value, i) => Math.max(worst, distance(value, results[i])), 0)
}

function distance(value: number, result = Number.NaN): number {
  if (Object.is(value, result) || value === result) return 0
  const far = Math.abs(value - result) / Math.max(1, Math.abs(value))
  return Number.isNaN(far) ? Infinity : far
}

// Whether a converted model gives what the original gives: both run on the same numbers.
import * as tf from '@tensorflow/tfjs-core'
import type { ExportedModel } from '@anyvae/exporter'
import { externalFiles } from '@anyvae/onnx'
import { randomStream } from '@anyvae/random'
import type { TensorValue } from '@anyvae/runtime'
import { nodeBackend } from '@anyvae/runtime-node'
import { CliError } from '../error.js'
import type { LoadedModel } from './model.js'
import { tableSizes } from './tables.js'

/** How large sizes are that the model leaves open, in the first and the second run. */
const OPEN_SIZES = [32, 19] as const
const BATCHES = [2, 3] as const

/** The most bytes of weights beside a model that are put together to run it. */
const MOST_DATA = 2 ** 32

type Sizes = Readonly<Record<string, number>>

/**
 * The largest difference between an ONNX model in ONNX Runtime and the model that it was made of in
 * TensorFlow.js, relative to 1 or the value, on random numbers from 0 to 1, or rows of a table where an
 * input chooses those. Where sizes are open, two of each are tried. Undefined where the weights are too
 * large to be run from memory.
 *
 * @throws CliError where shapes or types differ
 */
export async function largestDifference(
  { predict }: LoadedModel,
  exported: ExportedModel,
  multiples: Sizes,
): Promise<number | undefined> {
  const session = await sessionOf(exported)
  if (session === undefined) return undefined
  const { inputs, outputs } = exported
  const open = inputs.some(({ dims }) => dims?.some((dim) => typeof dim === 'string'))
  const differences: number[] = []
  try {
    for (const run of open ? ([0, 1] as const) : ([0] as const)) {
      const feeds = feedsOf(exported, (symbol) => sizeOf(symbol, { run, of: multiples[symbol] }))
      const wanted = predict(feeds.map(([, { dims, data, type }]) => tensorOf(dims, data, type)))
      const got = await session.run(Object.fromEntries(feeds))
      differences.push(...outputs.map(({ name }, i) => difference(name, wanted[i], got[name])))
    }
    return Math.max(...differences)
  } finally {
    await session.release()
  }
}

/** A session of the model with the weights beside it, from memory. */
async function sessionOf({ bytes, data }: ExportedModel) {
  const [path] = externalFiles(bytes)
  if (path === undefined) return nodeBackend.createSession(bytes)
  const total = data.reduce((sum, { length }) => sum + length, 0)
  if (total > MOST_DATA) return undefined
  const all = new Uint8Array(total)
  let offset = 0
  for (const part of data) {
    all.set(part, offset)
    offset += part.length
  }
  return nodeBackend.createSession(bytes, { session: { externalData: [{ path, data: all }] } })
}

function sizeOf(symbol: string, { run, of = 1 }: { run: 0 | 1; of: number | undefined }): number {
  if (symbol === 'batch') return BATCHES[run] * of
  const first = Math.ceil(OPEN_SIZES[0] / of)
  const second = Math.ceil(OPEN_SIZES[1] / of)
  return (run === 0 ? first : second === first ? first + 1 : second) * of
}

function feedsOf({ inputs, model }: ExportedModel, size: (symbol: string) => number) {
  const rows = tableSizes(model.graph)
  return inputs.map(({ name, dataType, dims = [] }, i) => {
    const sizes = dims.map((dim) => (typeof dim === 'number' ? dim : size(dim)))
    const numbers = numbersFor(sizes, { place: i, rows: rows.get(name) })
    return [name, valueOf(dataType, sizes, numbers)] as const
  })
}

/** Random ones from 0 to 1; where there are rows, all of these in turn, or some all over the table. */
function numbersFor(
  dims: readonly number[],
  { place, rows }: { readonly place: number; readonly rows: number | undefined },
): number[] {
  const count = dims.reduce((product, size) => product * size, 1)
  if (rows === undefined) return [...randomStream(0, `input ${place}`).uniforms(count)]
  const step = Math.max(1, (rows - 1) / Math.max(1, count - 1))
  return Array.from({ length: count }, (_, i) => Math.round(i * step) % Math.max(1, rows))
}

type Value = TensorValue<'float32' | 'int32' | 'bool'>

/** Whole numbers that choose nothing are 0 and 1, which are permitted wherever there are indices. */
function valueOf(dataType: string, dims: readonly number[], numbers: readonly number[]): Value {
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

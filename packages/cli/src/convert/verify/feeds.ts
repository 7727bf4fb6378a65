// The numbers that both models are run on.
import * as tf from '@tensorflow/tfjs-core'
import type { ExportedModel } from '@anyvae/exporter'
import { randomStream } from '@anyvae/random'
import type { TensorValue } from '@anyvae/runtime'
import { CliError } from '../../error.js'
import type { Ranges } from '../flags.js'
import { tableSizes } from './tables.js'

/** How large sizes are that the model leaves open, in the first and the second run. */
const OPEN_SIZES = [32, 19] as const
const BATCHES = [2, 3] as const

/** The most numbers that an input is fed with: half a gigabyte. */
const MOST_NUMBERS = 2 ** 27

/** What is known of sizes that are left open. */
export interface Open {
  readonly multiples: Readonly<Record<string, number>>
  readonly ranges: Ranges
}

export type FeedValue = TensorValue<'float32' | 'int32' | 'bool'>

/** A size that the model leaves open, in a run: a multiple of what it must be, within its range. */
export function sizeOf(symbol: string, run: 0 | 1, { multiples, ranges }: Open): number {
  const of = multiples[symbol] ?? 1
  const usual = symbol === 'batch' ? BATCHES : OPEN_SIZES
  const [first, second] = usual.map((size) => (symbol === 'batch' ? size : Math.ceil(size / of)))
  const other = second === first ? (first ?? 1) + 1 : (second ?? 1)
  const size = (run === 0 ? (first ?? 1) : other) * of
  const [least, most] = ranges[symbol] ?? [1, Infinity]
  if (size >= least && size <= most) return size
  const [low, high] = [Math.ceil(least / of) * of, Math.floor(most / of) * of]
  return run === 0 ? high : low
}

/** A value for each input but those of noise, by the input's name. */
export function feedsOf(
  { inputs, noise, model }: ExportedModel,
  size: (symbol: string) => number,
): (readonly [name: string, value: FeedValue])[] {
  const rows = tableSizes(model.graph)
  const drawn = new Set(noise.map(({ name }) => name))
  return inputs.flatMap(({ name, dataType, dims = [] }, i) => {
    if (drawn.has(name)) return []
    const sizes = dims.map((dim) => (typeof dim === 'number' ? dim : size(dim)))
    if (tf.util.sizeFromShape(sizes) > MOST_NUMBERS) {
      throw new CliError(
        `${name}: too large to be tried, got [${sizes.join(', ')}], expected at most ${MOST_NUMBERS} numbers; --no-verify writes the model without a comparison`,
      )
    }
    const numbers = numbersFor(sizes, { place: i, rows: rows.get(name) })
    return [[name, valueOf(dataType, sizes, numbers)] as const]
  })
}

/** Random ones from 0 to 1; where there are rows, all of these in turn, or some all over the table. */
export function numbersFor(
  dims: readonly number[],
  { place, rows }: { readonly place: number; readonly rows: number | undefined },
): number[] {
  const count = dims.reduce((product, size) => product * size, 1)
  if (rows === undefined) return [...randomStream(0, `input ${place}`).uniforms(count)]
  const step = Math.max(1, (rows - 1) / Math.max(1, count - 1))
  return Array.from({ length: count }, (_, i) => Math.round(i * step) % Math.max(1, rows))
}

/** Integer inputs get random 0s and 1s: valid values whether they are flags or indices. */
function valueOf(dataType: string, dims: readonly number[], numbers: readonly number[]): FeedValue {
  if (dataType === 'float32') return { type: 'float32', dims, data: Float32Array.from(numbers) }
  const integers = numbers.map(Math.round)
  return dataType === 'int32'
    ? { type: 'int32', dims, data: Int32Array.from(integers) }
    : { type: 'bool', dims, data: Uint8Array.from(integers) }
}

export function tensorOf({ dims, data, type }: FeedValue): tf.Tensor {
  return tf.tensor(data, [...dims], type)
}

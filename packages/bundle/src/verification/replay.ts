// Test vectors through a session: how far each of its outputs is from theirs.
import type { Session, SessionValue, TensorValue } from '@anyvae/runtime'
import { BundleError } from '../error.js'
import type { Array32 } from '../networks.js'
import type { Vectors } from '../vectors.js'

/** How far an output is from the vectors' one, relative to that one's size: see {@link sizeOf}. */
export interface OutputDifference {
  /** Root mean square of the difference. */
  readonly difference: number
  /**
   * What of it is no noise: the larger of the factor's distance from 1 that brings the vectors' values
   * closest to the output, and of the mean difference. Never above `difference`.
   */
  readonly bias: number
  /** The largest absolute difference: not relative. */
  readonly largest: number
  /** How many values were compared. */
  readonly count: number
}

/** Every output's difference, by its name. */
export type Replayed = Readonly<Record<string, OutputDifference>>

/**
 * Least size of an output. Latents, pixels, logits and logarithms of deviations are all of the order of 1,
 * so what stays below it is 0 but for noise (the mean of a posterior that has collapsed), and must not be
 * compared with itself.
 */
const LEAST_SIZE = 0.01

/**
 * Feeds the vectors' inputs and compares the outputs.
 *
 * @throws BundleError (by rejection) where names or shapes differ
 */
export async function replayVectors(session: Session, vectors: Vectors): Promise<Replayed> {
  checkNames('inputs', vectors.inputs, session.inputs)
  checkNames('outputs', vectors.outputs, session.outputs)
  const feeds = Object.entries(vectors.inputs).map(
    ([name, { dims, values }]): [string, TensorValue] => [
      name,
      { type: 'float32', dims, data: values },
    ],
  )
  const results = await session.run(Object.fromEntries(feeds))
  const outputs = Object.entries(vectors.outputs).map(
    ([name, expected]): [string, OutputDifference] => [
      name,
      differenceOf(dataOf(name, results[name], expected), expected.values),
    ],
  )
  return Object.fromEntries(outputs)
}

function dataOf(name: string, result: TensorValue | undefined, { dims }: Array32): Float32Array {
  if (result?.type === 'float32' && result.dims.join() === dims.join()) return result.data
  throw new BundleError(
    `test vectors: output ${name} has another shape, got [${result?.dims.join(', ') ?? 'none'}], expected [${dims.join(', ')}]`,
  )
}

/** Vectors that left an output out would check nothing of it. */
function checkNames(what: string, vectors: Vectors['inputs'], values: readonly SessionValue[]) {
  const got = Object.keys(vectors).join(', ')
  const expected = values.map(({ name }) => name).join(', ')
  if (got !== expected) {
    throw new BundleError(
      `test vectors: ${what} differ from the model's, got ${got}, expected ${expected}`,
    )
  }
  if (Object.values(vectors).some(({ values: each }) => each.length === 0)) {
    throw new BundleError(`test vectors: ${what} are empty, got no rows, expected at least one`)
  }
}

/** Root mean square of some values, at least {@link LEAST_SIZE}. */
function sizeOf(values: Float32Array): number {
  let squares = 0
  for (const value of values) squares += value * value
  return Math.max(Math.sqrt(squares / values.length), LEAST_SIZE)
}

/** Compares in float64. NaN anywhere counts as infinitely far. */
export function differenceOf(got: Float32Array, expected: Float32Array): OutputDifference {
  const size = sizeOf(expected)
  let [squares, products, sum, largest] = [0, 0, 0, 0]
  expected.forEach((value, i) => {
    const difference = (got[i] ?? Number.NaN) - value
    squares += difference * difference
    products += difference * value
    sum += difference
    largest = Math.max(largest, Math.abs(difference))
  })
  const count = expected.length
  if (Number.isNaN(squares)) {
    return { difference: Infinity, bias: Infinity, largest: Infinity, count }
  }
  const factor = products / count / size ** 2
  return {
    difference: Math.sqrt(squares / count) / size,
    bias: Math.max(Math.abs(factor), Math.abs(sum / count / size)),
    largest,
    count,
  }
}

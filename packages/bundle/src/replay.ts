// Test vectors through a session: how far its outputs are from theirs.
import type { Precision, Session, SessionValue, TensorValue } from '@anyvae/runtime'
import { BundleError } from './error.js'
import type { Vectors } from './vectors.js'

/** How a session replays test vectors. */
export interface Replayed {
  /** The largest absolute difference of any output. */
  readonly difference: number
  /** The largest absolute value of the vectors' outputs. */
  readonly peak: number
}

/** The largest difference that a float32 file is allowed, whatever its manifest says. */
export const FLOAT32_TOLERANCE = 1e-4

/**
 * The largest difference that a file is allowed, whatever its manifest says. One that is off by as much
 * as half of the largest value is no variant of the same model.
 */
export function limitOf(precision: Precision, { peak }: Replayed): number {
  return precision === 'float32' ? FLOAT32_TOLERANCE : peak / 2
}

/**
 * The tolerance of a lighter file by how it replays the vectors on the CPU. Other runtimes round
 * elsewhere: those that compute in float16, where the CPU does in float32, are given eight of its steps
 * at the largest value; in int8 another rounding changes a value by about as much as eight bits did.
 */
export function toleranceOf(precision: Precision, { difference, peak }: Replayed): number {
  if (precision === 'float32') return FLOAT32_TOLERANCE
  const floor = precision === 'float16' ? peak * 2 ** -8 : 0
  const tolerance = Math.max(2 * difference, floor)
  const unit = 10 ** (Math.floor(Math.log10(tolerance)) - 1)
  return Number((Math.ceil(tolerance / unit) * unit).toPrecision(2))
}

/** Feeds the vectors' inputs and compares the outputs. Throws BundleError where names or shapes differ. */
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
  const replayed = { difference: 0, peak: 0 }
  for (const [name, { dims, values }] of Object.entries(vectors.outputs)) {
    const result = results[name]
    if (result?.type !== 'float32' || result.dims.join() !== dims.join()) {
      throw new BundleError(
        `test vectors: output ${name} has another shape, got [${result?.dims.join(', ') ?? 'none'}], expected [${dims.join(', ')}]`,
      )
    }
    replayed.difference = Math.max(replayed.difference, largestDifference(result.data, values))
    replayed.peak = values.reduce((peak, value) => Math.max(peak, Math.abs(value)), replayed.peak)
  }
  return replayed
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
  if (Object.values(vectors).some(({ dims }) => dims[0] === 0)) {
    throw new BundleError(`test vectors: ${what} are empty, got no rows, expected at least one`)
  }
}

/** NaN anywhere counts as infinitely far. */
function largestDifference(a: Float32Array, b: Float32Array): number {
  return a.reduce((largest, value, i) => {
    const difference = Math.abs(value - (b[i] ?? Number.NaN))
    return Number.isNaN(difference) ? Infinity : Math.max(largest, difference)
  }, 0)
}

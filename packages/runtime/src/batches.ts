// One graph run over any number of rows, split where they are many.
import { allocate } from './check.js'
import { refuse } from './error.js'
import type { Session } from './session.js'

/** Rows to feed and results to collect. */
export interface Rows<Output extends string> {
  readonly input: { readonly name: string; readonly dims: readonly number[] }
  readonly count: number
  /** The most rows of one run. */
  readonly maxBatch: number
  /** The float32 values of rows `start` to `start + count`. */
  batch(start: number, count: number): Float32Array
  /** Values of one row, by output. */
  readonly outputs: Readonly<Partial<Record<Output, number>>>
}

/** Runs all rows, `maxBatch` at a time, and joins each output. Throws RuntimeError. */
export async function runRows<Output extends string>(
  session: Session,
  rows: Rows<Output>,
): Promise<Record<Output, Float32Array>> {
  const { input, count, maxBatch, outputs } = rows
  const sizes = Object.entries(outputs) as [string, number][]
  const names = Object.keys(outputs)
  const results: Record<string, Float32Array> = {}
  for (let start = 0; start < count; start += maxBatch) {
    const number = Math.min(maxBatch, count - start)
    const dims = [number, ...input.dims]
    const data = rows.batch(start, number)
    const values = await session.run({ [input.name]: { type: 'float32', dims, data } }, names)
    for (const [name, size] of sizes) {
      const part = checkPart(name, values[name]?.data, number * size)
      if (number === count) results[name] = part
      else (results[name] ??= allocate(count * size)).set(part, start * size)
    }
  }
  return results
}

function checkPart(name: string, data: unknown, length: number): Float32Array {
  if (data instanceof Float32Array && data.length === length) return data
  const got = ArrayBuffer.isView(data) ? `${data.byteLength} bytes` : 'nothing'
  refuse(`output '${name}': wrong type or length`, got, `${length} float32 values`)
}
